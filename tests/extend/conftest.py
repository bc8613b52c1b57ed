"""What tests of extensions share."""

import textwrap

import pytest


@pytest.fixture
def write(tmp_path):
    """Write an extension into the test's folder; return its path."""

    def write(text, name="mine.py"):
        path = tmp_path / name
        path.write_text("from cgsim import extend\n\n" + textwrap.dedent(text))
        return path

    return write
