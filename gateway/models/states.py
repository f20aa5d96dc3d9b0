"""A table of states says in which states a row begins, and which moves it may make, each with its reason.

Every model with states has one such table beside the names of its states, and one file makes its moves: nobody else
assigns the column (tests/house/test_state_owners.py). Two things may happen to a move that the table does not hold:

- Who asks for it, by a function of that file, is told so: the function returns False, or no ids for a set of rows, and
  writes nothing. It raises nothing, because it runs inside carriers' hooks, where what is reported comes late, twice
  and in any order, and an exception would cost the text or the key press that it came with. Who must do more after a
  move looks at what came back.
- Who assigns the column around those functions has made a mistake in the source: the assignment raises ForbiddenMove
  and changes nothing (`guard`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import event
from sqlalchemy.orm import InstrumentedAttribute

from gateway.models.base import Base


class ForbiddenMove(RuntimeError):  # noqa: N818 - what it is
    """A state was assigned that its table does not allow. The message names the row, from where and to where."""


@dataclass(frozen=True)
class StateTable:
    """The states of one model: `first` are those in which the gateway writes a row, `moves` holds each allowed move as
    (from, to) with what makes it."""

    first: tuple[str, ...]
    moves: Mapping[tuple[str, str], str]

    @property
    def states(self) -> tuple[str, ...]:
        """Return every state, in the order in which the table names them."""
        return tuple(dict.fromkeys((*self.first, *(state for pair in self.moves for state in pair))))

    @property
    def last(self) -> tuple[str, ...]:
        """Return the states that no move leaves."""
        left = {before for before, _ in self.moves}
        return tuple(state for state in self.states if state not in left)

    def allows(self, before: str, after: str) -> bool:
        return (before, after) in self.moves

    def sources(self, after: str, among: Collection[str] | None = None) -> tuple[str, ...]:
        """Return the states from which a row may move to `after`; those of `among` only, where it is given."""
        return tuple(before for before, to in self.moves if to == after and (among is None or before in among))

    def guard(self, column: InstrumentedAttribute[str]) -> None:
        """Let every assignment to this column of a row raise ForbiddenMove unless the table holds that move. A new row
        may be written in any state, and a row may be given the state that it has."""

        def refuse(row: Base, after: str, _before: object, _event: object) -> None:
            before = getattr(row, column.key)
            if before not in (None, after) and not self.allows(before, after):
                raise ForbiddenMove(
                    f"{type(row).__name__.lower()} {row.id}: {before} -> {after} is no move of its table"
                )

        event.listen(column, "set", refuse)
