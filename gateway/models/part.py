"""The calls about one event: which incident is part of which first one, and which is kept apart from all others.

Each call stays an incident of its own, with its code, words and PIN. A row says only how its waves stand to those of
the first incident of the event, its head. A head is part of no other event.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models.base import Base
from gateway.models.incident import Incident


class Part(Base):
    __tablename__ = "parts"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), unique=True)
    head_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)  # NULL: it stands alone
    by: Mapped[str] = mapped_column(String(120), default="")  # the desk's user who merged it; empty: the gateway
    briefed_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"))  # the leader who has read of this call
    apart: Mapped[bool] = mapped_column(default=False)  # somebody said that it is something else: never proposed again


def of_incident(db: Session, incident_id: int) -> Part | None:
    """Return the row of an incident, as it is now; None where it was never part of anything."""
    query = select(Part).where(Part.incident_id == incident_id)
    return db.scalar(query.execution_options(populate_existing=True))


def of_incidents(db: Session, ids: Collection[int]) -> Mapping[int, Part]:
    """Return the rows of these incidents by the incident's id."""
    return {row.incident_id: row for row in db.scalars(select(Part).where(Part.incident_id.in_(ids)))} if ids else {}


def row_of(db: Session, incident_id: int) -> Part:
    """Return the row of an incident, a new one where there was none. The incident is locked by the caller."""
    row = of_incident(db, incident_id)
    if row is None:
        row = Part(incident_id=incident_id)
        db.add(row)
        db.flush()
    return row


def head_of(db: Session, incident_id: int) -> Incident | None:
    """Return the first incident of the event that this one is part of, as it is now; None where it stands alone."""
    query = select(Incident).join(Part, Part.head_id == Incident.id).where(Part.incident_id == incident_id)
    return db.scalar(query.execution_options(populate_existing=True))


def members(db: Session, head_id: int) -> Sequence[Incident]:
    """Return the open incidents that are part of the event of this head, the first one first."""
    query = select(Incident).join(Part, Part.incident_id == Incident.id)
    return db.scalars(query.where(Part.head_id == head_id, Incident.closed_at.is_(None)).order_by(Incident.id)).all()


def lock_members(db: Session, head_id: int) -> Sequence[Incident]:
    """Return the same, locked until the commit in the order of their ids. The head is locked before, if at all."""
    mine = select(Part.incident_id).where(Part.head_id == head_id)
    query = select(Incident).where(Incident.id.in_(mine), Incident.closed_at.is_(None)).order_by(Incident.id)
    return db.scalars(query.with_for_update(of=Incident).execution_options(populate_existing=True)).all()


def lock_closed(db: Session, head_id: int, since: datetime | None) -> Sequence[Incident]:
    """Return the calls of this event that were closed from `since` on, locked in the order of their ids."""
    mine = select(Part.incident_id).where(Part.head_id == head_id)
    query = select(Incident).where(Incident.id.in_(mine), Incident.closed_at >= since).order_by(Incident.id)
    return db.scalars(query.with_for_update(of=Incident).execution_options(populate_existing=True)).all()


def hand_on(db: Session, head_id: int, heir_id: int) -> None:
    """Let every other call of this event follow the heir instead of the head."""
    others = (Part.head_id == head_id, Part.incident_id != heir_id)
    db.execute(update(Part).where(*others).values(head_id=heir_id, briefed_id=None))
