"""Look a phone number up on every list: the same number may belong to a citizen, an officer and a desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, exists, select
from sqlalchemy.orm import contains_eager

from gateway.core.contact_rules import ContactRule, contact_rule
from gateway.models import citizen as citizens
from gateway.models import clarification as clarifications
from gateway.models import fix as fixes
from gateway.models import incident as incidents
from gateway.models import known, never_asked
from gateway.models import officer as officers
from gateway.models import outbound as outbounds
from gateway.models import quiet_number as quiet_numbers
from gateway.models import unit as units
from gateway.models.base import UtcDateTime
from gateway.models.caller_view import APPLIED
from gateway.models.citizen import Citizen, Person
from gateway.models.officer import Officer
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Caller:
    """All that our lists say about one phone number. A number routes a message; it authorises nothing by itself."""

    phone: str  # E.164, or the carrier's own string
    citizen: Citizen | None = None  # in whatever state
    officer: Officer | None = None
    desks: tuple[Unit, ...] = field(default=())
    hushed: bool = False  # has asked for quiet: with an open incident, or by a quiet word of the last 12 hours
    gone: bool = False  # takes itself for off the register, after a duress PIN: answered like one that left
    applied_again: bool = False  # and for an applicant since: answered like one that waits for a desk

    @property
    def verified(self) -> bool:
        """Return whether a panic from this number may ring officers."""
        return self.verified_citizen or (self.officer is not None and not self.officer.suspended)

    @property
    def verified_citizen(self) -> bool:
        return self.citizen is not None and self.citizen.state == citizens.VERIFIED and not self.gone

    @property
    def applies(self) -> bool:
        """Return whether the number has applied and no desk has decided yet."""
        return self.believed_state == citizens.PENDING

    @property
    def believed_state(self) -> str:
        """Return the state of its application as far as the phone knows; `left` for a number on no list."""
        if self.gone:
            return citizens.PENDING if self.applied_again else citizens.LEFT
        return self.citizen.state if self.citizen is not None else citizens.LEFT

    @property
    def responder(self) -> bool:
        """Return whether an answer from this number may move an incident."""
        return bool(self.desks) or (self.officer is not None and not self.officer.suspended)

    @property
    def name(self) -> str:
        if self.citizen is not None and self.citizen.state != citizens.PENDING:
            return self.citizen.person.name
        if self.officer is not None:
            return self.officer.title
        if self.desks:
            return self.desks[0].name
        return self.citizen.person.name if self.citizen is not None else ""

    @property
    def language(self) -> str | None:
        who = self.citizen or self.officer
        return who.language if who is not None else None

    @property
    def quiet(self) -> bool:
        """Return whether nothing may make this phone ring or light up."""
        return self.hushed or (self.citizen is not None and self.citizen.quiet)

    @property
    def ring_back(self) -> bool:
        return self.citizen is None or (self.citizen.ring_back and not self.citizen.quiet)

    @property
    def contact(self) -> ContactRule:
        """Return how to reach this person, as the profile says."""
        return contact_rule(self.citizen.contact) if self.citizen is not None else ContactRule.USUAL

    @property
    def desk_first(self) -> bool:
        """Return whether the profile says that a patrol at the door may be dangerous: when unclear, the desk first."""
        return self.citizen is not None and self.citizen.desk_first

    @property
    def unit_id(self) -> int | None:
        if self.citizen is not None and self.citizen.unit_id is not None:
            return self.citizen.unit_id
        if self.officer is not None:
            return self.officer.unit_id
        return self.desks[0].id if self.desks else None

    @property
    def home(self) -> tuple[float, float] | None:
        """Return the registered latitude and longitude (degrees WGS 84) of this citizen or officer, or None."""
        for who in (self.citizen, self.officer):
            if who is not None and who.lat is not None and who.lon is not None:
                return who.lat, who.lon
        return None


def identify(uow: UnitOfWork, phone: str) -> Caller:
    """Look the number up on every list and return the result."""
    _read(uow, phone)
    running = incidents.open_of(uow.db, phone)
    return Caller(
        phone,
        citizens.current(uow.db, phone),
        officers.by_phone(uow.db, phone),
        tuple(units.desks_at(uow.db, phone)),
        hushed=(running is not None and running.hushes_phone) or quiet_numbers.of(uow.db, phone, uow.now()) is not None,
        gone=running is not None and running.view.left,
        applied_again=running is not None and running.view.left and running.view.told == APPLIED,
    )


# --- one read of all that a number is -------------------------------------------------------------------------------


LATELY = timedelta(days=1)  # no question about a number looks further back
COUNTING: dict[str, Callable[[ColumnElement[str], ColumnElement[datetime]], Select[int]]] = {
    "incidents": incidents.counting_of,
    "asks": clarifications.counting_of,
    "quiet_numbers": quiet_numbers.counting_of,
    "officers": officers.counting_of,
    "units": units.counting_of,
    "fixes": fixes.counting_of,
    "outbounds": outbounds.counting_of,
}


def _read(uow: UnitOfWork, phone: str) -> None:
    """Read in one statement who holds this number, and in which tables it has nothing that counts today. Most numbers
    are on the whitelist and nowhere else, and cost no further query; the others are asked about as ever."""
    if not known.is_first(uow.db, _read, phone, ("citizens", "persons", *COUNTING)):
        return
    citizen, *has = uow.db.execute(_all_of_a_number(), {"phone": phone, "since": uow.now() - LATELY}).one()
    known.tell(uow.db, citizens.current, (phone,), citizen)
    asked = [*((table, phone) for table in COUNTING), (incidents.OFFICERS, ""), ("quiet_numbers", "")]
    for (table, number), counts in zip(asked, has[:-1], strict=True):
        if not counts:
            known.tell_nothing(uow.db, table, number)
    if citizen is not None and not has[-1]:
        known.tell(uow.db, never_asked.named_by, (citizen.person_id,), frozenset())


@cache  # building it takes longer than running it
def _all_of_a_number() -> Select[Any]:
    number = select(bindparam("phone", type_=String).label("phone")).subquery()
    since: ColumnElement[datetime] = bindparam("since", type_=UtcDateTime)
    counts: list[ColumnElement[bool]] = [
        exists(query(number.c.phone, since)).label(table) for table, query in COUNTING.items()
    ]
    counts += [exists(incidents.any_of_officers()), exists(quiet_numbers.any_counting(since))]
    counts += [exists(never_asked.of_person(Citizen.person_id))]
    held = and_(Citizen.phone == number.c.phone, Citizen.state != citizens.REPLACED)
    columns: list[Any] = [Citizen, *counts]
    query: Select[Any] = select(*columns).select_from(number).outerjoin(Citizen, held)
    return query.outerjoin(Person, Person.id == Citizen.person_id).options(contains_eager(Citizen.person))
