"""List whom a breach in a period may concern, for the notice that is due in three days (UU PDP 27/2022, article 46).

The list holds numbers and names, and how each may be told: a text about Siaga on a phone that must stay dark could tell
whoever reads it more than the breach did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CompoundSelect, and_, select, union

from gateway.core.contact_rules import ContactRule
from gateway.core.phone import can_reply
from gateway.models import citizen as citizens
from gateway.models import quiet_number as quiet_numbers
from gateway.models import sealing
from gateway.models.citizen import Citizen, Person
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.models.report import Report
from gateway.unit_of_work import UnitOfWork

IN_PERSON, BY_TEXT = "in person", "by text"


@dataclass(frozen=True)
class Concerned:
    """Somebody whose data was kept in the period."""

    number: str
    name: str
    language: str
    whose: str  # register, caller, officer
    told: str  # how they may be told


def concerned(uow: UnitOfWork, since: datetime, until: datetime) -> Iterator[Concerned]:
    """Yield everybody who was kept in the register or the roster before `until`, and every other number that wrote or
    called between `since` and `until`."""
    dark, known = quiet_numbers.every(uow.db, uow.now()), set()
    here = (
        Citizen.applied_at < until,
        Citizen.state != citizens.REPLACED,
        ~Citizen.phone.startswith(sealing.FORGOTTEN),
    )
    query = select(Citizen, Person.name).join(Person, Person.id == Citizen.person_id).where(*here).order_by(Citizen.id)
    for row, name in uow.db.execute(query.execution_options(yield_per=1000)):
        known.add(row.phone)
        yield Concerned(row.phone, name, row.language, "register", IN_PERSON if _hides(row, dark) else BY_TEXT)
    for officer in uow.db.scalars(select(Officer).order_by(Officer.id)):
        known.add(officer.phone)
        yield Concerned(officer.phone, officer.title, officer.language, "officer", BY_TEXT)
    for phone in uow.db.scalars(_callers(since, until)):
        if phone not in known and can_reply(phone) and not phone.startswith(sealing.FORGOTTEN):
            yield Concerned(phone, "", "", "caller", IN_PERSON if phone in dark else BY_TEXT)


def _hides(row: Citizen, dark: set[str]) -> bool:
    return row.quiet or not row.ring_back or row.contact != str(ContactRule.USUAL) or row.phone in dark


def _callers(since: datetime, until: datetime) -> CompoundSelect[str]:
    parts = (
        (Inbound.phone, Inbound.received_at),
        (Incident.phone, Incident.opened_at),
        (Report.phone, Report.received_at),
    )
    return union(*(select(phone).where(and_(at >= since, at < until)) for phone, at in parts)).order_by("phone")
