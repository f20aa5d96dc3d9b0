"""ROOM: find the unit that answers for a place, and other units that are near enough to be asked with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from gateway.core.places import ladder
from gateway.core.places.distance import nearest
from gateway.core.places.ladder import Standing
from gateway.core.places.spots import Spot
from gateway.identity.callers import Caller
from gateway.location.position_in_text import Reading
from gateway.models import unit as units
from gateway.models.fix import Fix
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

ON_THE_BEAT = ("polsek", "post")  # the kinds of unit that send officers out


@dataclass(frozen=True)
class Case:
    uow: UnitOfWork
    fix: Fix | None
    caller: Caller


def responsible(uow: UnitOfWork, fix: Fix | None, caller: Caller) -> Unit | None:
    """Return the unit that answers for this place: the one named by the first rule that names an existing unit."""
    return _first(Case(uow, fix, caller), RULES)


def _first(case: Case, rules: Sequence[Callable[[Case], int | None]]) -> Unit | None:
    named = (units.by_id(case.uow.db, unit_id) for rule in rules if (unit_id := rule(case)) is not None)
    return next((unit for unit in named if unit is not None), None)


def named_by(uow: UnitOfWork, spot: Spot) -> Unit | None:
    """Return the unit that a position names by itself: the one that the table of places gives it, else the one whose
    area holds it. None for a position in nobody's area; the nearest unit where no areas are drawn at all."""
    known = spot.unit_id if isinstance(spot, Reading) else None
    fix = Fix(lat=spot.lat, lon=spot.lon, unit_id=known)  # asked about, never stored
    case = Case(uow, fix, Caller(""))
    rules = (_whose_place, _area) if uow.map_index.areas(uow.db) else (_whose_place, _nearest)
    return _first(case, rules)


def across_the_border(uow: UnitOfWork, fix: Fix | None, unit: Unit, margin_m: float) -> Sequence[int]:
    """Return the ids of other units whose area is at most `margin_m` metres from the position."""
    if fix is None:
        return ()
    near = uow.map_index.areas(uow.db).within(fix.lat, fix.lon, margin_m)
    return [int(name) for name, _ in near if int(name) != unit.id]


def is_outside(uow: UnitOfWork, fix: Fix | None) -> bool:
    """Return whether the position lies in no unit's area. If no areas are drawn at all, nothing is outside."""
    drawn = uow.map_index.areas(uow.db)
    return fix is not None and bool(drawn) and not drawn.at(fix.lat, fix.lon)


def _whose_place(case: Case) -> int | None:
    """Return the unit that the table of places names for this position."""
    return case.fix.unit_id if case.fix is not None else None


def _area(case: Case) -> int | None:
    """Return the unit whose area holds the position; of several areas the smallest counts."""
    if case.fix is None:
        return None
    holding = case.uow.map_index.areas(case.uow.db).at(case.fix.lat, case.fix.lon)
    return int(holding[0]) if holding else None


def _own_at_home(case: Case) -> int | None:
    """Return the caller's own unit, if nothing says that the caller is away from the registered home."""
    presumed = case.fix is None or ladder.standing(case.fix) is Standing.PRESUMED
    return case.caller.unit_id if presumed else None


def _nearest(case: Case) -> int | None:
    """Return the nearest unit that sends officers out, else the nearest of any kind."""
    if case.fix is None:
        return None
    placed = select(Unit.id, Unit.kind, Unit.lat, Unit.lon).where(Unit.lat.is_not(None), Unit.lon.is_not(None))
    rows = case.uow.db.execute(placed.order_by(Unit.id)).all()
    rows = [row for row in rows if row.kind in ON_THE_BEAT] or rows
    found = nearest((case.fix.lat, case.fix.lon), [(row.lat, row.lon) for row in rows], 1)
    return int(rows[found[0][0]].id) if found else None


def _own(case: Case) -> int | None:
    return case.caller.unit_id


def _topmost(case: Case) -> int | None:
    unit = units.topmost(case.uow.db)
    return unit.id if unit is not None else None


RULES: tuple[Callable[[Case], int | None], ...] = (_whose_place, _area, _own_at_home, _nearest, _own, _topmost)
