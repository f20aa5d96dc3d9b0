"""The parts that state machines share: the type of a table of moves, and the error for a move that no table holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Moves = Mapping[tuple[str, str], str]  # (from, to) -> what makes that move


class ForbiddenMove(RuntimeError):  # noqa: N818 - the name is a plain statement
    """Code of ours asked for a move that is in no table. The message names the row, from where and to where."""


def check(moves: Moves, what: str, before: Iterable[str], after: str) -> None:
    """Raise ForbiddenMove unless `moves` holds the way from each state of `before` to `after`; `what` names the row."""
    for state in before:
        if (state, after) not in moves:
            raise ForbiddenMove(f"{what}: {state} -> {after} is no move of its table")
