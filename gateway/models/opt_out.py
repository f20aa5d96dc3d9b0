"""The numbers that get no more texts on a line: they have sent STOP there, or the carrier says that they have.

A row is one number on one line. It goes when the phone sends START, or when a text of ours has arrived there after all.
Calls are not barred by it. `gateway.core.reachability.open_lines` says what follows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models.base import Base, the_only


class OptOut(Base):
    """One number that gets no texts on one line."""

    __tablename__ = "opt_outs"
    __table_args__ = (UniqueConstraint("phone", "line"),)

    phone: Mapped[str] = mapped_column(String(64))
    line: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(20))  # "text", or the carrier's code


def stop(db: Session, phone: str, line: str, now: datetime, source: str) -> None:
    """Write that this number gets no more texts on this line. The first time is kept."""
    fresh = OptOut(phone=phone[:64], line=line, at=now, source=source[:20])
    query = select(OptOut).where(OptOut.phone == fresh.phone, OptOut.line == line)
    the_only(db, query, fresh)


def start(db: Session, phone: str, line: str) -> None:
    """Write that this number gets texts on this line again."""
    db.execute(delete(OptOut).where(OptOut.phone == phone[:64], OptOut.line == line))


def lines_of(db: Session, phones: Collection[str]) -> Mapping[str, set[str]]:
    """Return for each of these numbers the lines on which it gets no texts."""
    lines = defaultdict[str, set[str]](set)
    if phones:
        for row in db.execute(select(OptOut.phone, OptOut.line).where(OptOut.phone.in_(phones))):
            lines[row.phone].add(row.line)
    return lines


def every(db: Session) -> Sequence[OptOut]:
    """Return all of them, by number and line."""
    return db.scalars(select(OptOut).order_by(OptOut.phone, OptOut.line)).all()
