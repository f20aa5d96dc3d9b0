"""Citizens from a sheet. A file may add and correct, but it never undoes what a person or a desk has decided since.

It never lifts a suspension, never verifies a citizen who was refused or left, and never turns quiet off or `ring_back`
on: such a row is refused as a whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from sqlalchemy import select

from gateway.core.contact_rules import ContactRule
from gateway.identity import audit_log
from gateway.models import citizen as citizens
from gateway.models import sealing
from gateway.models.base import new_ids
from gateway.models.citizen import Citizen, Person
from gateway.register.applications import people_with
from gateway.register.imports import fields
from gateway.register.imports.lookup import Reach, known_units, strangers_only, units_by_code
from gateway.register.imports.outcome import Effect, Outcome, Refused, set_changed
from gateway.register.imports.pin_columns import Hashed, hash_pins
from gateway.register.imports.rows import Remembered
from gateway.register.imports.sheets import Record, Sheet, in_pieces, told_of
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork

PIECE = 500  # rows in one transaction, so that no panic waits behind an import
BY = "siaga import"
DECIDED = (citizens.SUSPENDED, citizens.REFUSED, citizens.LEFT)
OF_PERSON = ("name", "address", "notes")
OF_NUMBER = ("language", "lat", "lon", "quiet", "ring_back", "contact", "hide_address", "desk_first")


READERS: Mapping[str, fields.Reader] = {  # how each field of a citizen is read, in a sheet and in a form
    "name": fields.text(120),
    "national_id": fields.identity,
    "address": fields.text(500),
    "language": fields.language,
    "lat": fields.latitude,
    "lon": fields.longitude,
    "quiet": fields.yes_no,
    "pin": fields.pin,
    "duress_pin": fields.pin,
    "ring_back": fields.yes_no,
    "contact": fields.one_of([str(rule) for rule in ContactRule]),
    "hide_address": fields.yes_no,
    "desk_first": fields.yes_no,
    "volunteer_m": fields.metres(least=0),
    "notes": fields.text(500),
}
PAIRS = (("lat", "lon"),)


def sheet(region: str) -> Sheet:
    own = {"unit": fields.text(40), "state": fields.one_of((citizens.VERIFIED, citizens.PENDING))}
    return Sheet({"phone": fields.number(region), **READERS, **own}, needed=("phone",), key="phone", pairs=PAIRS)


def bring_in(open_uow: OpenUnitOfWork, file: IO[bytes], outcome: Outcome, reach: Reach) -> None:
    """Read and store citizens. Raises Unusable."""
    with open_uow() as uow:
        region, codes = uow.settings.default_region, units_by_code(uow)
        checks = (strangers_only(uow), known_units(codes, "unit"))
    records = _one_story_each(sheet(region).read(file, outcome, *checks), outcome)
    for piece in in_pieces(records, PIECE, outcome):
        hashed = hash_pins(open_uow, piece, outcome)  # Argon2 is slow on purpose: never inside a transaction
        with open_uow() as uow:
            _store_piece(uow, _known(uow, codes, piece, reach), hashed, piece, outcome)


def _one_story_each(records: Iterable[Record], outcome: Outcome) -> Iterator[Record]:
    """Refuse rows that tell one person's name, address or notes differently from an earlier row; yield the others.

    A person may have several numbers. Two versions would overwrite each other on each import.
    """
    stories = Remembered()
    for record in records:
        number = record.values.get("national_id")
        told = {name: record.values[name] for name in OF_PERSON if name in record.values} if number else {}
        mine = {name: (stories.hash(number, name), stories.hash(value)) for name, value in told.items()}
        differs = [name for name, (key, value) in mine.items() if stories.of(key) not in (None, value)]
        if differs:
            outcome.refuse(record.line, Refused("two_stories", differs[0]))
            continue
        for key, value in mine.values():
            stories.first(key, value)
        yield record


@dataclass
class _Known:
    """The database's rows of the numbers and identity numbers of a piece: read at once, and kept up to date."""

    codes: Mapping[str, int]
    reach: Reach
    citizens: Mapping[str, Citizen]
    people: dict[str, Person]
    units: Mapping[int, set[int | None]]  # those of all numbers of a person, where not everything is in reach
    citizen_ids: Iterator[int]
    person_ids: Iterator[int]
    verified: list[str] = field(default_factory=list)  # the numbers that this piece verified

    def person(self, national_id: str) -> Person | None:
        prints = sealing.fingerprints(national_id)
        found = (self.people.get(print_) for print_ in prints)
        return next((person for person in found if person is not None and person.national_id_hash in prints), None)

    def has_number(self, person: Person) -> None:
        """Note that a verified number belongs to this person: a later row may be their second number."""
        if person.national_id_hash is not None:
            self.people.setdefault(person.national_id_hash, person)


def _known(uow: UnitOfWork, codes: Mapping[str, int], piece: Sequence[Record], reach: Reach) -> _Known:
    held = select(Citizen).where(Citizen.phone.in_(told_of(piece, "phone")), Citizen.state != citizens.REPLACED)
    by_phone = {citizen.phone: citizen for citizen in uow.db.scalars(held)}
    people = people_with(uow, told_of(piece, "national_id"))
    theirs = {person.id for person in people.values()} | {citizen.person_id for citizen in by_phone.values()}
    units = _units_of(uow, theirs) if reach.scope is not None else {}
    new = len(piece) - len(by_phone)
    return _Known(codes, reach, by_phone, people, units, new_ids(uow.db, Citizen, new), new_ids(uow.db, Person, new))


def _units_of(uow: UnitOfWork, people: Collection[int]) -> Mapping[int, set[int | None]]:
    """Return the units of all numbers of these persons, by the person's id."""
    units: dict[int, set[int | None]] = defaultdict(set)
    rows = uow.db.execute(select(Citizen.person_id, Citizen.unit_id).where(Citizen.person_id.in_(people)))
    for person_id, unit_id in rows:
        units[person_id].add(unit_id)
    return units


def _store_piece(
    uow: UnitOfWork, known: _Known, hashed: Mapping[int, Hashed], piece: Sequence[Record], outcome: Outcome
) -> None:
    with uow.db.no_autoflush:  # all that the rows ask was read before; all is written at the end, in groups
        for record in piece:
            try:
                if record.line in hashed:
                    outcome.effects[_store(uow, known, record, hashed[record.line])] += 1
            except Refused as why:
                outcome.refuse(record.line, why)
    uow.db.flush()
    audit_log.record_each(uow, BY, "citizen.verify", known.verified)


def _store(uow: UnitOfWork, known: _Known, record: Record, hashed: Hashed) -> Effect:
    citizen = known.citizens.get(record.values["phone"])
    values = _values(known.codes, record) | hashed
    _check(known, citizen, record, values)
    if citizen is None:
        return _add(uow, known, record, values)
    return _change(uow, known, citizen, record, values)


def _check(known: _Known, citizen: Citizen | None, record: Record, values: Mapping[str, object]) -> None:
    """Raises Refused where the number, or another number of the same person, is not of the admin's units, or would
    leave them."""
    reach = known.reach
    if reach.scope is None:
        return
    if citizen is not None:
        reach.check(citizen.unit_id, "phone")
    unit = values.get("unit_id", citizen.unit_id if citizen is not None else None)
    reach.check(unit if isinstance(unit, int) else None)
    number = record.values.get("national_id")
    person = citizen.person if citizen is not None else (known.person(number) if number else None)
    for theirs in known.units.get(person.id, ()) if person is not None else ():
        reach.check(theirs, "national_id")


def _values(codes: Mapping[str, int], record: Record) -> dict[str, object]:
    """Return what the row says about the number; an empty field says nothing."""
    told = record.values
    values: dict[str, object] = {name: told[name] for name in OF_NUMBER if name in told}
    if "unit" in told:
        values["unit_id"] = codes[told["unit"]]
    if "volunteer_m" in told:
        values["volunteer_m"] = told["volunteer_m"] or None
    return values


# --- new ones -----------------------------------------------------------------------------------------------------


def _add(uow: UnitOfWork, known: _Known, record: Record, values: dict[str, object]) -> Effect:
    if "name" not in record.values:
        raise Refused("missing", "name")
    state = record.values.get("state", citizens.VERIFIED)
    decided = {"decided_at": uow.now(), "decided_by": BY} if state == citizens.VERIFIED else {}
    values = {"language": uow.settings.default_language, "ring_back": not values.get("quiet", False), **values}
    values |= {"phone": record.values["phone"], "state": state, "channel": "csv", "applied_at": uow.now(), **decided}
    person = _person(uow, known, record)
    uow.db.add(Citizen(id=next(known.citizen_ids), person=person, **values))
    if state == citizens.VERIFIED:
        known.has_number(person)
    return Effect.ADDED


def _person(uow: UnitOfWork, known: _Known, record: Record) -> Person:
    """Return the person verified under this identity number, else a new one. Raises Refused if the name is another."""
    told = record.values
    person = known.person(told["national_id"]) if "national_id" in told else None
    if person is None:
        person = Person(id=next(known.person_ids), name=told["name"], created_at=uow.now())
    elif person.name != told["name"]:
        raise Refused("other_name", "national_id")
    _fill(person, record)
    return person


def _fill(person: Person, record: Record) -> Effect:
    values: dict[str, object] = {name: record.values[name] for name in OF_PERSON if name in record.values}
    number = record.values.get("national_id")
    if number is not None and number != person.national_id:
        values |= identified(number)
    return set_changed(person, values)


def identified(number: str | None) -> dict[str, object]:
    """Return the columns for an identity number: the number, and the fingerprint by which it is found again."""
    return {"national_id": number, "national_id_hash": sealing.fingerprints(number)[0] if number else None}


# --- known ones ---------------------------------------------------------------------------------------------------


def _change(uow: UnitOfWork, known: _Known, citizen: Citizen, record: Record, values: dict[str, object]) -> Effect:
    _respect(citizen, record)
    verified = citizen.state == citizens.PENDING and record.values.get("state") == citizens.VERIFIED
    if verified:
        values |= {"state": citizens.VERIFIED, "decided_at": uow.now(), "decided_by": BY}
        known.verified.append(citizen.phone)
    if "pin_hash" in values or "duress_hash" in values:
        values |= {"pin_set_at": uow.now(), "forced_hash": None}
    effects = {_fill(citizen.person, record), set_changed(citizen, values)}
    if citizen.state == citizens.VERIFIED:
        known.has_number(citizen.person)
    return Effect.CHANGED if Effect.CHANGED in effects else Effect.SAME


def _respect(citizen: Citizen, record: Record) -> None:
    """Raises Refused for a row that would undo a decision of the person or of a desk."""
    if citizen.state in DECIDED:
        raise Refused(f"is_{citizen.state}", "state")
    if citizen.quiet and record.values.get("quiet") is False:
        raise Refused("quiet_stays", "quiet")
    if citizen.hide_address and record.values.get("hide_address") is False:
        raise Refused("hidden_stays", "hide_address")
    if not citizen.ring_back and record.values.get("ring_back"):
        raise Refused("ring_stays", "ring_back")
