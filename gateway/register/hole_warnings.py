"""Tell a desk of a hole in its roster, a day and an hour ahead (`gateway.core.roster_holes`)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from gateway import notices
from gateway.core import shifts
from gateway.core.days import zone
from gateway.core.roster_holes import AHEAD, HoleWarning, warnings_due
from gateway.core.shifts import Hole
from gateway.models import unit as units
from gateway.models.officer import Officer
from gateway.models.unit import Unit
from gateway.register import coverage
from gateway.register.coverage import Cover
from gateway.unit_of_work import UnitOfWork

EACH = timedelta(minutes=1)  # how often the sweep looks


def warn(uow: UnitOfWork) -> None:
    """Text each desk whose roster has a hole that begins within a day, and again within an hour."""
    away = _on_leave(uow)
    for cover in coverage.covers(uow, coverage.answering(uow, units.all_units(uow.db))):
        holes = _holes(cover, away)
        if holes and warnings_due(holes, uow.now(), zone(cover.unit.timezone), cover.unit.hole_told):
            _warn(uow, cover.unit.id, holes)


def _on_leave(uow: UnitOfWork) -> Collection[int]:
    """Return the ids of the officers whose leave lasts longer than the shorter warning."""
    return set(uow.db.scalars(select(Officer.id).where(Officer.away_until > uow.now() + min(AHEAD))))


def _holes(cover: Cover, away: Collection[int]) -> list[Hole]:
    """Return the holes of a unit's week, as if the officers who are away had no turns."""
    turns = [turn for officer, mine in cover.turns.items() if officer not in away for turn in mine]
    return shifts.holes(turns) if any(cover.turns.values()) and not cover.always else []


def _warn(uow: UnitOfWork, unit_id: int, holes: Collection[Hole]) -> None:
    """Tell one unit's desk, under the unit's lock: another worker may be telling it."""
    query = select(Unit).where(Unit.id == unit_id).execution_options(populate_existing=True)
    unit = uow.db.scalar(query.with_for_update(skip_locked=True, key_share=True))
    if unit is None:
        return
    for warning in warnings_due(holes, uow.now(), zone(unit.timezone), unit.hole_told):
        unit.hole_told = warning.due
        notices.tell_desk(uow, unit, "desk.hole", None, who=unit.name, **_when(unit, warning))


def _when(unit: Unit, warning: HoleWarning) -> dict[str, Any]:
    return {"begins": _clock(unit, warning.begins), "ends": _clock(unit, warning.ends)}


def _clock(unit: Unit, at: datetime) -> str:
    return at.astimezone(zone(unit.timezone)).strftime("%d/%m %H:%M")
