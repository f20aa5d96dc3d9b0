"""The incidents that each desk has seen (SAYA LIHAT), up to which line of the timeline; and handovers between
shifts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models.base import Base, Sealed


class Sighting(Base):
    """One desk has seen one incident.

    `desk` is the id of the unit whose monitor it was, or 0 for a user of every unit (NULL would not be unique).
    """

    __tablename__ = "sightings"
    __table_args__ = (UniqueConstraint("incident_id", "desk"),)

    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    desk: Mapped[int]
    who: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]
    event_id: Mapped[int]  # the newest line of the timeline at that moment


class Handover(Base):
    """A shift's note for the next one."""

    __tablename__ = "handovers"

    desk: Mapped[int] = mapped_column(index=True)
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(Sealed, default="")


def of_desk(db: Session, desk: int, incident_ids: Collection[int]) -> dict[int, Sighting]:
    """Return this desk's sightings of these incidents, by the incident's id."""
    query = select(Sighting).where(Sighting.desk == desk, Sighting.incident_id.in_(incident_ids))
    return {row.incident_id: row for row in db.scalars(query)}


def last_handover(db: Session, desk: int) -> Handover | None:
    return db.scalar(select(Handover).where(Handover.desk == desk).order_by(Handover.id.desc()).limit(1))
