"""The people whom a citizen named, at the counter, as those who must never know of a call for help of theirs.

One row is one number (E.164) or one user of the console (`gateway.core.confidants.user_key`). It is encrypted, and
searched by a keyed hash. No page shows these rows, and nothing that a phone can ask for tells that there are any: the
phone may be in the hands of who is named. `gateway.identity.confidants` asks this file.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models import sealing
from gateway.models.base import Base, Sealed
from gateway.models.memory import remembered


class NeverAsked(Base):
    __tablename__ = "never_asked"
    __table_args__ = (UniqueConstraint("person_id", "whom_hash"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    whom: Mapped[str] = mapped_column(Sealed)
    whom_hash: Mapped[str] = mapped_column(String(64), index=True)  # sealing.fingerprints()[0]


@remembered("never_asked")
def named_by(db: Session, person_id: int) -> frozenset[str]:
    """Return the keys of all whom this person named."""
    return frozenset(db.scalars(select(NeverAsked.whom).where(NeverAsked.person_id == person_id)))


def naming(keys: Collection[str]) -> Select[int]:
    """Select the ids of the persons who named one of these."""
    return select(NeverAsked.person_id).where(NeverAsked.whom_hash.in_(_hashes(keys)))


def pairs(db: Session, person_ids: Collection[int], keys: Collection[str]) -> set[tuple[int, str]]:
    """Return which of these persons named which of these keys."""
    whose = {a_hash: key for key in keys for a_hash in _hashes([key])}
    query = select(NeverAsked.person_id, NeverAsked.whom_hash).where(NeverAsked.person_id.in_(person_ids))
    rows = db.execute(query.where(NeverAsked.whom_hash.in_(whose))) if whose and person_ids else ()
    return {(person_id, whose[a_hash]) for person_id, a_hash in rows}


def count(db: Session, person_id: int) -> int:
    return db.scalar(select(func.count(NeverAsked.id)).where(NeverAsked.person_id == person_id)) or 0


def add(db: Session, person_id: int, key: str) -> None:
    """Add one to the list of this person, once."""
    if not pairs(db, [person_id], [key]):
        db.add(NeverAsked(person_id=person_id, whom=key, whom_hash=sealing.fingerprints(key)[0]))
        db.flush()


def renumber(db: Session, before: str, after: str) -> None:
    """Let whoever named a number also name the one that its holder has now."""
    for person_id in db.scalars(naming([before])).all():
        add(db, person_id, after)


def strike(db: Session, person_id: int, key: str) -> None:
    """Take one off the list of this person, if it is on it."""
    mine = (NeverAsked.person_id == person_id, NeverAsked.whom_hash.in_(_hashes([key])))
    db.execute(delete(NeverAsked).where(*mine))


def forget(db: Session, person_id: int) -> None:
    """Delete the whole list of this person."""
    db.execute(delete(NeverAsked).where(NeverAsked.person_id == person_id))


def move(db: Session, from_person: int, to_person: int) -> None:
    """Let the list of one row of a person count for the other one, because both are the same human."""
    for key in named_by(db, from_person):
        add(db, to_person, key)
    forget(db, from_person)


def _hashes(keys: Collection[str]) -> list[str]:
    return [a_hash for key in keys for a_hash in sealing.fingerprints(key)]
