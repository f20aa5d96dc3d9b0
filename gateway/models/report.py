"""A report (LAPOR, or by USSD): a citizen's message without emergency. The desk reads it; it rings nobody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models import unit as units
from gateway.models.base import Base, Sealed


class Report(Base):
    __tablename__ = "tips"

    phone: Mapped[str] = mapped_column(String(64), index=True)
    words: Mapped[str] = mapped_column(Sealed)
    channel: Mapped[str] = mapped_column(String(12))  # sms, ussd
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbounds.id"), index=True)  # the text that it came in
    verified: Mapped[bool]  # whether the number was verified when the report arrived
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)  # NULL: nothing names one
    received_at: Mapped[datetime] = mapped_column(index=True)
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str | None] = mapped_column(Sealed)  # the desk's note on what it did


def visible(db: Session, scope: Collection[int] | None) -> ColumnElement[bool]:
    """Return the SQL condition for the reports that a user of these units may see (None: all reports).

    Such a user sees the reports of these units; those that name no unit are for the desks at the top.
    """
    return units.shown_to(db, Report.unit_id, scope)


def told_by(db: Session, inbound_id: int) -> Sequence[Report]:
    """Return the reports that came in with this text: one or none."""
    return db.scalars(select(Report).where(Report.inbound_id == inbound_id)).all()
