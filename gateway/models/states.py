"""A table of states: where a row begins, and which state may follow which.

Every model with states has a file beside it that holds its table and the moves, and nobody else assigns the column
(tests/house/test_state_owners.py). A move is asked for, never forced: a function that moves a row returns True when it
moved it, and False, with nothing written, when the table does not allow that move or the row is there already. It
raises nothing, because it runs inside carriers' hooks, where an exception would cost the text or the key press that it
came with. A caller that must do more after a move looks at the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class StateTable:
    """The states of one model: `first` are those in which a row may be written, `moves` names what may follow each."""

    first: tuple[str, ...]
    moves: Mapping[str, tuple[str, ...]]

    def allows(self, before: str, after: str) -> bool:
        return after in self.moves.get(before, ())

    def sources(self, after: str) -> tuple[str, ...]:
        """Return the states from which a row may move to `after`."""
        return tuple(before for before, following in self.moves.items() if after in following)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Return every allowed move as (from, to)."""
        return ((before, after) for before, following in self.moves.items() for after in following)
