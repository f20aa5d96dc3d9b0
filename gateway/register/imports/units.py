"""Units from a sheet. A parent may stand anywhere in the same file; a row whose parent is refused is refused too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from gateway.core import defaults
from gateway.core.policy import POLICIES
from gateway.models import unit as units
from gateway.models.unit import KINDS, Unit
from gateway.register.imports import fields
from gateway.register.imports.lookup import own_number
from gateway.register.imports.outcome import Effect, Outcome, Refused, set_changed
from gateway.register.imports.sheets import Record, Sheet
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork

INHERITS = ""  # a new unit goes by the units above it; a known one keeps what it has
DEFAULTS = {"phone": None, "lat": None, "lon": None, "timezone": defaults.TIMEZONE, "policy": INHERITS}


def sheet(region: str) -> Sheet:
    return Sheet(
        columns={
            "code": fields.text(40),
            "name": fields.text(120),
            "kind": fields.one_of(KINDS),
            "parent": fields.text(40),
            "phone": fields.number(region),
            "lat": fields.latitude,
            "lon": fields.longitude,
            "timezone": fields.timezone,
            "policy": fields.one_of(POLICIES),
            "numbers": fields.several(fields.number(region)),
        },
        needed=("code", "name", "kind"),
        key="code",
        pairs=(("lat", "lon"),),
    )


def bring_in(open_uow: OpenUnitOfWork, file: IO[bytes], outcome: Outcome) -> None:
    """Read and store units in one transaction, because they are few and refer to each other. Raises Unusable."""
    with open_uow() as uow:
        records = sheet(uow.settings.default_region).read(file.read(), outcome)
        known = {unit.code: unit for unit in units.all_units(uow.db)}
        good = _rooted([record for record in records if not _ours(uow, record, outcome)], known, outcome)
        added = {_new(uow, known, record) for record in good if record.values["code"] not in known}
        uow.db.flush()
        for record in good:
            effect = _store(uow, known, record)
            outcome.effects[Effect.ADDED if record.values["code"] in added else effect] += 1


def _ours(uow: UnitOfWork, record: Record, outcome: Outcome) -> bool:
    try:
        own_number(uow, record.values.get("phone", ""))
    except Refused as why:
        outcome.refuse(record.line, why)
        return True
    return False


def _new(uow: UnitOfWork, known: dict[str, Unit], record: Record) -> str:
    code = str(record.values["code"])
    values = {"name": record.values["name"], "kind": record.values["kind"], **record.over(DEFAULTS, known=False)}
    known[code] = Unit(code=code, **values)
    uow.db.add(known[code])
    return code


def _store(uow: UnitOfWork, known: Mapping[str, Unit], record: Record) -> Effect:
    unit = known[record.values["code"]]
    values = record.over({"name": None, "kind": None, **DEFAULTS}, known=True)
    if values.get("policy") == INHERITS:
        del values["policy"]
    parent = record.over({"parent": None}, known=True)
    if parent:
        values["parent_id"] = known[str(parent["parent"])].id if parent["parent"] else None
    effect = set_changed(unit, values)
    numbers = record.over({"numbers": ()}, known=True).get("numbers")
    if isinstance(numbers, tuple) and units.set_numbers(uow.db, unit, numbers):
        return Effect.CHANGED
    return effect


# --- parents ----------------------------------------------------------------------------------------------------


def _rooted(records: list[Record], known: Mapping[str, Unit], outcome: Outcome) -> list[Record]:
    """Return the rows whose parents lead to a topmost unit. Each refusal may orphan other rows, so this looks again."""
    good = records
    while True:
        parents = _parents(good, known)
        kept = [record for record in good if not _complain(record, parents, outcome)]
        if len(kept) == len(good):
            return kept
        good = kept


def _parents(records: list[Record], known: Mapping[str, Unit]) -> dict[str, str | None]:
    codes = {unit.id: code for code, unit in known.items()}
    parents = {code: codes.get(unit.parent_id or 0) for code, unit in known.items()}
    for record in records:
        code = record.values["code"]
        if code not in known or record.over({"parent": None}, known=True):
            parents[code] = record.values.get("parent")
    return parents


def _complain(record: Record, parents: Mapping[str, str | None], outcome: Outcome) -> bool:
    code = record.values["code"]
    parent = parents[code]
    if parent is not None and parent not in parents:
        outcome.refuse(record.line, Refused("no_parent", "parent", code=parent))
        return True
    if _loops(code, parents):
        outcome.refuse(record.line, Refused("loop", "parent", code=code))
        return True
    return False


def _loops(code: str, parents: Mapping[str, str | None]) -> bool:
    above, passed = parents.get(code), {code}
    while above is not None and above not in passed:
        passed.add(above)
        above = parents.get(above)
    return above == code
