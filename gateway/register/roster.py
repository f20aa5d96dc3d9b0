"""The weekly roster puts officers on and off duty. What an officer or a desk says in between (HADIR, LEPAS, the
console) stands until the next turn begins or ends; nobody is texted about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import or_, select

from gateway.core import shifts
from gateway.core.days import zone
from gateway.core.shifts import Turn
from gateway.identity import audit_log
from gateway.models import shift as rows
from gateway.models.officer import Officer
from gateway.models.shift import Shift
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

FARTHEST = timedelta(days=8)  # no next boundary is farther off, whatever the clocks do meanwhile
MOST = 500  # officers whose turn comes in one transaction; a sweep later the next


def turn_due(uow: UnitOfWork, limit: int = MOST) -> None:
    """Whoever's turn has begun or ended is put on or off duty as the roster says for now, which need not be what it
    said when they were due: a worker may have been away for hours. A boundary that no roster has was reckoned while the
    machine's clock was wrong, and is reckoned anew."""
    now = uow.now()
    is_due = or_(Officer.turns_at <= now, Officer.turns_at > now + FARTHEST)
    query = select(Officer).where(is_due).order_by(Officer.turns_at).limit(limit)
    due = uow.db.scalars(query.with_for_update(skip_locked=True)).all()
    if not due:
        return
    turns, zones = turns_of(uow, [officer.id for officer in due]), _zones(uow, {officer.unit_id for officer in due})
    for officer in due:
        _turn(officer, turns[officer.id], now, zones[officer.unit_id])


def _turn(officer: Officer, turns: Collection[Turn], now: datetime, zone: tzinfo) -> None:
    if turns:
        officer.on_duty = shifts.on_now(turns, now, zone)
    officer.turns_at = shifts.next_boundary(turns, now, zone)


def turns_of(uow: UnitOfWork, officer_ids: Collection[int]) -> Mapping[int, list[Turn]]:
    """These officers' turns, by officer."""
    found: dict[int, list[Turn]] = defaultdict(list)
    for row in rows.of_officers(uow.db, officer_ids):
        found[row.officer_id].append(Turn(row.weekday, row.starts, row.minutes))
    return found


def says(uow: UnitOfWork, officers: Collection[Officer]) -> dict[int, bool]:
    """Whether the roster has each of them on duty now, by officer; those without turns are left out."""
    turns, zones = turns_of(uow, [one.id for one in officers]), _zones(uow, {one.unit_id for one in officers})
    return {
        one.id: shifts.on_now(turns[one.id], uow.now(), zones[one.unit_id]) for one in officers if turns.get(one.id)
    }


def _zones(uow: UnitOfWork, unit_ids: Collection[int]) -> dict[int, tzinfo]:
    query = select(Unit.id, Unit.timezone).where(Unit.id.in_(unit_ids))
    return {unit_id: zone(name) for unit_id, name in uow.db.execute(query)}


# --- drawing it -----------------------------------------------------------------------------------------------


def set_turns(uow: UnitOfWork, officer: Officer, turns: Collection[Turn], by: str) -> bool:
    """These are the officer's turns from now on; True if anything was changed, which is audited under `by`.

    The next sweep applies them. Without turns `on_duty` stays as it is and is for people to say. Of two turns that
    begin at the same moment the later one in `turns` counts.
    """
    wanted = {turn.begins: turn for turn in turns}
    uow.db.refresh(officer, with_for_update=True)  # whoever draws at the same time waits, and then sees this
    before = {Turn(row.weekday, row.starts, row.minutes): row for row in rows.of_officers(uow.db, [officer.id])}
    if before.keys() == set(wanted.values()):
        return False
    for row in before.values():
        uow.db.delete(row)
    uow.db.flush()
    uow.db.add_all(Shift(officer_id=officer.id, **vars(turn)) for turn in wanted.values())
    officer.turns_at = uow.now() if wanted else None
    told = ", ".join(str(turn) for turn in sorted(wanted.values()))
    audit_log.record(uow, by, "officer.turns", officer.phone, told or "none")
    return True


def add_turns(uow: UnitOfWork, officer: Officer, turns: Collection[Turn], by: str) -> bool:
    """Some more; one that begins when another does takes its place. Otherwise as `set_turns`."""
    return set_turns(uow, officer, [*_held(uow, officer), *turns], by)


def drop_turn(uow: UnitOfWork, officer: Officer, weekday: int, starts: int, by: str) -> bool:
    """Without the turn that begins on this day (Monday = 0) at this minute of it. Otherwise as `set_turns`."""
    kept = [turn for turn in _held(uow, officer) if (turn.weekday, turn.starts) != (weekday, starts)]
    return set_turns(uow, officer, kept, by)


def _held(uow: UnitOfWork, officer: Officer) -> list[Turn]:
    """The officer's turns, held until the commit."""
    uow.db.refresh(officer, with_for_update=True)
    return turns_of(uow, [officer.id])[officer.id]
