"""Find the rows of one person: by their numbers, while these were theirs, and by the ids of their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, select

from gateway.models import citizen as citizens
from gateway.models import officer as officers
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.citizen import Citizen, Person
from gateway.models.helping import Helping
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.labelled_text import LabelledText
from gateway.models.lookup import Lookup
from gateway.models.never_asked import NeverAsked
from gateway.models.officer import Officer
from gateway.models.shift import Shift
from gateway.operations.personal_data.holdings import Attribute, Holding
from gateway.unit_of_work import UnitOfWork


class NoPerson(LookupError):  # noqa: N818 - what it is
    """The number is a desk's, and no person's."""


@dataclass(frozen=True)
class Held:
    """A number (E.164), and from when until when it was this person's; None: no end is known."""

    phone: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Someone:
    """One person as the tables know them."""

    numbers: Sequence[Held]
    persons: Sequence[int] = ()
    citizens: Sequence[int] = ()
    incidents: Sequence[int] = ()
    officers: Sequence[int] = ()
    language: str | None = None

    @property
    def phones(self) -> list[str]:
        return list(dict.fromkeys(held.phone for held in self.numbers))

    def rows(self, holding: Holding) -> ColumnElement[bool]:
        """Return the condition for the rows of this person; of none where the table does not tell whose a row is."""
        if holding.by is None:
            return false()
        ids = self._ids(holding.by)
        if ids is not None:
            return and_(holding.by.in_(ids))
        numbered = self.numbered(holding.by, holding.at)
        if "incident_id" not in holding.columns.c:
            return numbered
        call = holding.columns.c.incident_id  # what belongs to a call for help is of whoever asked in it
        return and_(numbered, or_(call.is_(None), call.in_(self.incidents)))

    def _ids(self, by: Attribute) -> Sequence[int] | None:
        """Return what a column that refers to a row must hold; None for a column that holds a number."""
        known: Mapping[str, Sequence[int]] = {
            str(Person.id): self.persons,
            str(NeverAsked.person_id): self.persons,
            str(Citizen.id): self.citizens,
            str(Helping.citizen_id): self.citizens,
            str(Incident.id): self.incidents,
            str(Lookup.incident_id): self.incidents,
            str(Officer.id): self.officers,
            str(Shift.officer_id): self.officers,
            str(Alert.officer_id): self.officers,
        }
        return known.get(str(by))

    def numbered(self, by: Attribute, at: Attribute | None) -> ColumnElement[bool]:
        """Return the condition that a row has a number of theirs, from the time in which it was theirs."""
        if by is LabelledText.inbound_id:
            return by.in_(select(Inbound.id).where(self.numbered(Inbound.phone, Inbound.received_at)))
        return or_(false(), *(self._held(held, by, at) for held in self.numbers))

    @staticmethod
    def _held(held: Held, by: Attribute, at: Attribute | None) -> ColumnElement[bool]:
        bounds = [by == held.phone]
        if at is not None and held.since is not None:
            bounds.append(at >= held.since)
        if at is not None and held.until is not None:
            bounds.append(at < held.until)
        return and_(*bounds)


def find(uow: UnitOfWork, phone: str) -> Someone:
    """Return the person whose this number (E.164) is today, with all their numbers; a number on no list is a person of
    its own. Raises NoPerson for a desk's number."""
    officer, citizen = officers.by_phone(uow.db, phone), citizens.current(uow.db, phone)
    if officer is None and citizen is None and units.desks_at(uow.db, phone):
        raise NoPerson(f"{phone} is a desk's number, and no person's")
    rows = _rows_of(uow, citizen)
    numbers = [_held(uow, row) for row in rows] or [Held(phone, _last_change(uow, phone))]
    found = Someone(
        numbers,
        sorted({row.person_id for row in rows}),
        [row.id for row in rows],
        officers=[officer.id] if officer is not None else (),
        language=next((who.language for who in (citizen, officer) if who is not None), None),
    )
    return replace(found, incidents=_calls(uow, found))


def _rows_of(uow: UnitOfWork, citizen: Citizen | None) -> Sequence[Citizen]:
    if citizen is None:
        return ()
    return uow.db.scalars(select(Citizen).where(Citizen.person_id == citizen.person_id).order_by(Citizen.id)).all()


def _held(uow: UnitOfWork, row: Citizen) -> Held:
    return Held(
        row.phone,
        _last_change(uow, row.phone, before=row.id),
        row.decided_at if row.state == citizens.REPLACED else None,
    )


def _last_change(uow: UnitOfWork, phone: str, before: int | None = None) -> datetime | None:
    """Return when a former holder of this number gave it up; None if there was none. `before`: the row of who holds it
    now."""
    former = (Citizen.phone == phone, Citizen.state == citizens.REPLACED)
    query = select(Citizen.decided_at).where(*former).order_by(Citizen.id.desc()).limit(1)
    return uow.db.scalar(query if before is None else query.where(Citizen.id < before))


def _calls(uow: UnitOfWork, who: Someone) -> Sequence[int]:
    """Return the ids of the incidents in which this person asked for help."""
    unlisted = and_(Incident.citizen_id.is_(None), who.numbered(Incident.phone, Incident.opened_at))
    return uow.db.scalars(select(Incident.id).where(or_(Incident.citizen_id.in_(who.citizens), unlisted))).all()
