"""Workers and switches that are alive, the health of the lines, and the pace that the workers share on each line."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import String, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models.base import Base

SILENT_AFTER = timedelta(seconds=5)


class Worker(Base):
    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(80), unique=True)
    beat_at: Mapped[datetime]
    swept_at: Mapped[datetime | None]


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

    @property
    def is_bad(self) -> bool:
        """Return whether the last request with a known result failed."""
        return self.bad_at is not None and (self.good_at is None or self.bad_at > self.good_at)
