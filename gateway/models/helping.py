"""One volunteer of the neighbourhood, asked to help at one incident. Never an alert: nobody leads or closes by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from gateway.models.base import Base
from gateway.models.citizen import Citizen
from gateway.models.incident import Incident

ASKED, ACCEPTED, DECLINED = "asked", "accepted", "declined"


class Helping(Base):
    __tablename__ = "helpings"
    __table_args__ = (UniqueConstraint("incident_id", "citizen_id"),)

    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    citizen_id: Mapped[int] = mapped_column(ForeignKey("citizens.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default=ASKED)
    distance_m: Mapped[float]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    briefed_at: Mapped[datetime | None]  # when they got the place and the number

    citizen: Mapped[Citizen] = relationship(lazy="joined")


def of_incident(db: Session, incident_id: int) -> Sequence[Helping]:
    return db.scalars(select(Helping).where(Helping.incident_id == incident_id).order_by(Helping.id)).all()


def newest_open(db: Session, citizen_id: int, code: str | None) -> Helping | None:
    """What a volunteer's YA is about: the open incident with this code, else the newest they were asked for."""
    query = select(Helping).join(Incident).where(Helping.citizen_id == citizen_id, Incident.closed_at.is_(None))
    if code is not None:
        query = query.where(Incident.code == code)
    return db.scalar(query.order_by(Helping.id.desc()).limit(1))


def open_codes(db: Session, citizen_id: int) -> Sequence[str]:
    """Codes of the open incidents that a volunteer was asked to help at, the newest question first."""
    query = select(Incident.code).join(Helping, Helping.incident_id == Incident.id)
    open_ones = query.where(Helping.citizen_id == citizen_id, Incident.closed_at.is_(None))
    return db.scalars(open_ones.order_by(Helping.id.desc())).all()
