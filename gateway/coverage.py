"""Holes in the map of people: where a panic would ring fewer phones than its desk believes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import select

from gateway.desk import Desk
from gateway.models import unit as units
from gateway.models.officer import Officer
from gateway.models.unit import Area, Unit

BEATS = ("polsek", "post")  # the kinds of unit that answer for a place


def holes(desk: Desk) -> list[str]:
    """Each hole as a sentence that names the unit; empty when there is none."""
    everyone = units.all_units(desk.db)
    if not everyone:
        return ["there is no unit: nobody would be asked (siaga import units …)"]
    officers = desk.db.scalars(select(Officer).where(Officer.suspended.is_(False))).all()
    staffed = {officer.unit_id for officer in officers}
    awake = {officer.unit_id for officer in officers if officer.on_duty}
    drawn = set(desk.db.scalars(select(Area.unit_id)))
    found = [hole for unit in everyone for hole in _of_unit(unit, staffed, awake, drawn)]
    return found + ([] if drawn else ["no area is drawn: the nearest unit answers for a place"])


def _of_unit(unit: Unit, staffed: set[int], awake: set[int], drawn: set[int]) -> Iterator[str]:
    answers = unit.id in drawn or unit.kind in BEATS
    checks: dict[str, Callable[[], bool]] = {
        "has no desk number": lambda: not unit.phone,
        "has no position": lambda: unit.lat is None,
        "answers for a place and has no officer": lambda: answers and unit.id not in staffed,
        "has nobody on duty": lambda: answers and unit.id in staffed and unit.id not in awake,
        "has no area, while others have": lambda: bool(drawn) and unit.kind in BEATS and unit.id not in drawn,
    }
    for words, is_so in checks.items():
        if is_so():
            yield f"{unit.code} ({unit.name}) {words}"
