"""A report without an emergency (LAPOR, or by USSD): kept, listed for the desk, rings nobody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models.base import Base, Sealed


class Tip(Base):
    __tablename__ = "tips"

    phone: Mapped[str] = mapped_column(String(64), index=True)
    words: Mapped[str] = mapped_column(Sealed)
    channel: Mapped[str] = mapped_column(String(12))  # sms, ussd
    verified: Mapped[bool]  # the number was on a list when it came in
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str | None] = mapped_column(Sealed)  # what was done about it


def unseen(db: Session, unit_ids: Collection[int] | None = None) -> Sequence[Tip]:
    """Those nobody has read yet, the oldest first; of these units, or (None) of all."""
    query = select(Tip).where(Tip.seen_at.is_(None)).order_by(Tip.id)
    return db.scalars(query if unit_ids is None else query.where(Tip.unit_id.in_(unit_ids))).all()
