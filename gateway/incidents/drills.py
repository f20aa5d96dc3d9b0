"""Run exercises: an incident like any other, except that every phone reads LATIHAN, no citizen is in it, and it ends.

A drill asks its first wave only, unless more is wanted, and ends by itself after a few minutes: nobody has to remember
to close it, and no phone rings all night for an exercise. The worker's sweep ends drills and begins those of the
timetable.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select

from gateway.core.places.spots import Source, Spot
from gateway.incidents import closing, timeline, waves
from gateway.location import locate
from gateway.models import drill as rows
from gateway.models import incident as incidents
from gateway.models.drill import Drill, DrillPlan
from gateway.models.incident import Incident
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

NUMBER = "(LATIHAN)"  # stands where the number of who asks stands; nobody can ring it or send from it
RADIUS_M = 50.0
LONGEST = timedelta(minutes=5)
SHORTEST_PAUSE = timedelta(hours=1)  # between two drills of a timetable
PUT_OFF = timedelta(minutes=10)  # a drill of the timetable waits so long while its unit has a real incident


class AlreadyRunning(ValueError):  # noqa: N818 - the name is a plain statement
    """An exercise is running already; officers must know which one they answer."""


def begin(uow: UnitOfWork, unit: Unit, *, all_waves: bool = False) -> Incident:
    """Open an exercise where `unit` stands and ask its first wave; with `all_waves` the others follow as they would.
    Raises AlreadyRunning."""
    running = rows.running(uow.db)
    if running is not None:
        raise AlreadyRunning(f"the drill {running.code} is still running; close it first")
    spot = (
        Spot(unit.lat, unit.lon, RADIUS_M, Source.DESK, "") if unit.lat is not None and unit.lon is not None else None
    )
    fix = locate.keep_spot(uow, NUMBER, spot, place=unit.name) if spot is not None else None
    incident = Incident(
        code=incidents.fresh_code(uow.db, uow.now()),
        phone=NUMBER,
        name=unit.name,
        language=uow.settings.default_language,
        unit_id=unit.id,
        fix_id=fix.id if fix is not None else None,
        told_fix_id=fix.id if fix is not None else None,
        channel="drill",
        drill=True,
        ring_back=True,  # no call is put through in a drill; without it officers would read JANGAN TELP
        opened_at=uow.now(),
    )
    uow.db.add(incident)
    uow.db.flush()
    last = None if all_waves else 1
    uow.db.add(Drill(incident_id=incident.id, ends_at=uow.now() + LONGEST, last_wave=last))
    uow.db.flush()
    timeline.record(uow, incident, "opened", unit.name, "LATIHAN")
    waves.ask_next(uow, incident)
    return incident


def over(uow: UnitOfWork) -> Collection[int]:
    """Return the ids of the drills whose end has come."""
    return rows.over(uow.db, uow.now(), begun_before=uow.now() - LONGEST)


def end(uow: UnitOfWork, incident_id: int) -> None:
    """Close a drill whose end has come: its calls are taken back, and whoever was asked reads that it is over."""
    incident = incidents.lock(uow.db, incident_id)
    if not incident.closed:
        closing.close(uow, incident, incidents.RESOLVED, incident.name, "LATIHAN", news="officer.drill_over")


# --- the timetable ----------------------------------------------------------------------------------------------------


def plan(uow: UnitOfWork, unit: Unit, every: timedelta, *, all_waves: bool = False) -> DrillPlan:
    """Drill this unit again and again, for the first time after one pause. An earlier plan of the unit is replaced.
    Raises ValueError for a pause that is too short."""
    if every < SHORTEST_PAUSE:
        raise ValueError("drills come no more often than each hour")
    row = rows.plan_of(uow.db, unit.id) or DrillPlan(unit_id=unit.id)
    row.every_s, row.all_waves, row.next_at = int(every.total_seconds()), all_waves, uow.now() + every
    uow.db.add(row)
    uow.db.flush()
    return row


def forget_plan(uow: UnitOfWork, unit: Unit) -> bool:
    """Drill this unit no more by itself; return False if it had no plan."""
    row = rows.plan_of(uow.db, unit.id)
    if row is not None:
        uow.db.delete(row)
    return row is not None


def begin_planned(uow: UnitOfWork, done: Collection[int]) -> int | None:
    """Begin one drill of the timetable whose time has come, and return the id of its plan; None if none is due.

    While another drill runs, or a real incident of that unit is open, the drill is put off. After an outage one drill
    is made up for, not all that were missed.
    """
    due = rows.lock_due_plan(uow.db, uow.now(), done)
    if due is None:
        return None
    unit = uow.db.get_one(Unit, due.unit_id)
    if rows.running(uow.db) is not None or _has_a_real_one(uow, unit):
        due.next_at = uow.now() + PUT_OFF
        return due.id
    due.next_at = uow.now() + timedelta(seconds=due.every_s)
    begin(uow, unit, all_waves=due.all_waves)
    return due.id


def _has_a_real_one(uow: UnitOfWork, unit: Unit) -> bool:
    real = (Incident.unit_id == unit.id, Incident.closed_at.is_(None), Incident.drill.is_(False))
    return uow.db.scalar(select(Incident.id).where(*real).limit(1)) is not None
