"""What ends a command with a line and an exit code, and is no defect of cgsim."""

from __future__ import annotations

BAD_INPUT, CANNOT_WRITE, IN_USE, SOME_FAILED, CLUSTER_LOST = range(2, 7)
"""Exit codes of the program; 1 is a difference that was found, or a defect."""


class CgsimError(Exception):
    """Something that cgsim tells of in a line: in Python as this error, by a command as its end."""

    exit_code = BAD_INPUT
    """What a command ends with."""

    @property
    def line(self) -> str:
        """What a command says on standard error; it may be several lines, one for each fault."""
        return f"cgsim: {self}"
