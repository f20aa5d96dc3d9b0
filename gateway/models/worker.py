"""Workers that are alive, the health of the lines, and the pace that the workers share on each line."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, and_
from sqlalchemy.orm import Mapped, mapped_column

from gateway.models.base import Base

SILENT_AFTER = timedelta(seconds=5)
CLOCKS_DIFFER_BY = timedelta(seconds=5)  # at most; a beat that is further ahead is no sign of life


class Worker(Base):
    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(80), unique=True)
    beat_at: Mapped[datetime]
    swept_at: Mapped[datetime | None]
    # how far its machine's clock is ahead of the database's, in seconds; the worker itself lives by the database's
    clock_ahead_s: Mapped[float] = mapped_column(default=0.0, server_default="0")

    @property
    def machine(self) -> str:
        return self.name.partition(":")[0]


def is_alive(now: datetime) -> ColumnElement[bool]:
    """Return the condition for workers that are alive: heard lately, and not from the future, since a worker of a clock
    that is ahead would count as alive long after its death."""
    return and_(Worker.beat_at > now - SILENT_AFTER, Worker.beat_at <= now + CLOCKS_DIFFER_BY)


class Pace(Base):
    """The time at which the next text or call may leave on a line, for all workers together."""

    __tablename__ = "paces"

    lane: Mapped[str] = mapped_column(String(40), unique=True)  # "<line>/<kind>"
    free_at: Mapped[datetime]


class LineHealth(Base):
    """The times of the last good and the last failed real request on a line."""

    __tablename__ = "line_health"

    line: Mapped[str] = mapped_column(String(20), unique=True)
    good_at: Mapped[datetime | None]
    bad_at: Mapped[datetime | None]
    code: Mapped[str] = mapped_column(String(60), default="")

    @property
    def is_bad(self) -> bool:
        """Return whether the last request with a known result failed."""
        return self.bad_at is not None and (self.good_at is None or self.bad_at > self.good_at)
