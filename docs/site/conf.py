"""How Sphinx lays the documents out; ``build.py`` beside it says what it is given to read."""

from __future__ import annotations

import os
from pathlib import Path

BUILD = Path(__file__).resolve().parents[2] / "build"

project = "cgsim"
author = "The cgsim authors"
project_copyright = author
language = "en"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
]
nb_custom_formats = {".py": ["jupytext.reads", {"fmt": "py:percent"}]}
nb_execution_mode = os.environ.get("CGSIM_NOTEBOOKS", "cache")  # or "off": without their results
nb_execution_cache_path = str(BUILD / "notebooks")
nb_execution_timeout = 600
nb_execution_raise_on_error = True
nb_merge_streams = True
myst_heading_anchors = 4
autosummary_generate = True
autodoc_member_order = "bysource"
autodoc_typehints = "description"
copybutton_prompt_text = "$ "
html_theme = "furo"
html_title = "cgsim"
html_extra_path = [str(BUILD / "beside")]
html_copy_source = False
html_show_sphinx = False
suppress_warnings = ["misc.highlighting_failure"]  # "csv" names a block; it has no colours
