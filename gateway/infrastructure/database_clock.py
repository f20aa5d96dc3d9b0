"""The time that several machines share: the database's, asked now and then and carried on by this machine's own.

One machine two minutes fast would else escalate everybody's incidents. Between two askings the monotonic clock counts,
so that a jump of this machine's clock changes nothing. Until the first answer, it is this machine's own time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

EACH = 10.0  # seconds between two askings
ASK = text("SELECT clock_timestamp()")


def own_time() -> datetime:
    return datetime.now(UTC)


@dataclass
class DatabaseClock:
    """Call it for the time (aware, UTC). `measure` asks PostgreSQL."""

    engine: Engine
    own: Callable[[], datetime] = own_time
    monotonic: Callable[[], float] = time.monotonic
    ahead: timedelta = timedelta()  # how far this machine's own clock is ahead of the database's, when last asked
    _anchor: tuple[datetime, float] | None = None  # the database's time at a moment of the monotonic clock

    def __call__(self) -> datetime:
        if self._anchor is None:
            return self.own()
        told, at = self._anchor
        return told + timedelta(seconds=self.monotonic() - at)

    def measure(self) -> None:
        """Ask the database for its time. The answer is taken for the middle of the way there and back. Raises
        SQLAlchemyError; the time then goes on as before."""
        with self.engine.connect() as connection:
            connection.rollback()  # its connection is made before the time counts
            before, own = self.monotonic(), self.own()
            told = connection.execute(ASK).scalar_one().astimezone(UTC)
            half = (self.monotonic() - before) / 2
        self._anchor = (told, before + half)
        self.ahead = own + timedelta(seconds=half) - told
