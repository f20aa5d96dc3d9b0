"""Background look-ups: asking the operator for a phone's position, following a short link.

A look-up is to be done as long as `due_at` is set. A worker that takes one moves `due_at` ahead by a lease, so a
look-up of a dead worker comes due again; running one twice does no harm.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models.base import Base, Sealed

NETWORK, LINK = "network", "link"
LOOKUP_LANE = "lookup"  # a lane of its own, because an operator may take ten seconds
LEASE = timedelta(seconds=45)  # longer than we wait for the slowest operator


class Lookup(Base):
    __tablename__ = "lookups"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(Sealed)  # the number to locate, or the link to follow
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str] = mapped_column(String(60), default="")  # "found", or the reason why not


def due(db: Session, now: datetime, kinds: Collection[str], limit: int = 50) -> Sequence[int]:
    """Return the ids of look-ups that are due, the longest overdue first."""
    query = select(Lookup.id).where(Lookup.due_at <= now, Lookup.kind.in_(kinds))
    return db.scalars(query.order_by(Lookup.due_at).limit(limit)).all()


def take(db: Session, lookup_id: int, now: datetime) -> Lookup | None:
    """Take a look-up for the length of a lease; return None if another worker has it or it is done."""
    mine = update(Lookup).where(Lookup.id == lookup_id, Lookup.due_at <= now)
    taken = db.execute(mine.values(due_at=now + LEASE, tries=Lookup.tries + 1).returning(Lookup.id)).scalar()
    return db.get(Lookup, lookup_id) if taken is not None else None


def of_incident(db: Session, incident_id: int) -> Sequence[Lookup]:
    return db.scalars(select(Lookup).where(Lookup.incident_id == incident_id).order_by(Lookup.id)).all()
