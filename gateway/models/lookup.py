"""What is looked up in the background: the operator asked for a phone's position, a short link followed.

A row is owed until `due_at` is empty. Taking one moves `due_at` ahead by a lease, so a worker that dies loses nothing
and a look-up that runs twice does no harm.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models.base import Base, Sealed

NETWORK, LINK = "network", "link"
LOOKUP_LANE = "lookup"  # an operator may take ten seconds: nobody else waits for them
LEASE = timedelta(seconds=45)  # longer than the slowest operator may take


class Lookup(Base):
    __tablename__ = "lookups"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(Sealed)  # the number to locate, or the link to follow
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str] = mapped_column(String(60), default="")  # "found", or why not


def due(db: Session, now: datetime, kinds: Collection[str], limit: int = 50) -> Sequence[int]:
    """Look-ups that are owed and late, the longest first."""
    query = select(Lookup.id).where(Lookup.due_at <= now, Lookup.kind.in_(kinds))
    return db.scalars(query.order_by(Lookup.due_at).limit(limit)).all()


def take(db: Session, lookup_id: int, now: datetime) -> Lookup | None:
    """Take one for the length of a lease; None when another worker has it, or it is done."""
    mine = update(Lookup).where(Lookup.id == lookup_id, Lookup.due_at <= now)
    taken = db.execute(mine.values(due_at=now + LEASE, tries=Lookup.tries + 1).returning(Lookup.id)).scalar()
    return db.get(Lookup, lookup_id) if taken is not None else None


def of_incident(db: Session, incident_id: int) -> Sequence[Lookup]:
    return db.scalars(select(Lookup).where(Lookup.incident_id == incident_id).order_by(Lookup.id)).all()
