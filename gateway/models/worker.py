"""Workers and switches that are alive, the health of the lines, and the pace that the workers share on each line."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, and_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

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


class Switch(Base):
    """The process that holds a line's calls: at most one a line, while it beats."""

    __tablename__ = "switches"

    line: Mapped[str] = mapped_column(String(20), unique=True)
    holder: Mapped[str] = mapped_column(String(80))
    beat_at: Mapped[datetime]
    linked_at: Mapped[datetime | None]  # when it last had the line's events

    def silent(self, now: datetime) -> bool:
        """Return whether this process counts as dead."""
        return self.beat_at <= now - SILENT_AFTER

    def cut_off(self, now: datetime) -> bool:
        """Return whether this process has been without its exchange for so long that it hears of no call."""
        return self.linked_at is None or self.linked_at <= now - SILENT_AFTER


class Pace(Base):
    """The time at which the next text or call may leave on a line, for all workers together."""

    __tablename__ = "paces"

    lane: Mapped[str] = mapped_column(String(40), unique=True)  # "<line>/<kind>"
    free_at: Mapped[datetime]


def free(db: Session, lane: str, now: datetime) -> None:
    """Let the next text or call of this lane leave from now on."""
    db.execute(update(Pace).where(Pace.lane == lane, Pace.free_at > now).values(free_at=now))


class LineHealth(Base):
    """The times of the last good and the last failed real request on a line."""

    __tablename__ = "line_health"

    line: Mapped[str] = mapped_column(String(20), unique=True)
    good_at: Mapped[datetime | None]
    bad_at: Mapped[datetime | None]
    code: Mapped[str] = mapped_column(String(60), default="")
    limit_told_at: Mapped[datetime | None]  # when desks were told that its daily limit is near

    @property
    def is_bad(self) -> bool:
        """Return whether the last request with a known result failed."""
        return self.bad_at is not None and (self.good_at is None or self.bad_at > self.good_at)
