"""A clarification: a text that we did not understand, our question back, and the desk that was told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models.base import Base

YES_WITHIN = timedelta(minutes=30)


class Clarification(Base):
    __tablename__ = "asks"

    phone: Mapped[str] = mapped_column(String(32), index=True)
    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbounds.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    asked_at: Mapped[datetime]
    # The desk's phone rings at this time, unless somebody answered.
    ring_at: Mapped[datetime | None] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(String(120))


def open_of(db: Session, phone: str, now: datetime) -> Clarification | None:
    """Return the newest question to this phone that still waits for its YA, or None."""
    query = select(Clarification).where(
        Clarification.phone == phone, Clarification.answered_at.is_(None), Clarification.asked_at > now - YES_WITHIN
    )
    return db.scalar(query.order_by(Clarification.id.desc()).limit(1))


def open_of_units(db: Session, unit_ids: Sequence[int], now: datetime) -> Sequence[Clarification]:
    query = select(Clarification).where(
        Clarification.unit_id.in_(unit_ids),
        Clarification.answered_at.is_(None),
        Clarification.asked_at > now - YES_WITHIN,
    )
    return db.scalars(query.order_by(Clarification.id)).all()
