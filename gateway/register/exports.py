"""Take lists out as tables. What an import reads goes out under the same columns and comes back unchanged.

A list of people who may ask for help (GUARDED) goes out for a reason only, and says in the file who took it. It holds
no identity number, note, home, PIN, list of names, nor anything from which a quiet phone could be told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from gateway.core.policy import POLICIES
from gateway.core.shifts import DAYS, clock
from gateway.identity import audit_log, confidants
from gateway.identity.users import Identity
from gateway.models import citizen as citizens
from gateway.models.citizen import Citizen, Person
from gateway.models.incident import Incident
from gateway.models.officer import Officer, is_retired
from gateway.models.place import Place
from gateway.models.shift import Shift
from gateway.models.unit import RETIRED, Unit, UnitNumber
from gateway.register import tables
from gateway.register.tables import Table
from gateway.unit_of_work import UnitOfWork

OPERATOR = "siaga export"
Row = Sequence[object]


@dataclass(frozen=True)
class Taker:
    """The person who takes a list out: a name for the file and the audit trail, the units (ids) that they see (None:
    all), and the user, where it is one of the console."""

    name: str
    scope: frozenset[int] | None = None
    user: Identity | None = None

    def below(self, query: Select[Any], unit_id: InstrumentedAttribute[Any]) -> Select[Any]:
        return query if self.scope is None else query.where(unit_id.in_(self.scope))


@dataclass(frozen=True)
class Export:
    """A list that can be taken out: its columns, and its rows for a taker."""

    columns: tuple[str, ...]
    rows: Callable[[UnitOfWork, Taker], Iterable[Row]]


class NoReason(ValueError):  # noqa: N818 - what is missing
    """A guarded list was asked for without a reason."""


def take(uow: UnitOfWork, kind: str, taker: Taker, reason: str = "") -> Table:
    """Return one of the EXPORTS as a table, and audit it. Raises NoReason for a guarded one without a reason."""
    if kind in GUARDED and not reason.strip():
        raise NoReason(kind)
    export = EXPORTS[kind]
    rows = list(tables.filled(export.rows(uow, taker)))
    told = f"{len(rows)} rows" + (f": {reason.strip()}" if reason.strip() else "")
    audit_log.record(uow, taker.name, f"export.{kind}", kind, told)
    mark = f"siaga {kind} | {taker.name} | {uow.now():%Y-%m-%d %H:%M} UTC | {reason.strip()}"
    return Table(kind, export.columns, rows, titles=(mark,) if kind in GUARDED else ())


def _codes(uow: UnitOfWork) -> dict[int | None, str]:
    return {None: "", **dict(uow.db.execute(select(Unit.id, Unit.code)).all())}


def _units(uow: UnitOfWork, taker: Taker) -> Iterator[Row]:
    codes, numbers = _codes(uow), uow.db.scalars(select(UnitNumber).order_by(UnitNumber.id)).all()
    for unit in uow.db.scalars(taker.below(select(Unit).where(Unit.kind != RETIRED).order_by(Unit.code), Unit.id)):
        policy = unit.policy if unit.policy in POLICIES else ""
        more = "|".join(one.phone for one in numbers if one.unit_id == unit.id)
        parent = codes[unit.parent_id]
        yield unit.code, unit.name, unit.kind, parent, unit.phone, unit.lat, unit.lon, unit.timezone, policy, more


def _officers(uow: UnitOfWork, taker: Taker) -> Iterator[Row]:
    codes = _codes(uow)
    query = select(Officer).where(~is_retired()).order_by(Officer.name)
    for one in uow.db.scalars(taker.below(query, Officer.unit_id)):
        yield one.phone, one.name, one.rank, codes[one.unit_id], one.language, one.lat, one.lon, one.on_duty


def _shifts(uow: UnitOfWork, taker: Taker) -> Iterator[Row]:
    """Yield the turns of an officer that have the same hours as one row."""
    query = select(Shift).join(Officer, Shift.officer_id == Officer.id)
    order = (Officer.phone, Shift.starts, Shift.minutes, Shift.weekday)
    turns = uow.db.scalars(taker.below(query, Officer.unit_id).order_by(*order))
    for (phone, starts, minutes), same in groupby(turns, lambda turn: (turn.officer.phone, turn.starts, turn.minutes)):
        days = ",".join(DAYS[turn.weekday] for turn in same)
        yield phone, days, clock(starts), clock((starts + minutes) % 1440)


def _places(uow: UnitOfWork, taker: Taker) -> Iterator[Row]:
    codes = _codes(uow)
    for one in uow.db.scalars(taker.below(select(Place).order_by(Place.name), Place.unit_id)):
        yield one.name, one.aliases, one.lat, one.lon, round(one.radius_m), codes[one.unit_id]


def _citizens(uow: UnitOfWork, taker: Taker) -> Iterator[Row]:
    """Yield those whom an import can hold: verified or waiting."""
    there = Citizen.state.in_((citizens.VERIFIED, citizens.PENDING))
    return _people(uow, taker, select(Citizen).where(there))


def _volunteers(uow: UnitOfWork, taker: Taker) -> Iterator[Row]:
    helps = Citizen.volunteer_m.is_not(None)
    return _people(uow, taker, select(Citizen).where(Citizen.state == citizens.VERIFIED, helps))


def _people(uow: UnitOfWork, taker: Taker, query: Select[Any]) -> Iterator[Row]:
    codes = _codes(uow)
    query = taker.below(query.join(Citizen.person), Citizen.unit_id).order_by(Person.name, Citizen.phone)
    columns = (Citizen.phone, Person.name, Citizen.language, Citizen.unit_id, Citizen.volunteer_m, Citizen.state)
    for phone, name, language, unit_id, metres, state in uow.db.execute(query.with_only_columns(*columns)):
        yield phone, name, language, codes[unit_id], metres, state


def _incidents(uow: UnitOfWork, taker: Taker) -> Iterator[Row]:
    """Yield the calls for help without who asked; those of which this user must not know are left out."""
    hidden = confidants.hidden(uow, taker.user, select(Incident.phone)) if taker.user is not None else frozenset()
    codes = _codes(uow)
    for one in uow.db.scalars(taker.below(select(Incident).order_by(Incident.id), Incident.unit_id)):
        if one.phone not in hidden:
            opened, closed = (at.isoformat(timespec="seconds") if at else "" for at in (one.opened_at, one.closed_at))
            yield one.code, opened, closed, one.state, one.kind, codes[one.unit_id], one.channel


_PEOPLE = ("phone", "name", "language", "unit", "volunteer_m", "state")
EXPORTS: Mapping[str, Export] = {
    "units": Export(("code", "name", "kind", "parent", "phone", "lat", "lon", "timezone", "policy", "numbers"), _units),
    "officers": Export(("phone", "name", "rank", "unit", "language", "lat", "lon", "on_duty"), _officers),
    "shifts": Export(("phone", "days", "from", "until"), _shifts),
    "places": Export(("name", "aliases", "lat", "lon", "radius_m", "unit"), _places),
    "citizens": Export(_PEOPLE, _citizens),
    "volunteers": Export(_PEOPLE, _volunteers),  # an import reads it as citizens
    "incidents": Export(("code", "opened_at", "closed_at", "state", "kind", "unit", "channel"), _incidents),
}
GUARDED = ("citizens", "volunteers")
