"""Look a phone number up on every list: the same number may belong to a citizen, an officer and a desk."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import and_, literal, select
from sqlalchemy.orm import Session, joinedload

from gateway.core.contact_rules import ContactRule, contact_rule
from gateway.models import citizen as citizens
from gateway.models import incident as incidents
from gateway.models import officer as officers
from gateway.models import quiet_number as quiet_numbers
from gateway.models import unit as units
from gateway.models.caller_view import APPLIED
from gateway.models.citizen import Citizen
from gateway.models.memory import remembered, tell
from gateway.models.officer import Officer
from gateway.models.quiet_number import QuietNumber
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
    _read_lists(uow.db, phone)
    running = incidents.open_of(uow.db, phone)
    return Caller(
        phone,
        citizens.current(uow.db, phone),
        officers.by_phone(uow.db, phone),
        tuple(units.desks_at(uow.db, phone)),
        hushed=(running is not None and running.hushes_phone) or quiet_numbers.holds(uow.db, phone, uow.now()),
        gone=running is not None and running.view.left,
        applied_again=running is not None and running.view.left and running.view.told == APPLIED,
    )


@remembered("citizens", "persons", "officers", "units", "quiet_numbers")
def _read_lists(db: Session, phone: str) -> None:
    """Read all lists at once, and let the queries of each know what it says of this number."""
    asked = select(literal(phone).label("phone")).subquery()
    query = (
        select(Citizen, Officer, Unit, QuietNumber.phone, QuietNumber.until)
        .select_from(asked)
        .outerjoin(Citizen, and_(Citizen.phone == asked.c.phone, Citizen.state != citizens.REPLACED))
        .outerjoin(Officer, Officer.phone == asked.c.phone)
        .outerjoin(Unit, Unit.phone == asked.c.phone)
        .outerjoin(QuietNumber, and_(QuietNumber.phone == phone[:64], QuietNumber.lifted_at.is_(None)))
        .order_by(Unit.id)
        .options(joinedload(Citizen.person, innerjoin=False))
    )
    rows = db.execute(query).all()
    citizen, officer, _, number, until = rows[0]
    tell(db, citizens.current, phone, answer=citizen)
    tell(db, officers.by_phone, phone, answer=officer)
    tell(db, units.desks_at, phone, answer=[row.Unit for row in rows if row.Unit is not None])
    tell(db, quiet_numbers.unlifted, (phone[:64],), answer=[] if until is None else [(number, until)])
