"""Tables that extensions add rows to: parameters, state variables, columns, measures.

The package's own rows never change. What is worked out from a table is worked out anew once rows
have come or gone, so that a name in a list anywhere is the name of a row that there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Generic, NamedTuple, TypeVar, overload

T = TypeVar("T")
M = TypeVar("M")

_version = 0


def version() -> int:
    """Return a number that grows whenever rows come or go."""
    return _version


class _WorkedOut(Generic[M]):
    """What is worked out from tables, once for each state of these."""

    def __init__(self, make: Callable[[], M]) -> None:
        self._make = make
        self._made: tuple[int, M] | None = None

    def __call__(self) -> M:
        """Return it as it is now."""
        if self._made is None or self._made[0] != _version:
            self._made = (_version, self._make())
        return self._made[1]


def worked_out(make: Callable[[], M]) -> Callable[[], M]:
    """Let a function without arguments work its answer out again only when rows came or went."""
    return _WorkedOut(make)


class _Following:
    """What follows the tables: how much there is, what, and whether something is in it."""

    _now: Callable[[], Any]

    def __contains__(self, one: object) -> bool:
        """Tell whether it is there now."""
        return one in self._now()

    def __len__(self) -> int:
        """Return how many there are now."""
        return len(self._now())

    def __iter__(self) -> Iterator[Any]:
        """Go through what there is now."""
        return iter(self._now())


class Rows(_Following, Sequence[T]):
    """A list that follows the tables."""

    def __init__(self, make: Callable[[], Iterable[T]]) -> None:
        """Take what makes the list."""
        self._now: Callable[[], tuple[T, ...]] = _WorkedOut(lambda: tuple(make()))

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...
    def __getitem__(self, place: int | slice) -> T | tuple[T, ...]:
        """Return a row, or several."""
        return self._now()[place]

    def __repr__(self) -> str:
        """Write the rows out."""
        return repr(self._now())

    def __eq__(self, other: object) -> bool:
        """Tell whether another sequence has the same rows."""
        if isinstance(other, Rows):
            return self._now() == other._now()
        return isinstance(other, tuple | list) and self._now() == tuple(other)

    __hash__ = None  # type: ignore[assignment]


class Table(Rows[T]):
    """A table of the package, with room for more rows at its end."""

    def __init__(self, own: Iterable[T]) -> None:
        """Take the package's own rows."""
        self.own = tuple(own)
        self.added: tuple[T, ...] = ()
        super().__init__(lambda: (*self.own, *self.added))

    def put(self, added: Iterable[T]) -> None:
        """Let these, and no others, stand after the package's own rows."""
        global _version
        self.added = tuple(added)
        _version += 1


class Way(NamedTuple):
    """One of several that a scenario may choose by name: of recruitment, of networks."""

    name: str
    help: str  #: in one line


class InUse(NamedTuple):
    """An extension that is in use, and what it adds that a scenario can name."""

    name: str
    parameters: tuple[str, ...]
    ways: tuple[str, ...] = ()  #: of recruitment and of networks


EXTENSIONS: Table[InUse] = Table(())
"""The extensions in use."""


class ByName(_Following, Mapping[str, T]):
    """A mapping that follows the tables."""

    def __init__(self, make: Callable[[], Mapping[str, T]]) -> None:
        """Take what makes the mapping."""
        self._now = _WorkedOut(make)

    def __getitem__(self, name: str) -> T:
        """Return what has a name."""
        return self._now()[name]  # type: ignore[no-any-return]


class Names(_Following, AbstractSet[str]):
    """A set of names that follows the tables."""

    def __init__(self, make: Callable[[], Iterable[str]]) -> None:
        """Take what makes the set."""
        self._now: Callable[[], frozenset[str]] = _WorkedOut(lambda: frozenset(make()))

    @classmethod
    def _from_iterable(cls, names: Iterable[Any]) -> frozenset[str]:  # type: ignore[override]
        return frozenset(names)
