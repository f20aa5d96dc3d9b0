"""ROOM: officers one at a time, as a form brings them: added, changed, given another number, retired, brought back.

Fields are read and stored by the rules of a sheet of officers. Each change is audited with what stood there before.
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway.core.sentences.refusal import Refusal
from gateway.identity import audit_log
from gateway.models import never_asked
from gateway.models import officer as officers
from gateway.models import unit as units
from gateway.models.officer import Officer
from gateway.register import roster
from gateway.register.imports.lookup import Reach, known_units, strangers_only, units_by_code
from gateway.register.imports.officers import sheet, store
from gateway.register.imports.outcome import Fault, Refused
from gateway.register.imports.sheets import Record
from gateway.responses import officer_replies
from gateway.unit_of_work import UnitOfWork

TOLD = ("phone", "name", "rank", "unit", "language", "lat", "lon")  # what the trail says of a change


class BadOfficer(ValueError):  # noqa: N818 - named for what was typed
    """An officer who cannot be stored as typed; `reasons` say why."""

    def __init__(self, *reasons: Refusal) -> None:
        super().__init__("; ".join(map(str, reasons)))
        self.reasons = reasons


def add(uow: UnitOfWork, typed: Mapping[str, str], by: str, reach: Reach) -> Officer:
    """Add an officer from a form, whose fields are the columns of a sheet. Raises BadOfficer."""
    record = _read(uow, typed)
    if officers.by_phone(uow.db, record.values["phone"]) is not None:
        raise BadOfficer(Refusal("known_officer", "phone"))
    officer = _store(uow, None, record, reach)
    uow.db.flush()
    audit_log.record(uow, by, "officer.add", officer.phone, _in_words(told(uow, officer)))
    return officer


def change(uow: UnitOfWork, officer: Officer, typed: Mapping[str, str], by: str, reach: Reach) -> bool:
    """Store a form over an officer; return whether that changes anything. Raises BadOfficer.

    A retired officer is back then, under the number of the form and off duty.
    """
    uow.db.refresh(officer, with_for_update=True)
    before, record = told(uow, officer), _read(uow, typed)
    if record.values["phone"] != officer.phone:
        _renumber(uow, officer, record.values["phone"])
    _store(uow, officer, record, reach)
    uow.db.flush()
    after = told(uow, officer)
    if before == after:
        return False
    changed = {name: f"{before[name] or '-'} -> {after[name] or '-'}" for name in TOLD if before[name] != after[name]}
    audit_log.record(uow, by, "officer.amend", officer.phone, _in_words(changed))
    return True


def retire(uow: UnitOfWork, officer: Officer, by: str) -> None:
    """Take an officer off the list: no longer asked, off the roster and off open incidents, the number free again."""
    officer_replies.release(uow, officer)  # first of all, for it locks incidents: docs/developers/lock-order.md
    roster.set_turns(uow, officer, [], by)
    audit_log.record(uow, by, "officer.retire", officer.phone, officer.title)
    officer.retire()


def told(uow: UnitOfWork, officer: Officer) -> dict[str, str]:
    """Return the officer's fields as a form has them."""
    unit = units.by_id(uow.db, officer.unit_id)
    place = {name: "" if getattr(officer, name) is None else str(getattr(officer, name)) for name in ("lat", "lon")}
    named = {"name": officer.name, "rank": officer.rank, "language": officer.language}
    return {"phone": officer.number, "unit": unit.code if unit is not None else "", **named, **place}


def _read(uow: UnitOfWork, typed: Mapping[str, str]) -> Record:
    checks = (strangers_only(uow), known_units(units_by_code(uow), "unit"))
    found = sheet(uow.settings.default_region).one(typed, *checks)
    if isinstance(found, Fault):
        raise BadOfficer(*found.reasons)
    return found


def _store(uow: UnitOfWork, known: Officer | None, record: Record, reach: Reach) -> Officer:
    try:
        return store(uow, units_by_code(uow), known, record, reach)[0]
    except Refused as why:
        raise BadOfficer(why) from why


def _renumber(uow: UnitOfWork, officer: Officer, phone: str) -> None:
    """Give an officer another number. Whoever named the old one as a phone that must never know means its holder.

    Raises BadOfficer where another officer holds it, and while an open incident waits for words of the old number.
    """
    if officers.by_phone(uow.db, phone) is not None:
        raise BadOfficer(Refusal("known_officer", "phone"))
    if codes := officer_replies.open_codes(uow, officer.phone):
        raise BadOfficer(Refusal("officer_busy", "phone", codes=codes))
    never_asked.renumber(uow.db, officer.phone, phone)
    officer.suspended = officer.suspended and not officer.retired
    officer.phone = phone


def _in_words(fields: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in fields.items() if value)
