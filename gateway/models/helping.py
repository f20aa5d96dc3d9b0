"""A volunteer of the neighbourhood who was asked to help at one incident.

It is no alert: no volunteer leads or closes an incident.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from gateway.models.base import Base
from gateway.models.citizen import Citizen
from gateway.models.incident import Incident

ASKED, ACCEPTED, DECLINED, RELEASED = "asked", "accepted", "declined", "released"


class Helping(Base):
    __tablename__ = "helpings"
    __table_args__ = (UniqueConstraint("incident_id", "citizen_id"),)

    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    citizen_id: Mapped[int] = mapped_column(ForeignKey("citizens.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default=ASKED)
    distance_m: Mapped[float]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    briefed_at: Mapped[datetime | None]  # when we sent them the place and the number

    citizen: Mapped[Citizen] = relationship(lazy="joined")


def of_incident(db: Session, incident_id: int) -> Sequence[Helping]:
    return db.scalars(select(Helping).where(Helping.incident_id == incident_id).order_by(Helping.id)).all()


def newest_open(db: Session, citizen_id: int, code: str | None) -> Helping | None:
    """Return the request that a volunteer's YA answers: the open one for this code, else the newest open one."""
    query = select(Helping).join(Incident).where(Helping.citizen_id == citizen_id, Incident.closed_at.is_(None))
    query = query.where(Helping.state != RELEASED)  # they were told that it is over, so a later answer is about nothing
    if code is not None:
        query = query.where(Incident.code == code)
    return db.scalar(query.order_by(Helping.id.desc()).limit(1))


def open_codes(db: Session, citizen_id: int) -> Sequence[str]:
    """Codes of the open incidents that a volunteer was asked to help at, the newest question first."""
    query = select(Incident.code).join(Helping, Helping.incident_id == Incident.id)
    open_ones = query.where(Helping.citizen_id == citizen_id, Incident.closed_at.is_(None))
    return db.scalars(open_ones.order_by(Helping.id.desc())).all()
