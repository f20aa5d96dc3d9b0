"""Workers and switches that are alive, the health of the lines, and the pace that the workers share on each line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, String, UniqueConstraint, and_, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.line_health import LOOKS_BACK
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
    """The health of a line's texts, or calls, by its real requests and the network's reports. It is written when it
    changes, and every process reads it: `gateway.core.line_health` decides."""

    __tablename__ = "line_health"
    __table_args__ = (UniqueConstraint("line", "kind"),)

    line: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(8), server_default="text")  # "text" or "call"
    good_at: Mapped[datetime | None]  # when a request went well after one that had failed
    bad_at: Mapped[datetime | None]  # when a request failed last
    code: Mapped[str] = mapped_column(String(60), default="")
    reported_at: Mapped[datetime | None]  # when reports last said that it reaches few phones; NULL: it reaches them
    limit_told_at: Mapped[datetime | None]  # when desks were told that its daily limit of texts is near

    @property
    def refuses(self) -> bool:
        """Return whether the last request with a known result failed."""
        return self.bad_at is not None and (self.good_at is None or self.bad_at > self.good_at)

    def reaches_few(self, now: datetime) -> bool:
        """Return whether the network's newest reports say so."""
        return self.reported_at is not None and now - self.reported_at <= LOOKS_BACK

    def fails(self, now: datetime) -> bool:
        return self.refuses or self.reaches_few(now)


def of_line(line: str, kind: str) -> Select[LineHealth]:
    """Return the query for the health of a line's texts, or calls."""
    return select(LineHealth).where(LineHealth.line == line, LineHealth.kind == kind)


def failing(db: Session, lines: Collection[str], now: datetime) -> Sequence[LineHealth]:
    """Return what is wrong with these lines."""
    bad = or_(LineHealth.bad_at.is_not(None), LineHealth.reported_at.is_not(None))
    rows = db.scalars(select(LineHealth).where(LineHealth.line.in_(lines), bad).order_by(LineHealth.id))
    return [row for row in rows if row.fails(now)]
