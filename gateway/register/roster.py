"""The weekly roster puts officers on and off duty.

A change by an officer or a desk in between (HADIR, LEPAS, the console) stands until the next turn begins or ends.
Nobody gets a text about it, except at the end of a leave (CUTI), during which the roster puts nobody on duty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import ColumnElement, or_, select

from gateway import notices
from gateway.core import shifts
from gateway.core.days import zone
from gateway.core.shifts import Turn
from gateway.identity import audit_log
from gateway.models import opt_out as opt_outs
from gateway.models import shift as rows
from gateway.models.moments import from_now, moments
from gateway.models.officer import Officer
from gateway.models.shift import Shift
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

FARTHEST = timedelta(days=8)  # the next begin or end of a turn is always nearer than this
MOST = 500  # officers per transaction; the next sweep takes the rest


def opted_out(uow: UnitOfWork) -> list[tuple[str, str]]:
    """Return the officers and duty desks that get no texts on a line that is in use, each with its name and the
    line."""
    used = set(uow.lines.names())
    stopped = [row for row in opt_outs.every(uow.db) if row.line in used]
    phones = {row.phone for row in stopped}
    names = {row.phone: row.title for row in uow.db.scalars(select(Officer).where(Officer.phone.in_(phones)))}
    names |= {
        unit.phone: unit.name for unit in uow.db.scalars(select(Unit).where(Unit.phone.in_(phones))) if unit.phone
    }
    return [(names[row.phone], row.line) for row in stopped if row.phone in names]


def turn_due(uow: UnitOfWork, limit: int = MOST) -> None:
    """Put each officer whose turn has begun or ended on or off duty, as the roster says for now.

    That may differ from what it said when the change was due: workers may have been away for hours. A due time farther
    away than FARTHEST was computed while the machine's clock was wrong, and is computed again.
    """
    now = uow.now()
    query = select(Officer).where(is_turn()).order_by(Officer.turns_at).limit(limit)
    due = uow.db.scalars(query.with_for_update(skip_locked=True), moments(now)).all()
    if not due:
        return
    turns, zones = turns_of(uow, [officer.id for officer in due]), _zones(uow, {officer.unit_id for officer in due})
    for officer in due:
        _turn(officer, turns[officer.id], now, zones[officer.unit_id])


def is_turn() -> ColumnElement[bool]:
    """Return the condition of an officer whose turn has begun or ended."""
    return or_(Officer.turns_at <= from_now(), Officer.turns_at > from_now(FARTHEST))


def is_back() -> ColumnElement[bool]:
    """Return the condition of an officer whose leave is over."""
    return Officer.away_until <= from_now()


def end_leaves(uow: UnitOfWork, limit: int = MOST) -> None:
    """Put each officer whose leave is over back on duty, unless the roster says otherwise, and tell them."""
    query = select(Officer).where(is_back()).order_by(Officer.away_until).limit(limit)
    back = uow.db.scalars(query.with_for_update(skip_locked=True), moments(uow.now())).all()
    told = says(uow, back) if back else {}
    for officer in back:
        officer.set_duty(told.get(officer.id, True))
        notices.tell(uow, officer.phone, officer.language, BACK[officer.on_duty])


BACK = {True: "officer.leave_over", False: "officer.leave_over_off"}


def _turn(officer: Officer, turns: Collection[Turn], now: datetime, zone: tzinfo) -> None:
    if turns:
        officer.on_duty = officer.away_until is None and shifts.on_now(turns, now, zone)
    officer.turns_at = shifts.next_boundary(turns, now, zone)


def turns_of(uow: UnitOfWork, officer_ids: Collection[int]) -> Mapping[int, list[Turn]]:
    """Return the turns of these officers, by officer."""
    found: dict[int, list[Turn]] = defaultdict(list)
    for row in rows.of_officers(uow.db, officer_ids):
        found[row.officer_id].append(Turn(row.weekday, row.starts, row.minutes))
    return found


def says(uow: UnitOfWork, officers: Collection[Officer]) -> dict[int, bool]:
    """Return by officer whether the roster has them on duty now. Officers without turns are left out."""
    turns, zones = turns_of(uow, [one.id for one in officers]), _zones(uow, {one.unit_id for one in officers})
    return {
        one.id: shifts.on_now(turns[one.id], uow.now(), zones[one.unit_id]) for one in officers if turns.get(one.id)
    }


def _zones(uow: UnitOfWork, unit_ids: Collection[int]) -> dict[int, tzinfo]:
    query = select(Unit.id, Unit.timezone).where(Unit.id.in_(unit_ids))
    return {unit_id: zone(name) for unit_id, name in uow.db.execute(query)}


# --- drawing it -----------------------------------------------------------------------------------------------


def set_turns(uow: UnitOfWork, officer: Officer, turns: Collection[Turn], by: str) -> bool:
    """Replace the officer's turns. Return True if anything changed, which is audited under `by`.

    The next sweep applies them. For an officer without turns only people change `on_duty`. If two turns begin at the
    same moment, the later one in `turns` counts.
    """
    wanted = {turn.begins: turn for turn in turns}
    # another user who edits at the same time waits, and then sees this change
    uow.db.refresh(officer, with_for_update=True)
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
    """Add turns; each replaces a turn that begins at the same moment. Otherwise as `set_turns`."""
    return set_turns(uow, officer, [*_held(uow, officer), *turns], by)


def drop_turn(uow: UnitOfWork, officer: Officer, weekday: int, starts: int, by: str) -> bool:
    """Remove the turn that begins on this day (Monday = 0) at this minute of it. Otherwise as `set_turns`."""
    kept = [turn for turn in _held(uow, officer) if (turn.weekday, turn.starts) != (weekday, starts)]
    return set_turns(uow, officer, kept, by)


def _held(uow: UnitOfWork, officer: Officer) -> list[Turn]:
    """Lock the officer until the commit and return the officer's turns."""
    uow.db.refresh(officer, with_for_update=True)
    return turns_of(uow, [officer.id])[officer.id]
