"""The ordinary tests run the native engine; those of the portable one ask for it."""

import os

os.environ.setdefault("CGSIM_ENGINE", "native")
