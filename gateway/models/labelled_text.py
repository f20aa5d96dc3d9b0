"""Texts of which a desk has said what they are, apart from everything else and without digits and names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, and_, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models.base import Base, Sealed
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident

EMERGENCY, EVERYDAY = "emergency", "everyday"


class LabelledText(Base):
    __tablename__ = "labelled_texts"

    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbounds.id"), unique=True)
    label: Mapped[str] = mapped_column(String(10))  # EMERGENCY, or EVERYDAY, which needs a second reader
    kind: Mapped[str] = mapped_column(String(20))  # an IncidentKind
    language: Mapped[str] = mapped_column(String(2))  # of the sender's profile; they may have written in another
    words: Mapped[str] = mapped_column(Sealed)  # masked (gateway.core.words.masking)
    read_by: Mapped[str] = mapped_column(String(120))
    confirmed_by: Mapped[str | None] = mapped_column(String(120))  # the second reader
    received_at: Mapped[datetime] = mapped_column(index=True)  # when the text came in


def of_text(db: Session, inbound_id: int) -> LabelledText | None:
    return db.scalar(select(LabelledText).where(LabelledText.inbound_id == inbound_id).with_for_update())


def counted(db: Session) -> Sequence[LabelledText]:
    """Return what may be trained with, oldest first: emergencies, and everyday texts that two people have read; none of
    an incident that has become quiet since."""
    told = or_(LabelledText.label == EMERGENCY, LabelledText.confirmed_by.is_not(None))
    query = select(LabelledText).join(Inbound, Inbound.id == LabelledText.inbound_id)
    query = query.outerjoin(Incident, Incident.id == Inbound.incident_id)
    open_to_all = or_(Incident.id.is_(None), and_(Incident.quiet.is_(False), Incident.duress.is_(False)))
    return db.scalars(query.where(told, open_to_all).order_by(LabelledText.id)).all()


def unconfirmed(db: Session) -> Sequence[LabelledText]:
    """Return the everyday texts that wait for a second reader, oldest first."""
    waiting = (LabelledText.label == EVERYDAY, LabelledText.confirmed_by.is_(None))
    return db.scalars(select(LabelledText).where(*waiting).order_by(LabelledText.id)).all()


def forget_of_incident(db: Session, incident_id: int) -> None:
    """Delete what was kept of this incident's texts."""
    mine = select(Inbound.id).where(Inbound.incident_id == incident_id)
    db.execute(delete(LabelledText).where(LabelledText.inbound_id.in_(mine)))
