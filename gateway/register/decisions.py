"""Who is on the whitelist, decided by a named person at a desk: verify, refuse, suspend, restore; each is audited, and
the citizen is told unless their phone must stay dark."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select

from gateway import notices
from gateway.core import nik
from gateway.core.phone import local
from gateway.identity import audit_log
from gateway.identity.callers import identify
from gateway.models import citizen as citizens
from gateway.models import incident as incidents
from gateway.models.citizen import Citizen, Person
from gateway.models.incident import Incident
from gateway.models.unit import Unit
from gateway.register import applications
from gateway.unit_of_work import Desk

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


def verify(desk: Desk, phone: str, by: str, reason: str = "") -> Citizen:
    """The number may ask for officers from now on. Raises NotOnTheRegister or WrongState, as all of these do.

    `phone`: E.164. `by`: who decides, as it is to be recorded. A second number of a known person joins the first.
    """
    citizen = _decide(desk, VERIFY, phone, by, reason)
    _join_person(desk, citizen)
    return citizen


def refuse(desk: Desk, phone: str, by: str, reason: str = "") -> Citizen:
    """The application is not accepted; the applicant hears why and may apply again."""
    return _decide(desk, REFUSE, phone, by, reason)


def suspend(desk: Desk, phone: str, by: str, reason: str = "") -> Citizen:
    """The number is recorded and shown, and rings nobody. An incident that is open stays open."""
    return _decide(desk, SUSPEND, phone, by, reason)


def restore(desk: Desk, phone: str, by: str, reason: str = "") -> Citizen:
    return _decide(desk, RESTORE, phone, by, reason)


def _decide(desk: Desk, decision: Decision, phone: str, by: str, reason: str) -> Citizen:
    citizen = of_number(desk, phone)
    if citizen.state not in decision.of:
        raise WrongState(
            f"{phone} is {citizen.state}: only {' or '.join(decision.of)} can be chosen for {decision.name}"
        )
    before = citizen.state
    citizen.state, citizen.decided_at, citizen.decided_by = decision.state, desk.now(), by[:120]
    citizen.reason = reason[:200] or None
    audit_log.record(desk, by, f"citizen.{decision.name}", phone, f"{before} -> {decision.state}: {reason}")
    _tell(desk, citizen, decision.told, reason)
    return citizen


def of_number(desk: Desk, phone: str) -> Citizen:
    """Who holds this number today, in whatever state, held until the commit. Raises NotOnTheRegister."""
    citizen = citizens.current(desk.db, phone)
    if citizen is None:
        raise NotOnTheRegister(f"{phone} is on no list")
    desk.db.refresh(citizen, with_for_update={"of": Citizen})
    return citizen


def _tell(desk: Desk, citizen: Citizen, key: str, reason: str) -> None:
    if identify(desk, citizen.phone).quiet:
        return
    unit = desk.db.get(Unit, citizen.unit_id) if citizen.unit_id is not None else None
    facts = {"number": our_number(desk, citizen.phone), "reason": reason or "-"}
    notices.tell(desk, citizen.phone, citizen.language, key, unit, **facts)


def our_number(desk: Desk, phone: str) -> str:
    """The number that this phone texts or rings in need, as it is dialled there; the police's where we have none."""
    lines = [*desk.lines.for_texts(phone), *desk.lines.for_calls(phone)]
    numbers = [line.reply_to for line in desk.lines.for_texts(phone) if line.reply_to]
    numbers += [number for line in lines for number in line.own_numbers if number.startswith("+")]
    return local(numbers[0]) if numbers else notices.EMERGENCY


def _join_person(desk: Desk, citizen: Citizen) -> None:
    """Several numbers per person: whoever is verified under the same identity number is the same person."""
    own = citizen.person
    if not own.national_id:
        return
    known = applications.person_with(desk, own.national_id, besides=own)
    if known is None:
        return
    citizen.person = known
    desk.db.flush()
    if desk.db.scalar(select(func.count(Citizen.id)).where(Citizen.person_id == own.id)) == 0:
        desk.db.delete(own)


def reassign(desk: Desk, phone: str, given: applications.Given, by: str, reason: str = "") -> Citizen:
    """The number has changed hands: the one who held it keeps the history (state replaced), the new holder is pending.

    Raises NotOnTheRegister.
    """
    before = of_number(desk, phone)
    before.state, before.decided_at, before.decided_by = citizens.REPLACED, desk.now(), by[:120]
    desk.db.flush()
    person = Person(name=given.name[:120], address=given.address or None, created_at=desk.now())
    citizen = Citizen(phone=phone, person=person, state=citizens.PENDING, language=before.language)
    citizen.channel, citizen.applied_at, citizen.unit_id = "desk", desk.now(), before.unit_id
    desk.db.add(citizen)
    applications.fill(person, given)
    audit_log.record(desk, by, "citizen.reassign", phone, reason)
    desk.db.flush()
    return citizen


# --- what a human looks at --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Identity:
    """What the desk compares with the card; `doubts` are warnings, never a ground to refuse by themselves."""

    name: str
    national_id: str
    address: str
    doubts: tuple[nik.Doubt, ...]


def look_at_identity(desk: Desk, citizen: Citizen, by: str) -> Identity:
    """The one view that shows an identity number in clear; each look is audited."""
    person = citizen.person
    audit_log.record(desk, by, "citizen.identity", citizen.phone)
    number = person.national_id or ""
    return Identity(person.name, number, person.address or "", nik.doubts(number) if number else ())


def strikes(desk: Desk, citizen_ids: Collection[int]) -> dict[int, int]:
    """False alarms in the last 90 days by citizen; those without any are left out. Shown, and no more than that."""
    query = select(Citizen.id, func.count(Incident.id)).join(Incident, Incident.citizen_id == Citizen.id)
    rows = desk.db.execute(query.where(Citizen.id.in_(citizen_ids), *_false(desk)).group_by(Citizen.id))
    return dict(rows.all())


def to_review(desk: Desk) -> list[tuple[Citizen, int]]:
    """Citizens with three false alarms or more in 90 days, the most first: for a human to talk to."""
    count = func.count(Incident.id)
    query = select(Incident.citizen_id, count).where(Incident.citizen_id.is_not(None), *_false(desk))
    query = query.group_by(Incident.citizen_id).having(count >= STRIKES_SHOWN).order_by(count.desc())
    found = ((desk.db.get(Citizen, citizen_id), many) for citizen_id, many in desk.db.execute(query))
    return [(citizen, many) for citizen, many in found if citizen is not None]


def _false(desk: Desk) -> tuple[ColumnElement[bool], ...]:
    since = desk.now() - STRIKES_IN
    return Incident.state == incidents.FALSE_ALARM, Incident.closed_at > since, Incident.drill.is_(False)
