"""Keep numbers quiet from which somebody has sent a quiet word (DIAM, or 1 in the menu).

Quiet belongs to the number: it holds for 12 hours, over every incident and every text of that number, and at least
until its quiet incidents are closed (each of those is quiet by itself). A PIN is no quiet word: a phone must see the
same after either PIN. Only a desk lifts it, by name and with a reason.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, String, and_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models.base import Base, Sealed, the_only
from gateway.models.memory import remembered

HOLDS = timedelta(hours=12)  # contract.md, "DIAM"


class QuietNumber(Base):
    """One number that has asked for quiet."""

    __tablename__ = "quiet_numbers"

    phone: Mapped[str] = mapped_column(String(64), unique=True)
    since: Mapped[datetime]
    until: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None] = mapped_column(String(120))
    reason: Mapped[str | None] = mapped_column(Sealed)


def hold(db: Session, phone: str, now: datetime) -> None:
    """Keep this number quiet from now on, for 12 hours."""
    fresh = QuietNumber(phone=phone[:64], since=now, until=now + HOLDS)
    row = the_only(db, select(QuietNumber).where(QuietNumber.phone == fresh.phone).with_for_update(), fresh)
    row.since, row.until = now, now + HOLDS
    row.lifted_at = row.lifted_by = row.reason = None


def lift(db: Session, phone: str, now: datetime, by: str, reason: str) -> bool:
    """Let the number ring again, because a desk decided so; return whether it was quiet by a word."""
    query = select(QuietNumber).where(QuietNumber.phone == phone[:64], _holds(now)).with_for_update()
    row = db.scalar(query.execution_options(populate_existing=True))
    if row is None:
        return False
    row.lifted_at, row.lifted_by, row.reason = now, by[:120], reason
    return True


def among(db: Session, phones: Collection[str], now: datetime) -> set[str]:
    """Return those of these numbers that are quiet by a word of theirs."""
    return {phone for phone, until in unlifted(db, tuple(phone[:64] for phone in phones)) if until > now}


def holds(db: Session, phone: str, now: datetime) -> bool:
    """Return whether this number is quiet by a word of its own."""
    return bool(among(db, [phone], now))


@remembered("quiet_numbers")
def unlifted(db: Session, phones: tuple[str, ...]) -> Sequence[Row[str, datetime]]:
    """Return until when each of these numbers is quiet by a word of its own that no desk has lifted."""
    mine = (QuietNumber.phone.in_(phones), QuietNumber.lifted_at.is_(None))
    return db.execute(select(QuietNumber.phone, QuietNumber.until).where(*mine)).all() if phones else ()


def every(db: Session, now: datetime) -> set[str]:
    """Return all numbers that are quiet by a word of theirs."""
    return set(db.scalars(select(QuietNumber.phone).where(_holds(now))))


def _holds(now: datetime) -> ColumnElement[bool]:
    return and_(QuietNumber.until > now, QuietNumber.lifted_at.is_(None))
