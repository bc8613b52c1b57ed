"""What tests of extensions share."""

import textwrap

import pytest

import cgsim


@pytest.fixture
def write(tmp_path):
    """Write an extension into the test's folder; return its path."""

    def write(text, name="mine.py"):
        path = tmp_path / name
        path.write_text("from cgsim import extend\n\n" + textwrap.dedent(text))
        return path

    return write


@pytest.fixture
def refused(write):
    """Use an extension that is refused, in one line that says so; nothing of it is left."""

    def refused(text, told):
        with pytest.raises(cgsim.ScenarioError) as caught:
            cgsim.use(write(text))
        assert told in str(caught.value)
        assert "\n" not in str(caught.value)
        assert cgsim.extensions() == ()

    return refused
