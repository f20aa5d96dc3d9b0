"""Gather what the snapshot holds, and write it where it has changed.

Three parts, each with a question that is cheap to ask before it is gathered again: REGISTER (verified numbers), DUTY
(units, desks, officers, and who may pick their phones up), PHONES (what may reach a phone just now).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Text, func, literal_column, select, type_coerce, union_all
from sqlalchemy.orm import InstrumentedAttribute

from gateway.core.confidants import normalised, user_key
from gateway.core.outage import WROTE_BEFORE, holds_pin
from gateway.core.reachability import PIN_HOLDS, PhoneFacts
from gateway.identity import reachability
from gateway.incidents.free import busy_phones
from gateway.incidents.whereabouts import point, whereabouts
from gateway.infrastructure.snapshot import Snapshot
from gateway.models import citizen as citizens
from gateway.models import clarification as clarifications
from gateway.models import quiet_number as quiet_numbers
from gateway.models import synthetic_panic as synthetic_panics
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.base import Base
from gateway.models.citizen import Citizen, Person
from gateway.models.inbound import Inbound
from gateway.models.incident import CODE_REST, Incident
from gateway.models.never_asked import NeverAsked
from gateway.models.officer import Officer, Post
from gateway.models.unit import Unit
from gateway.models.user import MAY_ACT, User
from gateway.unit_of_work import UnitOfWork

REGISTER, DUTY, PHONES = "register", "duty", "phones"
GATHERING_SHARE = 0.05  # of the time
LATE_ROWS = 200  # messages before the newest one that are looked at again: a slow transaction may commit a lower id
Version = tuple[object, ...]
OpenReading = Callable[[], AbstractContextManager[UnitOfWork]]


@dataclass
class Refresher:
    """Keeps the snapshot true. `every` is how many seconds a part rests before its question is asked again; one that
    takes long to gather rests longer, so that it takes a twentieth of one processor at most."""

    snapshot: Snapshot
    every: Mapping[str, float] = field(default_factory=lambda: {PHONES: 2.0, DUTY: 4.0, REGISTER: 15.0})
    _versions: dict[str, Version] = field(default_factory=dict)
    _due: dict[str, float] = field(default_factory=dict)

    def refresh(self, open_reading: OpenReading) -> None:
        """Write the parts that are due and have changed. Raises what the database and the disk raise."""
        for part in PARTS:
            with open_reading() as uow:
                now = uow.now().timestamp()
                if now >= self._due.get(part, 0.0):
                    took = self._refresh(part, uow, now)
                    self._due[part] = now + max(self.every[part], took / GATHERING_SHARE)

    def _refresh(self, part: str, uow: UnitOfWork, now: float) -> float:
        """Write a part if it has changed; return the seconds that gathering it took."""
        version = VERSIONS[part](uow)
        if version is not None and part == DUTY:  # it tells where officers live, too
            version = (version, self._versions.get(REGISTER))
        if version is not None and self._versions.get(part) == version and self.snapshot.confirm(part, now):
            return 0.0
        began = time.monotonic()
        PARTS[part](self.snapshot, uow, now)
        self._versions[part] = version or ()
        return time.monotonic() - began


# --- the questions ----------------------------------------------------------------------------------------------------


def _rows(uow: UnitOfWork, *tables: type[Base]) -> Version | None:
    """Return what differs as soon as any row of these tables does: PostgreSQL gives each version of a row a number. For
    SQLite, a small station's, None: it is gathered again."""
    if uow.db.get_bind().dialect.name != "postgresql":
        return None
    found: tuple[Any, ...] = (func.count(), literal_column("coalesce(sum(xmin::text::bigint), 0)"))
    return tuple(tuple(uow.db.execute(select(*found).select_from(table)).one()) for table in tables)


VERSIONS: dict[str, Callable[[UnitOfWork], Version | None]] = {
    PHONES: lambda uow: None,
    DUTY: lambda uow: _rows(uow, Unit, Officer, User),
    REGISTER: lambda uow: _rows(uow, Citizen, Person, NeverAsked),
}


# --- the register -----------------------------------------------------------------------------------------------------


def _register(snapshot: Snapshot, uow: UnitOfWork, now: float) -> None:
    snapshot.write_buckets(REGISTER, _verified(uow), now)


def _verified(uow: UnitOfWork) -> Iterator[tuple[str, Any]]:
    """Yield every verified number with what is known of it. The address stays sealed: unsealing two hundred thousand
    takes longer than all the rest, and one is needed."""
    named: dict[int, list[str]] = {}
    for person_id, whom in uow.db.execute(select(NeverAsked.person_id, NeverAsked.whom)):
        named.setdefault(person_id, []).append(whom)
    address: Any = type_coerce(Person.address, Text)
    columns = (Citizen.phone, Person.name, Citizen.language, Citizen.unit_id, Citizen.lat, Citizen.lon)
    flags = (Citizen.quiet, Citizen.ring_back, Citizen.desk_first)
    query = select(*columns, *flags, address, Citizen.person_id).join(Person, Person.id == Citizen.person_id)
    found = uow.db.execute(query.where(Citizen.state == citizens.VERIFIED).execution_options(yield_per=5000))
    for phone, *facts, person_id in found:
        yield phone, [*facts, named.get(person_id, [])]


# --- units, desks, officers -------------------------------------------------------------------------------------------


def _duty(snapshot: Snapshot, uow: UnitOfWork, now: float) -> None:
    columns = [getattr(Officer, name) for name in Post._fields]
    known = select(*columns, Officer.name, Officer.rank, Officer.language).where(Officer.suspended.is_(False))
    people = uow.db.execute(known.order_by(Officer.id)).all()
    users = list(uow.db.scalars(select(User).where(User.suspended.is_(False), User.role.in_(MAY_ACT))))
    homes = _homes(uow, [*(row.phone for row in people), *(row.phone for row in users if row.phone)])
    top = units.topmost(uow.db)
    desks: dict[int, list[Any]] = {}
    for user in users:
        unit_id = user.unit_id or (top.id if top is not None else 0)
        desks.setdefault(unit_id, []).append(_other([user_key(user.name)], user.phone, homes))
    every_unit = units.all_units(uow.db)
    stations = [
        [row.id, row.name, row.kind, row.parent_id, point(row.lat, row.lon), row.phone, desks.get(row.id, [])]
        for row in every_unit
    ]
    officers = [
        [
            row.phone,
            f"{row.rank} {row.name}".strip(),
            row.language,
            row.unit_id,
            whereabouts(uow.now(), Post(*row[: len(columns)])),
            row.on_duty,
            _other([], row.phone, homes),
        ]
        for row in people
    ]
    keywords = sorted(row.keyword for row in every_unit if row.keyword)
    snapshot.write(DUTY, {"units": stations, "officers": officers, "keywords": keywords}, now)


Homes = Mapping[str, tuple[list[str], list[Any]]]


def _other(keys: list[str], phone: str | None, homes: Homes) -> list[Any]:
    """Return whom somebody who asks for help may have named, or may live with: all keys, and the home."""
    numbers, home = homes.get(phone or "", ([], ["", None]))
    return [sorted({*keys, *([phone] if phone else []), *numbers}), home]


def _homes(uow: UnitOfWork, phones: Collection[str]) -> Homes:
    """Return, for those of these numbers that are in the register, all numbers of that person and their home."""
    if not phones:
        return {}
    current = Citizen.state != citizens.REPLACED
    whose = select(Citizen.person_id).where(Citizen.phone.in_(phones), current)
    rows = uow.db.execute(
        select(Citizen.phone, Citizen.person_id, Citizen.lat, Citizen.lon, Person.address)
        .join(Person, Person.id == Citizen.person_id)
        .where(Citizen.person_id.in_(whose), current)
    ).all()
    numbers: dict[int, list[str]] = {}
    for row in rows:
        numbers.setdefault(row.person_id, []).append(row.phone)
    return {
        row.phone: (numbers[row.person_id], [normalised(row.address or ""), point(row.lat, row.lon)]) for row in rows
    }


# --- what may reach a phone -------------------------------------------------------------------------------------------


def _phones(snapshot: Snapshot, uow: UnitOfWork, now: float) -> None:
    before = snapshot.read(PHONES) or {}
    content = phones(uow, before)
    if content != before or not snapshot.confirm(PHONES, now):
        snapshot.write(PHONES, content, now)


def phones(uow: UnitOfWork, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may reach the phones just now; `before` is what was known last, because the PINs of twelve hours are
    looked for only in what has come since."""
    now = uow.now()
    running = uow.db.scalars(select(Incident).where(Incident.closed_at.is_(None)).order_by(Incident.id)).unique().all()
    quiet = quiet_numbers.every(uow.db, now) | {row.phone for row in running if row.hushes_phone}
    asked = select(Alert.phone).join(Incident, Incident.id == Alert.incident_id).where(Incident.closed_at.is_(None))
    duties = set(uow.db.scalars(asked))
    on_duty = list(uow.db.scalars(select(Officer.phone).where(Officer.on_duty.is_(True))))
    recent = uow.db.scalars(select(Inbound.phone).where(Inbound.received_at > now - WROTE_BEFORE))
    newest, pins = _pins(uow, before)
    return {
        "open": {row.phone: [row.code, _plain(reachability.of_incident(uow, row, quiet))] for row in running},
        "quiet": sorted(quiet),
        "hidden": sorted(reachability.hidden_officers(uow)),
        "busy": sorted(busy_phones(uow.db, on_duty)),
        "duties": sorted(duties),
        "wrote": sorted(set(recent)),
        "machines": [plan.phone for plan in synthetic_panics.plans(uow.db)],
        "codes": sorted(_codes(uow)),
        "seen": newest,
        "pins": pins,
    }


def _plain(facts: PhoneFacts) -> dict[str, Any]:
    return asdict(facts) | {"question": facts.question.name}


def _pins(uow: UnitOfWork, before: Mapping[str, Any]) -> tuple[int, dict[str, float]]:
    """Return the id of the newest message that was looked at, and when each phone last sent what may be a PIN (seconds
    since 1970)."""
    since, seen = uow.now() - PIN_HOLDS, int(before.get("seen", 0))
    pins = {phone: at for phone, at in before.get("pins", {}).items() if at > since.timestamp()}
    known = select(Inbound.id, Inbound.phone, Inbound.kind, Inbound.body, Inbound.received_at)
    fresh = known.where(Inbound.kind.in_(("text", "ussd")), Inbound.received_at > since, Inbound.id > seen - LATE_ROWS)
    for row in uow.db.execute(fresh.order_by(Inbound.id).execution_options(yield_per=500)):
        seen = max(seen, row.id)
        if holds_pin(row.kind, row.body):
            pins[row.phone] = max(pins.get(row.phone, 0.0), row.received_at.timestamp())
    return seen, pins


def _codes(uow: UnitOfWork) -> set[str]:
    """Return the codes that are in use, or were too short a time ago."""
    rested = uow.now() - CODE_REST
    held = (Incident.closed_at.is_(None)) | (Incident.closed_at > rested)
    columns: tuple[InstrumentedAttribute[Any], ...] = (Incident.code, Incident.shown_code)
    found = [select(column).where(held, column.is_not(None)) for column in columns]
    return {code for code in uow.db.scalars(union_all(*found, clarifications.codes_since(rested))) if code}


PARTS: dict[str, Callable[[Snapshot, UnitOfWork, float], None]] = {
    PHONES: _phones,
    DUTY: _duty,
    REGISTER: _register,
}
