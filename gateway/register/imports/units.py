"""Units from a sheet. A parent may stand anywhere in the same file; a row whose parent is refused is refused too."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from sqlalchemy import select

from gateway.core import defaults
from gateway.core.policy import POLICIES
from gateway.models import unit as units
from gateway.models.unit import KINDS, Unit, UnitNumber
from gateway.register.imports import fields
from gateway.register.imports.lookup import Reach, strangers_only
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


def bring_in(open_uow: OpenUnitOfWork, file: IO[bytes], outcome: Outcome, reach: Reach) -> None:
    """Read and store units in one transaction, because they are few and refer to each other. Raises Unusable."""
    with open_uow() as uow:
        records = list(sheet(uow.settings.default_region).read(file, outcome, strangers_only(uow)))
        store(uow, records, outcome, reach)


def store(uow: UnitOfWork, records: Sequence[Record], outcome: Outcome, reach: Reach) -> None:
    """Store rows as units. Those that cannot be taken go to `outcome`. A retired unit that is named is back."""
    known = {unit.code: unit for unit in units.all_units(uow.db)}
    mine = {code for code, unit in known.items() if reach.holds(unit.id)}
    allowed = [record for record in records if not _refused(uow, record, reach, outcome)]
    good = _rooted(allowed, Tree(known, None if reach.scope is None else mine), outcome)
    added = {_new(uow, known, record) for record in good if record.values["code"] not in known}
    uow.db.flush()
    for record in good:
        effect = _store(uow, known, record)
        outcome.effects[Effect.ADDED if record.values["code"] in added else effect] += 1


def _refused(uow: UnitOfWork, record: Record, reach: Reach, outcome: Outcome) -> bool:
    try:
        numbers = record.values.get("numbers", ())
        for unit_id in uow.db.scalars(select(UnitNumber.unit_id).where(UnitNumber.phone.in_(numbers))):
            reach.check(unit_id, "numbers")
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


@dataclass(frozen=True)
class Tree:
    """The units there are, by code, and the codes of those that the importing admin may change (None: all)."""

    known: Mapping[str, Unit]
    mine: Collection[str] | None = None

    def refuses(self, code: str, parents: Mapping[str, str | None]) -> bool:
        """Return whether a row with this code is another admin's: a unit of theirs, or a unit that would hang from one.
        The admin's own topmost unit stays where it is."""
        if self.mine is None:
            return False
        if code in self.known and code not in self.mine:
            return True
        before = _codes(self.known).get(self.known[code].parent_id or 0) if code in self.known else None
        parent = parents[code]
        stays = code in self.known and parent == before
        return not stays and (parent is None or (parent in self.known and parent not in self.mine))


def _codes(known: Mapping[str, Unit]) -> dict[int, str]:
    return {unit.id: code for code, unit in known.items()}


def _rooted(records: list[Record], tree: Tree, outcome: Outcome) -> list[Record]:
    """Return the rows whose parents lead to a topmost unit. Each refusal may orphan other rows, so this looks again."""
    good = records
    while True:
        parents = _parents(good, tree.known)
        kept = [record for record in good if not _complain(record, parents, tree, outcome)]
        if len(kept) == len(good):
            return kept
        good = kept


def _parents(records: list[Record], known: Mapping[str, Unit]) -> dict[str, str | None]:
    codes = _codes(known)
    parents = {code: codes.get(unit.parent_id or 0) for code, unit in known.items()}
    for record in records:
        code = record.values["code"]
        if code not in known or record.over({"parent": None}, known=True):
            parents[code] = record.values.get("parent")
    return parents


def _complain(record: Record, parents: Mapping[str, str | None], tree: Tree, outcome: Outcome) -> bool:
    code = record.values["code"]
    if tree.refuses(code, parents):
        outcome.refuse(record.line, Refused("not_yours", "parent" if code not in tree.known else "code"))
        return True
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
