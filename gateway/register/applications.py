"""Applications for the register: a phone files one, in one text or step by step, and a desk decides it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from gateway.core import consents, nik
from gateway.core.languages import spoken
from gateway.core.sentences.phrases import say
from gateway.identity.callers import Caller
from gateway.models import caller_view, sealing
from gateway.models import citizen as citizens
from gateway.models import incident as incidents
from gateway.models.citizen import Citizen, Person
from gateway.unit_of_work import UnitOfWork

OPEN_AGAIN = (citizens.REFUSED, citizens.LEFT)  # in these states a citizen may apply again
FIXED = (citizens.VERIFIED, citizens.SUSPENDED)  # no text changes these states: a number routes, it authorises nothing


@dataclass(frozen=True)
class Given:
    """The parts of an application that the applicant has given so far; a missing part is empty."""

    name: str
    national_id: str = ""
    address: str = ""


def file(uow: UnitOfWork, caller: Caller, given: Given, channel: str) -> Citizen | None:
    """Store the number's application as pending, with channel, time and the consent text shown.

    Return the citizen, or None if the number is verified or suspended: then only a desk can change anything.
    """
    if caller.gone:
        return None  # after a duress PIN we said that it left; the registration stays
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
    """Return a new citizen with a new person, even if the identity number is known.

    The desk judges whether it is the same person.
    """
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
    """Copy the given parts onto the person; parts that were not given stay as they are."""
    person.name = given.name[:120]
    person.address = given.address or person.address
    if given.national_id:
        person.national_id = nik.tidy(given.national_id)
        person.national_id_hash = sealing.fingerprints(person.national_id)[0]


def note_consent(uow: UnitOfWork, citizen: Citizen) -> None:
    """Record that we told the citizen the purpose of the data, in their language and in today's words."""
    language = spoken(citizen.language)
    citizen.consent, citizen.consent_text = consents.shown_now(language), say("consent.text", language)


def person_with(uow: UnitOfWork, national_id: str, besides: Person | None = None) -> Person | None:
    """Return a person with this identity number and a verified phone number, other than `besides`, if any."""
    found = _verified_under(uow, sealing.fingerprints(nik.tidy(national_id)))
    return next((person for person in found if besides is None or person.id != besides.id), None)


def people_with(uow: UnitOfWork, national_ids: Collection[str]) -> dict[str, Person]:
    """Return the persons with these identity numbers and a verified phone number, by `national_id_hash`."""
    prints = [one for number in national_ids for one in sealing.fingerprints(nik.tidy(number))]
    people: dict[str, Person] = {}
    for person in _verified_under(uow, prints) if prints else ():
        people.setdefault(str(person.national_id_hash), person)
    return people


def _verified_under(uow: UnitOfWork, prints: Sequence[str]) -> list[Person]:
    """Return the persons under these fingerprints who have a verified number, the oldest first.

    The state is looked at here and not in the query: SQLite would search by it, and read every verified citizen.
    """
    query = select(Person, Citizen.state).join(Citizen).where(Person.national_id_hash.in_(prints)).order_by(Person.id)
    return list(dict.fromkeys(person for person, state in uow.db.execute(query) if state == citizens.VERIFIED))


def believe_applied(uow: UnitOfWork, caller: Caller) -> None:
    """Let a phone that believes, after a duress PIN, that it has left see its new application as one that waits."""
    running = incidents.lock_open_of(uow.db, caller.phone) if caller.gone else None
    if running is not None:
        caller_view.believe_applied(running)
