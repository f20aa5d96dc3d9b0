"""Read the snapshot as the values that `gateway.core.outage` decides by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from gateway.core.confidants import Asker, Home, Other, normalised
from gateway.core.outage import Helper, PhoneThen, Station
from gateway.core.places.distance import Position
from gateway.core.reachability import PhoneFacts, Question
from gateway.infrastructure.snapshot import Snapshot
from gateway.models import sealing
from gateway.outage.gathering import DUTY, PHONES, REGISTER


@dataclass(frozen=True)
class Person:
    """The owner of a number that may ask for help."""

    phone: str
    name: str
    language: str
    unit_id: int | None
    home: Position | None
    asker: Asker
    quiet: bool = False
    ring_back: bool = True
    desk_first: bool = False
    responds: bool = False  # an officer


class Known:
    """One look at the snapshot."""

    def __init__(self, snapshot: Snapshot, now: datetime, language: str, is_own: Callable[[str], bool]) -> None:
        self._snapshot, self._now, self._language, self._is_own = snapshot, now, language, is_own
        self._phones: Mapping[str, Any] = snapshot.read(PHONES) or {}
        self._duty: Mapping[str, Any] = snapshot.read(DUTY) or {"units": [], "officers": []}
        self.stations = {row[0]: self._station(row) for row in self._duty["units"]}

    @property
    def age(self) -> timedelta | None:
        """Return the age of what it tells about phones; None where there is no snapshot."""
        at = self._snapshot.true_at(PHONES)
        return None if at is None or not self._phones else timedelta(seconds=max(0.0, self._now.timestamp() - at))

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(self._phones.get("codes", ()))

    @property
    def keywords(self) -> frozenset[str]:
        """Return the keywords of all units."""
        return frozenset(self._duty.get("keywords", ()))

    def code_of(self, phone: str) -> str | None:
        """Return the code of the incident that this phone had open, or None."""
        found = self._phones.get("open", {}).get(phone)
        return found[0] if found else None

    def is_machine(self, phone: str) -> bool:
        return self._is_own(phone) or phone in self._phones.get("machines", ())

    def has_duty(self, phone: str) -> bool:
        """Return whether this phone was asked to come to an incident that was open."""
        return phone in self._phones.get("duties", ())

    def person(self, phone: str) -> Person | None:
        """Return the verified citizen, or else the officer, with this number."""
        officer = next((row for row in self._duty["officers"] if row[0] == phone), None)
        row = self._snapshot.find(REGISTER, phone)
        if row is not None:
            name, language, unit_id, lat, lon, quiet, ring_back, desk_first, address, named = row
            home = (lat, lon) if lat is not None and lon is not None else None
            asker = Asker(frozenset(named), Home(normalised(_unsealed(address)), home))
            flags = (quiet, ring_back and not quiet, desk_first)
            return Person(phone, name, language, unit_id, home, asker, *flags, responds=officer is not None)
        if officer is not None:
            _, title, language, unit_id, place, _, _ = officer
            return Person(phone, title, language, unit_id, _position(place), Asker(), responds=True)
        return None

    def then(self, phone: str, person: Person | None, hushed_since: bool, in_menu: bool) -> PhoneThen:
        """Return what decides whether this phone may light up. `in_menu`: it asks in a USSD session, and has not said
        whether it must be quiet."""
        found = self._phones.get("open", {}).get(phone)
        own = PhoneFacts(**found[1] | {"question": Question[found[1]["question"]]}) if found else PhoneFacts()
        facts = replace(
            own,
            ring_back=own.ring_back and (person is None or person.ring_back),
            quiet_number=own.quiet_number
            or phone in self._phones.get("quiet", ())
            or (person is not None and person.quiet),
            question=Question.NOT_ANSWERED if in_menu else own.question,
        )
        pin = self._phones.get("pins", {}).get(phone)
        ago = None if pin is None else timedelta(seconds=self._now.timestamp() - pin)
        return PhoneThen(facts, self.age, hushed_since, ago, phone in self._phones.get("wrote", ()))

    def officers(self, besides: str) -> list[Helper]:
        """Return the officers on duty who may be asked at all, without the phone that asks."""
        hidden, busy = set(self._phones.get("hidden", ())), set(self._phones.get("busy", ()))
        found = []
        for phone, title, language, unit_id, place, on_duty, other in self._duty["officers"]:
            if on_duty and phone not in hidden and phone != besides and not self.is_machine(phone):
                station = self.stations.get(unit_id)
                where = _position(place) or (station.place if station is not None else None)
                helper = Helper(phone, language, unit_id, title, where, (_other(other),), phone not in busy)
                found.append(helper)
        return found

    def stations_without(self, phone: str) -> dict[int, Station]:
        """Return the units, without a desk that is the phone which asks, or one of ours."""
        barred = {row.id for row in self.stations.values() if row.desk and row.desk.phone == phone}
        barred |= {row.id for row in self.stations.values() if row.desk and self.is_machine(row.desk.phone)}
        return {row.id: replace(row, desk=None) if row.id in barred else row for row in self.stations.values()}

    def _station(self, row: list[Any]) -> Station:
        unit_id, name, kind, parent_id, place, phone, others = row
        who = (Other(frozenset({phone})), *map(_other, others)) if phone else ()
        desk = Helper(phone, self._language, unit_id, name, others=who, is_desk=True) if phone else None
        return Station(unit_id, name, kind, parent_id, _position(place), desk)


def _other(row: list[Any]) -> Other:
    keys, (address, place) = row
    return Other(frozenset(keys), Home(address, _position(place)))


def _position(place: list[float] | None) -> Position | None:
    return (place[0], place[1]) if place else None


def _unsealed(token: str | None) -> str:
    return sealing.read(token) if token else ""
