"""Who is that? A number may belong to a citizen, an officer and a desk at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.models import citizen as citizens
from gateway.models import incident as incidents
from gateway.models import officer as officers
from gateway.models import quiet_number as quiet_numbers
from gateway.models import unit as units
from gateway.models.citizen import Citizen
from gateway.models.officer import Officer
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Caller:
    """Everything a number is to us. A number routes; it authorises nothing by itself."""

    phone: str  # E.164, or the carrier's own string
    citizen: Citizen | None = None  # in whatever state
    officer: Officer | None = None
    desks: tuple[Unit, ...] = field(default=())
    hushed: bool = False  # has asked for quiet: with an open incident, or by a quiet word of the last 12 hours
    gone: bool = False  # takes itself for off the register, after a duress PIN: answered like one that left

    @property
    def verified(self) -> bool:
        """May this number's panic ring officers?"""
        return self.verified_citizen or (self.officer is not None and not self.officer.suspended)

    @property
    def verified_citizen(self) -> bool:
        return self.citizen is not None and self.citizen.state == citizens.VERIFIED and not self.gone

    @property
    def responder(self) -> bool:
        """May this number's answers move an incident?"""
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
        """Nothing may make this phone ring or light up."""
        return self.hushed or (self.citizen is not None and self.citizen.quiet)

    @property
    def ring_back(self) -> bool:
        return self.citizen is None or (self.citizen.ring_back and not self.citizen.quiet)

    @property
    def unit_id(self) -> int | None:
        if self.citizen is not None and self.citizen.unit_id is not None:
            return self.citizen.unit_id
        if self.officer is not None:
            return self.officer.unit_id
        return self.desks[0].id if self.desks else None

    @property
    def home(self) -> tuple[float, float] | None:
        """Where they are registered, degrees WGS 84."""
        for who in (self.citizen, self.officer):
            if who is not None and who.lat is not None and who.lon is not None:
                return who.lat, who.lon
        return None


def identify(uow: UnitOfWork, phone: str) -> Caller:
    """Look a number up on every list."""
    running = incidents.open_of(uow.db, phone)
    return Caller(
        phone,
        citizens.current(uow.db, phone),
        officers.by_phone(uow.db, phone),
        tuple(units.desks_at(uow.db, phone)),
        hushed=(running is not None and running.hushes_phone) or quiet_numbers.of(uow.db, phone, uow.now()) is not None,
        gone=running is not None and running.view.left,
    )
