"""A named person at a desk decides who is on the whitelist: verify, refuse, suspend, restore.

Each decision is audited, and the citizen gets a text unless their phone is quiet.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select

from gateway import notices
from gateway.core import defaults, nik
from gateway.core.line_abilities import own_number
from gateway.core.phone import local
from gateway.core.reachability import Way
from gateway.identity import audit_log, reachability
from gateway.identity.callers import identify
from gateway.location import home_unit
from gateway.models import citizen as citizens
from gateway.models import incident as incidents
from gateway.models import never_asked
from gateway.models import outbound as outbounds
from gateway.models import unit as units
from gateway.models.citizen import Citizen, Person
from gateway.models.incident import Incident
from gateway.models.unit import Unit
from gateway.register import applications
from gateway.unit_of_work import UnitOfWork

# So many false alarms within so many days are shown to a human; nothing ever blocks a citizen by itself.
STRIKES_SHOWN = 3
STRIKES_IN = timedelta(days=90)


class NotOnTheRegister(LookupError):  # noqa: N818 - what it is
    """No citizen holds this number."""


class WrongState(ValueError):  # noqa: N818 - what it is
    """The citizen's state does not allow this decision."""


class NoUnit(ValueError):  # noqa: N818 - what it is
    """Nothing names the unit that the citizen would belong to, so that nobody is verified into nowhere."""


@dataclass(frozen=True)
class Decision:
    """One decision: its `name`, the states that allow it (`of`), the new `state`, the text sent (`told`)."""

    name: str
    of: Collection[str]
    state: str
    told: str


VERIFY = Decision("verify", (citizens.PENDING, citizens.REFUSED, citizens.LEFT), citizens.VERIFIED, "apply.verified")
REFUSE = Decision("refuse", (citizens.PENDING,), citizens.REFUSED, "apply.refused")
SUSPEND = Decision("suspend", (citizens.PENDING, citizens.VERIFIED), citizens.SUSPENDED, "apply.suspended")
RESTORE = Decision("restore", (citizens.SUSPENDED,), citizens.VERIFIED, "apply.restored")


def verify(uow: UnitOfWork, phone: str, by: str, reason: str = "", own: int | None = None) -> Citizen:
    """Let the number ask for officers from now on. Raises NotOnTheRegister or WrongState, as all decisions do.

    `phone` is E.164; `by` names the person who decides, for the audit trail. A second number of a known person is
    joined to that person. The citizen belongs to the unit that was settled before or that home, address or usual place
    name (`gateway.location.home_unit`), else to `own`, the id of the unit of who decides. Raises NoUnit if there is
    none of these.
    """
    citizen = _decide(uow, VERIFY, phone, by, reason, own)
    _join_person(uow, citizen)
    return citizen


def refuse(uow: UnitOfWork, phone: str, by: str, reason: str = "") -> Citizen:
    """Refuse the application. The applicant gets a text with the reason and may apply again."""
    return _decide(uow, REFUSE, phone, by, reason)


def suspend(uow: UnitOfWork, phone: str, by: str, reason: str = "") -> Citizen:
    """Suspend the number: it is recorded and shown, but rings nobody. An open incident stays open."""
    return _decide(uow, SUSPEND, phone, by, reason)


def restore(uow: UnitOfWork, phone: str, by: str, reason: str = "", own: int | None = None) -> Citizen:
    """Lift a suspension. The citizen's unit is settled as `verify` does it; raises NoUnit too."""
    return _decide(uow, RESTORE, phone, by, reason, own)


def _decide(uow: UnitOfWork, decision: Decision, phone: str, by: str, reason: str, own: int | None = None) -> Citizen:
    citizen = of_number(uow, phone)
    if citizen.state not in decision.of:
        raise WrongState(
            f"{phone} is {citizen.state}: only {' or '.join(decision.of)} can be chosen for {decision.name}"
        )
    into = f" in {_settled(uow, citizen, own).code}" if decision.state == citizens.VERIFIED else ""
    before = citizen.state
    citizen.state, citizen.decided_at, citizen.decided_by = decision.state, uow.now(), by[:120]
    citizen.reason = reason[:200] or None
    audit_log.record(uow, by, f"citizen.{decision.name}", phone, f"{before} -> {decision.state}{into}: {reason}")
    _tell(uow, citizen, decision.told, reason)
    return citizen


def _settled(uow: UnitOfWork, citizen: Citizen, own: int | None) -> Unit:
    """Write which unit the citizen belongs to, and return it. Raises NoUnit."""
    unit = home_unit.of_citizen(uow, citizen) or units.by_id(uow.db, own)
    if unit is None:
        raise NoUnit(f"{citizen.phone}: neither address nor place names the unit that {citizen.person.name} belongs to")
    citizen.unit_id = unit.id
    return unit


def of_number(uow: UnitOfWork, phone: str) -> Citizen:
    """Lock the citizen who holds this number today, in any state, until the commit. Raises NotOnTheRegister."""
    citizen = citizens.current(uow.db, phone)
    if citizen is None:
        raise NotOnTheRegister(f"{phone} is on no list")
    uow.db.refresh(citizen, with_for_update={"of": Citizen})
    return citizen


def _tell(uow: UnitOfWork, citizen: Citizen, key: str, reason: str) -> None:
    if not reachability.to_caller(uow, identify(uow, citizen.phone), Way.NEWS).allowed:
        return
    unit = uow.db.get(Unit, citizen.unit_id) if citizen.unit_id is not None else None
    facts = {"number": our_number(uow, citizen.phone), "reason": reason or "-"}
    body = notices.sentence(uow, citizen.language, key, unit, **facts)
    notices.owe_text(uow, citizen.phone, body, purpose=outbounds.REGISTER)


def our_number(uow: UnitOfWork, phone: str) -> str:
    """Return the number that this phone texts or rings in need, as it is dialled there; else the police's number."""
    return local(own_number(uow.lines.all_facts(phone), phone)) or defaults.EMERGENCY


def _join_person(uow: UnitOfWork, citizen: Citizen) -> None:
    """Join this number to the person who is verified under the same identity number.

    A person may have several numbers.
    """
    own = citizen.person
    if not own.national_id:
        return
    known = applications.person_with(uow, own.national_id, besides=own)
    if known is None:
        return
    citizen.person = known
    never_asked.move(uow.db, own.id, known.id)
    uow.db.flush()
    if uow.db.scalar(select(func.count(Citizen.id)).where(Citizen.person_id == own.id)) == 0:
        uow.db.delete(own)


def reassign(uow: UnitOfWork, phone: str, given: applications.Given, by: str, reason: str = "") -> Citizen:
    """Give the number to a new holder, whose state is pending. The former holder keeps the history (state replaced).

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
    """The facts that the desk compares with the identity card.

    `doubts` are warnings, never by themselves a ground to refuse.
    """

    name: str
    national_id: str
    address: str
    doubts: tuple[nik.Doubt, ...]


def look_at_identity(uow: UnitOfWork, citizen: Citizen, by: str) -> Identity:
    """Return the identity number in clear, and audit the look. No other view shows it."""
    person = citizen.person
    audit_log.record(uow, by, "citizen.identity", citizen.phone)
    number = person.national_id or ""
    return Identity(person.name, number, person.address or "", nik.doubts(number) if number else ())


def strikes(uow: UnitOfWork, citizen_ids: Collection[int]) -> dict[int, int]:
    """Return the number of false alarms in the last 90 days by citizen, without zeros.

    It is shown and has no other effect.
    """
    query = select(Citizen.id, func.count(Incident.id)).join(Incident, Incident.citizen_id == Citizen.id)
    rows = uow.db.execute(query.where(Citizen.id.in_(citizen_ids), *_false(uow)).group_by(Citizen.id))
    return dict(rows.all())


def to_review(uow: UnitOfWork) -> list[tuple[Citizen, int]]:
    """Return citizens with three or more false alarms in 90 days, the most first, so that a human can talk to them."""
    count = func.count(Incident.id)
    query = select(Incident.citizen_id, count).where(Incident.citizen_id.is_not(None), *_false(uow))
    query = query.group_by(Incident.citizen_id).having(count >= STRIKES_SHOWN).order_by(count.desc())
    found = ((uow.db.get(Citizen, citizen_id), many) for citizen_id, many in uow.db.execute(query))
    return [(citizen, many) for citizen, many in found if citizen is not None]


def _false(uow: UnitOfWork) -> tuple[ColumnElement[bool], ...]:
    since = uow.now() - STRIKES_IN
    return Incident.state == incidents.FALSE_ALARM, Incident.closed_at > since, Incident.drill.is_(False)
