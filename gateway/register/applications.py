"""An application to be on the register: filed from a phone, in one text or step by step, and decided at a desk."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from gateway.core import nik
from gateway.core.languages import spoken
from gateway.core.sentences.phrases import say
from gateway.identity.callers import Caller
from gateway.models import citizen as citizens
from gateway.models import sealing
from gateway.models.citizen import Citizen, Person
from gateway.unit_of_work import UnitOfWork

CONSENT_VERSION = "2026-11"  # of `consent.text`; a change of its words in the catalogues is a new version
OPEN_AGAIN = (citizens.REFUSED, citizens.LEFT)  # whoever was refused or left may apply once more
FIXED = (citizens.VERIFIED, citizens.SUSPENDED)  # no text changes these: a number routes, it authorises nothing


@dataclass(frozen=True)
class Given:
    """What the applicant has told so far; a part not told yet is empty."""

    name: str
    national_id: str = ""
    address: str = ""


def file(uow: UnitOfWork, caller: Caller, given: Given, channel: str) -> Citizen | None:
    """The number's application, made or completed: state pending, with the channel, the time and the consent text that
    was shown. None where the number is verified or suspended: then only a desk can change anything."""
    if caller.gone:
        return None  # under duress the phone takes itself for gone; its registration stays
    citizen = caller.citizen
    if citizen is not None and citizen.state in FIXED:
        return None
    if citizen is not None and citizen.state in OPEN_AGAIN and not _same(citizen.person, given):
        citizen.state = citizens.REPLACED  # the number has changed hands; the old person keeps the history
        uow.db.flush()
        citizen = None
    if citizen is None:
        citizen = _new(uow, caller, given)
    fill(citizen.person, given)
    citizen.state, citizen.channel, citizen.applied_at = citizens.PENDING, channel, uow.now()
    note_consent(uow, citizen)
    uow.db.flush()
    return citizen


def _new(uow: UnitOfWork, caller: Caller, given: Given) -> Citizen:
    """A person of their own even when the identity number is known: whether it is the same one is the desk's to see."""
    person = Person(name=given.name[:120], created_at=uow.now())
    citizen = Citizen(
        phone=caller.phone,
        person=person,
        state=citizens.PENDING,
        language=caller.language or uow.settings.default_language,
        applied_at=uow.now(),
    )
    uow.db.add(citizen)
    return citizen


def _same(person: Person, given: Given) -> bool:
    if given.national_id and person.national_id_hash:
        return person.national_id_hash in sealing.fingerprints(nik.tidy(given.national_id))
    return person.name.casefold() == given.name.casefold()


def fill(person: Person, given: Given) -> None:
    """What was told, onto the person; what was not stays."""
    person.name = given.name[:120]
    person.address = given.address or person.address
    if given.national_id:
        person.national_id = nik.tidy(given.national_id)
        person.national_id_hash = sealing.fingerprints(person.national_id)[0]


def note_consent(uow: UnitOfWork, citizen: Citizen) -> None:
    """They were told what their data are for, in their language, in the words of today."""
    language = spoken(citizen.language)
    citizen.consent, citizen.consent_text = f"{CONSENT_VERSION}/{language}", say("consent.text", language)


def person_with(uow: UnitOfWork, national_id: str, besides: Person | None = None) -> Person | None:
    """Whoever is known, by a verified number, under this identity number; somebody other than `besides`."""
    prints = sealing.fingerprints(nik.tidy(national_id))
    query = select(Person).join(Citizen).where(Person.national_id_hash.in_(prints), Citizen.state == citizens.VERIFIED)
    if besides is not None:
        query = query.where(Person.id != besides.id)
    return uow.db.scalar(query.order_by(Person.id).limit(1))
