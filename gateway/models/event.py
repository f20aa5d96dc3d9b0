"""A line of an incident's timeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models.base import Base, Sealed


class Event(Base):
    __tablename__ = "events"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(30))
    who: Mapped[str] = mapped_column(String(120), default="")
    text: Mapped[str] = mapped_column(Sealed, default="")


def of_incident(db: Session, incident_id: int) -> Sequence[Event]:
    return db.scalars(select(Event).where(Event.incident_id == incident_id).order_by(Event.at, Event.id)).all()


def newest_of(db: Session, incident_id: int) -> int:
    """Return the id of an incident's newest line; 0 if it has none."""
    return db.scalar(select(func.max(Event.id)).where(Event.incident_id == incident_id)) or 0
