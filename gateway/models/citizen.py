"""The whitelist: persons, and the numbers that are verified to be theirs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from gateway.core import defaults
from gateway.core.contact_rules import ContactRule
from gateway.models.base import Base, Sealed
from gateway.models.memory import remembered

PENDING, VERIFIED, REFUSED, SUSPENDED, LEFT, REPLACED = (
    "pending",
    "verified",
    "refused",
    "suspended",
    "left",  # the citizen left the register
    "replaced",  # the number changed hands; the old person keeps the history
)


class Person(Base):
    __tablename__ = "persons"

    name: Mapped[str] = mapped_column(String(120))
    national_id: Mapped[str | None] = mapped_column(Sealed)
    national_id_hash: Mapped[str | None] = mapped_column(String(64), index=True)  # sealing.fingerprints()[0]
    address: Mapped[str | None] = mapped_column(Sealed)
    notes: Mapped[str | None] = mapped_column(Sealed)  # for responders: disability, language
    next_of_kin: Mapped[str | None] = mapped_column(Sealed)
    created_at: Mapped[datetime]


class Citizen(Base):
    """One number and the person behind it."""

    __tablename__ = "citizens"
    __table_args__ = (
        Index(
            "uq_citizens_phone_current",
            "phone",
            unique=True,
            sqlite_where=text("state <> 'replaced'"),
            postgresql_where=text("state <> 'replaced'"),
        ),
    )

    phone: Mapped[str] = mapped_column(String(32), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    language: Mapped[str] = mapped_column(String(2), default=defaults.LANGUAGE)
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    quiet: Mapped[bool] = mapped_column(default=False)  # we never reply to this phone and never ring it
    ring_back: Mapped[bool] = mapped_column(default=True)  # it is safe to ring this phone
    contact: Mapped[str] = mapped_column(String(12), default=str(ContactRule.USUAL))
    hide_address: Mapped[bool] = mapped_column(default=False)  # the address is said on a call of ours, never texted
    desk_first: Mapped[bool] = mapped_column(default=False)  # "when unclear: desk first", because officers may be seen
    pin_hash: Mapped[str | None] = mapped_column(Sealed)  # encrypted: few digits fall to guessing
    duress_hash: Mapped[str | None] = mapped_column(Sealed)
    forced_hash: Mapped[str | None] = mapped_column(Sealed)  # a new PIN that the duress PIN confirmed
    pin_set_at: Mapped[datetime | None]  # when the PIN was set or changed; NULL: long ago, or with the first sheet
    pin_given_at: Mapped[datetime | None]  # when a PIN of any kind, right or duress, last came from the phone
    wrong_pins: Mapped[int] = mapped_column(default=0)  # in a row
    wrong_pin_at: Mapped[datetime | None]
    volunteer_m: Mapped[int | None]
    usual_lat: Mapped[float | None]  # the place where the citizen says they usually are
    usual_lon: Mapped[float | None]
    usual_words: Mapped[str | None] = mapped_column(Sealed)
    usual_radius_m: Mapped[float | None]
    usual_from: Mapped[int | None]  # from this hour (0-23, unit's time zone) until `usual_until`; NULL = at any hour
    usual_until: Mapped[int | None]
    channel: Mapped[str] = mapped_column(String(12), default="desk")  # sms, ussd, csv, desk
    consent: Mapped[str | None] = mapped_column(String(40))  # version of the consent text that was shown
    consent_text: Mapped[str | None] = mapped_column(Text)  # and its words, in their language
    applied_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(120))
    reason: Mapped[str | None] = mapped_column(String(200))

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


@remembered("citizens", "persons")
def current(db: Session, phone: str) -> Citizen | None:
    """Return the citizen who holds this number today, in any state; None if nobody does."""
    return db.scalar(select(Citizen).where(Citizen.phone == phone, Citizen.state != REPLACED))


def numbers_of(db: Session, person_id: int) -> Sequence[str]:
    """Return all numbers (E.164) of this person."""
    return db.scalars(select(Citizen.phone).where(Citizen.person_id == person_id, Citizen.state != REPLACED)).all()
