"""Citizens from a sheet. A file may add and correct, but it never undoes what a person or a desk has decided since.

It never lifts a suspension, never verifies a citizen who was refused or left, and never turns quiet off or `ring_back`
on: such a row is refused as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import IO

from sqlalchemy import select

from gateway.core.contact_rules import ContactRule
from gateway.identity import audit_log
from gateway.models import citizen as citizens
from gateway.models import sealing
from gateway.models.citizen import Citizen, Person
from gateway.register.applications import person_with
from gateway.register.imports import fields
from gateway.register.imports.lookup import Reach, own_number, unit_id, units_by_code
from gateway.register.imports.outcome import Effect, Outcome, Refused, set_changed
from gateway.register.imports.pin_columns import Hashed, hash_pins
from gateway.register.imports.sheets import Record, Sheet, in_pieces, told_of
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork

PIECE = 200  # rows in one transaction, so that no panic waits behind an import
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
        region = uow.settings.default_region
    records = _one_story_each(sheet(region).read(file.read(), outcome), outcome)
    for piece in in_pieces(records, PIECE):
        hashed = hash_pins(open_uow, piece, outcome)  # Argon2 is slow on purpose: never inside a transaction
        with open_uow() as uow:
            _store_piece(uow, [record for record in piece if record.line in hashed], hashed, outcome, reach)


def _one_story_each(records: list[Record], outcome: Outcome) -> list[Record]:
    """Refuse rows that tell one person's name, address or notes differently from an earlier row; return the others.

    A person may have several numbers. Two versions would overwrite each other on each import.
    """
    told: dict[str, dict[str, str]] = {}
    good = []
    for record in records:
        person = told.setdefault(record.values.get("national_id") or f"line {record.line}", {})
        mine = {name: record.values[name] for name in OF_PERSON if name in record.values}
        differs = [name for name in mine if person.get(name, mine[name]) != mine[name]]
        if differs:
            outcome.refuse(record.line, Refused("two_stories", differs[0]))
        else:
            person |= mine
            good.append(record)
    return good


def _store_piece(
    uow: UnitOfWork, piece: Sequence[Record], hashed: dict[int, Hashed], outcome: Outcome, reach: Reach
) -> None:
    codes = units_by_code(uow)
    held = select(Citizen).where(Citizen.phone.in_(told_of(piece, "phone")), Citizen.state != citizens.REPLACED)
    known = {citizen.phone: citizen for citizen in uow.db.scalars(held)}
    for record in piece:
        citizen = known.get(record.values["phone"])
        try:
            values = _values(uow, codes, record) | hashed[record.line]
            _check(uow, citizen, record, values, reach)
            effect = _add(uow, record, values) if citizen is None else _change(uow, citizen, record, values)
            outcome.effects[effect] += 1
        except Refused as why:
            outcome.refuse(record.line, why)


def _check(
    uow: UnitOfWork, citizen: Citizen | None, record: Record, values: Mapping[str, object], reach: Reach
) -> None:
    """Raises Refused where the number, or another number of the same person, is not of the admin's units, or would
    leave them."""
    if reach.scope is None:
        return
    if citizen is not None:
        reach.check(citizen.unit_id, "phone")
    unit = values.get("unit_id", citizen.unit_id if citizen is not None else None)
    reach.check(unit if isinstance(unit, int) else None)
    number = record.values.get("national_id")
    person = citizen.person if citizen is not None else (person_with(uow, number) if number else None)
    if person is not None:
        for theirs in uow.db.scalars(select(Citizen.unit_id).where(Citizen.person_id == person.id)):
            reach.check(theirs, "national_id")


def _values(uow: UnitOfWork, codes: dict[str, int], record: Record) -> dict[str, object]:
    """Return what the row says about the number; an empty field says nothing. Raises Refused."""
    told = record.values
    own_number(uow, told["phone"])
    values: dict[str, object] = {name: told[name] for name in OF_NUMBER if name in told}
    if "unit" in told:
        values["unit_id"] = unit_id(codes, told["unit"])
    if "volunteer_m" in told:
        values["volunteer_m"] = told["volunteer_m"] or None
    return values


# --- new ones -----------------------------------------------------------------------------------------------------


def _add(uow: UnitOfWork, record: Record, values: dict[str, object]) -> Effect:
    if "name" not in record.values:
        raise Refused("missing", "name")
    state = record.values.get("state", citizens.VERIFIED)
    decided = {"decided_at": uow.now(), "decided_by": BY} if state == citizens.VERIFIED else {}
    values = {"language": uow.settings.default_language, "ring_back": not values.get("quiet", False), **values}
    values |= {"phone": record.values["phone"], "state": state, "channel": "csv", "applied_at": uow.now(), **decided}
    uow.db.add(Citizen(person=_person(uow, record), **values))
    uow.db.flush()  # the next row may be the same person's second number
    return Effect.ADDED


def _person(uow: UnitOfWork, record: Record) -> Person:
    """Return the person verified under this identity number, else a new one. Raises Refused if the name is another."""
    told = record.values
    known = person_with(uow, told["national_id"]) if "national_id" in told else None
    if known is None:
        known = Person(name=told["name"], created_at=uow.now())
    elif known.name != told["name"]:
        raise Refused("other_name", "national_id")
    _fill(known, record)
    return known


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


def _change(uow: UnitOfWork, citizen: Citizen, record: Record, values: dict[str, object]) -> Effect:
    _respect(citizen, record)
    verified = citizen.state == citizens.PENDING and record.values.get("state") == citizens.VERIFIED
    if verified:
        values |= {"state": citizens.VERIFIED, "decided_at": uow.now(), "decided_by": BY}
        audit_log.record(uow, BY, "citizen.verify", citizen.phone)
    if "pin_hash" in values or "duress_hash" in values:
        values |= {"pin_set_at": uow.now(), "forced_hash": None}
    effects = {_fill(citizen.person, record), set_changed(citizen, values)}
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
