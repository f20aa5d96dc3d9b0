"""Counts what a piece of work asks of the database: its statements, commits and round trips."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event

READ_ONLY = ("SELECT pg_catalog.version", "SET ")


@dataclass
class Spent:
    """What was asked: each statement as it was sent, and how often a transaction and a savepoint began or ended."""

    said: list[str] = field(default_factory=list)
    commits: int = 0
    savepoints: int = 0

    @property
    def statements(self) -> int:
        return len(self.said)

    @property
    def round_trips(self) -> int:
        """BEGIN goes with the first statement; each savepoint is begun and released."""
        return self.statements + self.commits + 2 * self.savepoints


@contextmanager
def spent(engine: Engine) -> Iterator[Spent]:
    """Count what everybody asks of this engine meanwhile."""
    count = Spent()

    def statement(_connection: Any, _cursor: Any, said: str, *_: Any) -> None:
        if not said.startswith("BEGIN"):
            count.said.append(said)

    def commit(_connection: Any) -> None:
        count.commits += 1

    def savepoint(_connection: Any, _name: str) -> None:
        count.savepoints += 1

    heard = {"before_cursor_execute": statement, "commit": commit, "savepoint": savepoint}
    for name, listener in heard.items():
        event.listen(engine, name, listener)
    try:
        yield count
    finally:
        for name, listener in heard.items():
            event.remove(engine, name, listener)
