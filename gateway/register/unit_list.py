"""ROOM: units one at a time, as a form brings them: added, changed, moved below another, retired, brought back.

Fields are read and stored by the rules of a sheet of units. Each change is audited with what stood there before.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from gateway.core.sentences.refusal import Refusal
from gateway.identity import audit_log
from gateway.models import citizen as citizens
from gateway.models import unit as units
from gateway.models.citizen import Citizen
from gateway.models.incident import Incident
from gateway.models.officer import Officer, is_retired
from gateway.models.unit import RETIRED, Area, Unit
from gateway.models.user import User
from gateway.register.imports.lookup import Reach, strangers_only
from gateway.register.imports.outcome import Fault, Outcome
from gateway.register.imports.units import sheet, store
from gateway.unit_of_work import UnitOfWork

TOLD = ("name", "kind", "parent", "phone", "lat", "lon", "timezone")  # the fields of the form beside the code
FREED = ("phone", "lat", "lon", "keyword", "sender")  # what a retired unit no longer has
HOLDS = {  # what must be moved elsewhere before a unit is retired, by the name of its sentence
    "unit_has_officers": select(func.count(Officer.id)).where(~is_retired()),
    "unit_has_citizens": select(func.count(Citizen.id)).where(Citizen.state != citizens.REPLACED),
    "unit_has_users": select(func.count(User.id)),
    "unit_has_areas": select(func.count(Area.id)),
    "unit_has_incidents": select(func.count(Incident.id)).where(Incident.closed_at.is_(None)),
}
OF_UNIT = (Officer.unit_id, Citizen.unit_id, User.unit_id, Area.unit_id, Incident.unit_id)


class BadUnit(ValueError):  # noqa: N818 - named for what was typed
    """A unit that cannot be stored or retired; `reasons` say why."""

    def __init__(self, *reasons: Refusal) -> None:
        super().__init__("; ".join(map(str, reasons)))
        self.reasons = reasons


def add(uow: UnitOfWork, typed: Mapping[str, str], by: str, reach: Reach) -> Unit:
    """Add a unit from a form, whose fields are the columns of a sheet. Raises BadUnit."""
    code = typed.get("code", "").strip()
    if units.by_code(uow.db, code) is not None:
        raise BadUnit(Refusal("known_unit", "code"))
    unit = _store(uow, typed, reach)
    audit_log.record(uow, by, "unit.add", unit.code, _in_words(told(uow, unit)))
    return unit


def change(uow: UnitOfWork, unit: Unit, typed: Mapping[str, str], by: str, reach: Reach) -> bool:
    """Store a form over a unit, whose code stays; return whether that changes anything. Raises BadUnit."""
    before = told(uow, unit)
    _store(uow, {**typed, "code": unit.code}, reach)
    uow.db.flush()
    after = told(uow, unit)
    if before == after:
        return False
    changed = {name: f"{before[name] or '-'} -> {after[name] or '-'}" for name in TOLD if before[name] != after[name]}
    audit_log.record(uow, by, "unit.amend", unit.code, _in_words(changed))
    return True


def retire(uow: UnitOfWork, unit: Unit, by: str) -> None:
    """Take a unit off the lists. Its number, keyword and sender are free again. Raises BadUnit while it holds anything,
    and for the topmost one."""
    if wrong := [*_top(uow, unit), *_held(uow, unit)]:
        raise BadUnit(*wrong)
    audit_log.record(uow, by, "unit.retire", unit.code, _in_words(told(uow, unit)))
    units.set_numbers(uow.db, unit, ())
    for name in FREED:
        setattr(unit, name, None)
    unit.kind = RETIRED


def told(uow: UnitOfWork, unit: Unit) -> dict[str, str]:
    """Return the unit's fields as a form has them."""
    parent = units.by_id(uow.db, unit.parent_id)
    values = {name: getattr(unit, name) for name in TOLD if name != "parent"}
    return {
        "parent": parent.code if parent is not None else "",
        **{name: "" if value is None else str(value) for name, value in values.items()},
    }


def _store(uow: UnitOfWork, typed: Mapping[str, str], reach: Reach) -> Unit:
    found = sheet(uow.settings.default_region).one(typed, strangers_only(uow))
    if isinstance(found, Fault):
        raise BadUnit(*found.reasons)
    outcome = Outcome()
    store(uow, [found], outcome, reach)
    if outcome.faults:
        raise BadUnit(*(why for fault in outcome.faults for why in fault.reasons))
    return uow.db.scalars(select(Unit).where(Unit.code == found.values["code"])).one()


def _top(uow: UnitOfWork, unit: Unit) -> list[Refusal]:
    top = units.topmost(uow.db)
    return [Refusal("unit_top")] if top is not None and top.id == unit.id else []


def _held(uow: UnitOfWork, unit: Unit) -> list[Refusal]:
    below = select(func.count(Unit.id)).where(Unit.parent_id == unit.id, Unit.kind != RETIRED)
    counts = {"unit_has_units": uow.db.scalar(below)}
    for (name, query), column in zip(HOLDS.items(), OF_UNIT, strict=True):
        counts[name] = uow.db.scalar(query.where(column == unit.id))
    return [Refusal(name, count=count) for name, count in counts.items() if count]


def _in_words(fields: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in fields.items() if value)
