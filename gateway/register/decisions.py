"""Who is on the whitelist, decided by a named person at a desk: verify, refuse, suspend, restore; each is audited, and
the citizen is told unless their phone must stay dark."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select

from gateway import notices
from gateway.core import defaults, nik
from gateway.core.phone import local
from gateway.identity import audit_log
from gateway.identity.callers import identify
from gateway.models import citizen as citizens
from gateway.models import incident as incidents
from gateway.models.citizen import Citizen, Person
from gateway.models.incident import Incident
from gateway.models.unit import Unit
from gateway.register import applications
from gateway.unit_of_work import UnitOfWork

STRIKES_SHOWN = 3  # so many false alarms in
STRIKES_IN = timedelta(days=90)  # put somebody before a human; nothing ever blocks them by itself


class NotOnTheRegister(LookupError):  # noqa: N818 - what it is
    """Nobody holds this number."""


class WrongState(ValueError):  # noqa: N818 - what it is
    """This cannot be decided of somebody in that state."""


@dataclass(frozen=True)
class Decision:
    """What may be decided of whom, and what the citizen is told."""

    name: str
    of: Collection[str]
    state: str
    told: str


VERIFY = Decision("verify", (citizens.PENDING, citizens.REFUSED, citizens.LEFT), citizens.VERIFIED, "apply.verified")
REFUSE = Decision("refuse", (citizens.PENDING,), citizens.REFUSED, "apply.refused")
SUSPEND = Decision("suspend", (citizens.PENDING, citizens.VERIFIED), citizens.SUSPENDED, "apply.suspended")
RESTORE = Decision("restore", (citizens.SUSPENDED,), citizens.VERIFIED, "apply.restored")


def verify(uow: UnitOfWork, phone: str, by: str, reason: str = "") -> Citizen:
    """The number may ask for officers from now on. Raises NotOnTheRegister or WrongState, as all of these do.

    `phone`: E.164. `by`: who decides, as it is to be recorded. A second number of a known person joins the first.
    """
    citizen = _decide(uow, VERIFY, phone, by, reason)
    _join_person(uow, citizen)
    return citizen


def refuse(uow: UnitOfWork, phone: str, by: str, reason: str = "") -> Citizen:
    """The application is not accepted; the applicant hears why and may apply again."""
    return _decide(uow, REFUSE, phone, by, reason)


def suspend(uow: UnitOfWork, phone: str, by: str, reason: str = "") -> Citizen:
    """The number is recorded and shown, and rings nobody. An incident that is open stays open."""
    return _decide(uow, SUSPEND, phone, by, reason)


def restore(uow: UnitOfWork, phone: str, by: str, reason: str = "") -> Citizen:
    return _decide(uow, RESTORE, phone, by, reason)


def _decide(uow: UnitOfWork, decision: Decision, phone: str, by: str, reason: str) -> Citizen:
    citizen = of_number(uow, phone)
    if citizen.state not in decision.of:
        raise WrongState(
            f"{phone} is {citizen.state}: only {' or '.join(decision.of)} can be chosen for {decision.name}"
        )
    before = citizen.state
    citizen.state, citizen.decided_at, citizen.decided_by = decision.state, uow.now(), by[:120]
    citizen.reason = reason[:200] or None
    audit_log.record(uow, by, f"citizen.{decision.name}", phone, f"{before} -> {decision.state}: {reason}")
    _tell(uow, citizen, decision.told, reason)
    return citizen


def of_number(uow: UnitOfWork, phone: str) -> Citizen:
    """Who holds this number today, in whatever state, held until the commit. Raises NotOnTheRegister."""
    citizen = citizens.current(uow.db, phone)
    if citizen is None:
        raise NotOnTheRegister(f"{phone} is on no list")
    uow.db.refresh(citizen, with_for_update={"of": Citizen})
    return citizen


def _tell(uow: UnitOfWork, citizen: Citizen, key: str, reason: str) -> None:
    if identify(uow, citizen.phone).quiet:
        return
    unit = uow.db.get(Unit, citizen.unit_id) if citizen.unit_id is not None else None
    facts = {"number": our_number(uow, citizen.phone), "reason": reason or "-"}
    notices.tell(uow, citizen.phone, citizen.language, key, unit, **facts)


def our_number(uow: UnitOfWork, phone: str) -> str:
    """The number that this phone texts or rings in need, as it is dialled there; the police's where we have none."""
    lines = [*uow.lines.for_texts(phone), *uow.lines.for_calls(phone)]
    numbers = [line.reply_to for line in uow.lines.for_texts(phone) if line.reply_to]
    numbers += [number for line in lines for number in line.own_numbers if number.startswith("+")]
    return local(numbers[0]) if numbers else defaults.EMERGENCY


def _join_person(uow: UnitOfWork, citizen: Citizen) -> None:
    """Several numbers per person: whoever is verified under the same identity number is the same person."""
    own = citizen.person
    if not own.national_id:
        return
    known = applications.person_with(uow, own.national_id, besides=own)
    if known is None:
        return
    citizen.person = known
    uow.db.flush()
    if uow.db.scalar(select(func.count(Citizen.id)).where(Citizen.person_id == own.id)) == 0:
        uow.db.delete(own)


def reassign(uow: UnitOfWork, phone: str, given: applications.Given, by: str, reason: str = "") -> Citizen:
    """The number has changed hands: the one who held it keeps the history (state replaced), the new holder is pending.

    Raises NotOnTheRegister.
    """
    before = of_number(uow, phone)
    before.state, before.decided_at, before.decided_by = citizens.REPLACED, uow.now(), by[:120]
    uow.db.flush()
    person = Person(name=given.name[:120], address=given.address or None, created_at=uow.now())
    citizen = Citizen(phone=phone, person=person, state=citizens.PENDING, language=before.language)
    citizen.channel, citizen.applied_at, citizen.unit_id = "desk", uow.now(), before.unit_id
    uow.db.add(citizen)
    applications.fill(person, given)
    audit_log.record(uow, by, "citizen.reassign", phone, reason)
    uow.db.flush()
    return citizen


# --- what a human looks at --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Identity:
    """What the desk compares with the card; `doubts` are warnings, never a ground to refuse by themselves."""

    name: str
    national_id: str
    address: str
    doubts: tuple[nik.Doubt, ...]


def look_at_identity(uow: UnitOfWork, citizen: Citizen, by: str) -> Identity:
    """The one view that shows an identity number in clear; each look is audited."""
    person = citizen.person
    audit_log.record(uow, by, "citizen.identity", citizen.phone)
    number = person.national_id or ""
    return Identity(person.name, number, person.address or "", nik.doubts(number) if number else ())


def strikes(uow: UnitOfWork, citizen_ids: Collection[int]) -> dict[int, int]:
    """False alarms in the last 90 days by citizen; those without any are left out. Shown, and no more than that."""
    query = select(Citizen.id, func.count(Incident.id)).join(Incident, Incident.citizen_id == Citizen.id)
    rows = uow.db.execute(query.where(Citizen.id.in_(citizen_ids), *_false(uow)).group_by(Citizen.id))
    return dict(rows.all())


def to_review(uow: UnitOfWork) -> list[tuple[Citizen, int]]:
    """Citizens with three false alarms or more in 90 days, the most first: for a human to talk to."""
    count = func.count(Incident.id)
    query = select(Incident.citizen_id, count).where(Incident.citizen_id.is_not(None), *_false(uow))
    query = query.group_by(Incident.citizen_id).having(count >= STRIKES_SHOWN).order_by(count.desc())
    found = ((uow.db.get(Citizen, citizen_id), many) for citizen_id, many in uow.db.execute(query))
    return [(citizen, many) for citizen, many in found if citizen is not None]


def _false(uow: UnitOfWork) -> tuple[ColumnElement[bool], ...]:
    since = uow.now() - STRIKES_IN
    return Incident.state == incidents.FALSE_ALARM, Incident.closed_at > since, Incident.drill.is_(False)
