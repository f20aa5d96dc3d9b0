"""Workers that are alive, and the pace of the lines that they share."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from gateway.models.base import Base

SILENT_AFTER = timedelta(seconds=5)


class Worker(Base):
    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(80), unique=True)
    beat_at: Mapped[datetime]
    swept_at: Mapped[datetime | None]


class Pace(Base):
    """When the next text or call may leave on a line, for all workers together."""

    __tablename__ = "paces"

    lane: Mapped[str] = mapped_column(String(40), unique=True)  # "<line>/<kind>"
    free_at: Mapped[datetime]


class LineHealth(Base):
    """How the last real requests on a line went."""

    __tablename__ = "line_health"

    line: Mapped[str] = mapped_column(String(20), unique=True)
    good_at: Mapped[datetime | None]
    bad_at: Mapped[datetime | None]
    code: Mapped[str] = mapped_column(String(60), default="")

    @property
    def is_bad(self) -> bool:
        """Whether the last request that told anything went wrong."""
        return self.bad_at is not None and (self.good_at is None or self.bad_at > self.good_at)
