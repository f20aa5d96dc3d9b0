"""Keep the proof of a responder's phone: when its human last answered, by text and by call, and on which line.

A delivery report proves nothing; an answer does. A text counts that names one of our codes or brings our word back, a
call of ours counts on which a key was pressed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.phone_proofs import Proof
from gateway.models.base import Base, Sealed, the_only


class HeardPhone(Base):
    """One phone of an officer or a desk."""

    __tablename__ = "heard_phones"

    phone: Mapped[str] = mapped_column(String(32), unique=True)
    text_at: Mapped[datetime | None]
    text_line: Mapped[str] = mapped_column(String(20), default="")
    call_at: Mapped[datetime | None]
    call_line: Mapped[str] = mapped_column(String(20), default="")
    word: Mapped[str | None] = mapped_column(Sealed)  # of the test that was asked last; NULL once it came back
    asked_at: Mapped[datetime | None]

    @property
    def proof(self) -> Proof:
        return Proof(self.text_at, self.call_at, self.asked_at)

    def is_proven(self, since: datetime) -> bool:
        """Return whether its human answered both by text and by call after this time."""
        return all(at is not None and at > since for at in (self.text_at, self.call_at))


def of(db: Session, phones: Collection[str]) -> Mapping[str, HeardPhone]:
    """Return what is known of these phones; those that were never heard or asked are left out."""
    if not phones:
        return {}
    return {row.phone: row for row in db.scalars(select(HeardPhone).where(HeardPhone.phone.in_(phones)))}


def lock(db: Session, phone: str) -> HeardPhone:
    """Return the row of this phone, locked until the commit; it is made if need be."""
    query = select(HeardPhone).where(HeardPhone.phone == phone).with_for_update()
    return the_only(db, query, HeardPhone(phone=phone))


def by_text(db: Session, phone: str, line: str, now: datetime) -> None:
    row = lock(db, phone)
    row.text_at, row.text_line = now, line


def by_call(db: Session, phone: str, line: str, now: datetime) -> None:
    row = lock(db, phone)
    row.call_at, row.call_line = now, line
