"""Check for faults that keep a panic from becoming a ringing phone, and name each in words for an alarm."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from gateway.carriers.registry import is_switched
from gateway.core.phone import mask
from gateway.models import canary, hold
from gateway.models import inbound as inbounds
from gateway.models import outbound as outbounds
from gateway.models import synthetic_panic as synthetic_panics
from gateway.models import worker as workers
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.models.worker import CLOCKS_DIFFER_BY, Switch, Worker, is_alive
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork

LATE = timedelta(seconds=5)
# calls are paced and a phone gets one at a time, so a call that is owed may wait its turn
CALL_LATE = timedelta(minutes=2)
MOST_NAMED = 50  # overdue things that are named
TIMETABLE_LATE = timedelta(minutes=1)
WRONG_KEYS = (
    "do not open what is sealed in this database; start with the keys that it was used with"
    " (a restored backup needs those of its day)"
)

RESTORED = "a backup was restored; what was open in it waits for: siaga restore --go"
_HELD = "held"


def reasons(
    open_uow: OpenUnitOfWork, lines: Sequence[str], spooled: int, redis_answers: Callable[[], bool]
) -> dict[str, str]:
    """Return each fault's name with a sentence; empty if all is well."""
    wrong = {} if redis_answers() else {"redis": "Redis does not answer"}
    if spooled:
        wrong["spool"] = f"{spooled} requests wait in the spool"
    try:
        with open_uow() as uow:
            found = _keys(uow) | _workers(uow) | _clocks(uow) | _switches(uow, lines) | _lines(uow, lines)
            return wrong | found | _late(uow) | _synthetic(uow)
    except SQLAlchemyError:
        return wrong | {"database": "the database does not answer"}


def _keys(uow: UnitOfWork) -> dict[str, str]:
    return {} if canary.keys_fit(uow.db) else {"keys": f"ENCRYPTION_KEYS {WRONG_KEYS}"}


def _workers(uow: UnitOfWork) -> dict[str, str]:
    now = uow.now()
    alive = uow.db.scalars(select(Worker).where(is_alive(now))).all()
    if not alive:
        return {"worker": "no worker has been heard for 5 s"}
    swept = max((row.swept_at for row in alive if row.swept_at is not None), default=None)
    if swept is None or swept < now - LATE:
        return {"sweep": "the last sweep is older than 5 s"}
    return {}


def _switches(uow: UnitOfWork, lines: Sequence[str]) -> dict[str, str]:
    """Report each line that needs a process `switch` and has none, or has one without its exchange."""
    rows = {row.line: row for row in uow.db.scalars(select(Switch).where(Switch.line.in_(lines)))}
    found, now = {}, uow.now()
    for line in filter(is_switched, lines):
        row = rows.get(line)
        if row is None or row.silent(now):
            found[f"switch {line}"] = "no switch process has been heard for 5 s"
        elif row.cut_off(now):
            found[f"switch {line}"] = "the switch has had no connection to its Asterisk for 5 s"
    return found


def _clocks(uow: UnitOfWork) -> dict[str, str]:
    """Report each machine whose clock is off, by what its workers measured or by a beat from the future."""
    now, most = uow.now(), CLOCKS_DIFFER_BY.total_seconds()
    heard = uow.db.scalars(select(Worker).where(Worker.beat_at > now - 2 * CLOCKS_DIFFER_BY))
    ahead = {row.machine: max((row.beat_at - now).total_seconds(), 0) or row.clock_ahead_s for row in heard}
    return clock_reasons({machine: by for machine, by in ahead.items() if abs(by) > most})


def clock_reasons(ahead: Mapping[str, float]) -> dict[str, str]:
    """Return a reason for each machine whose clock is off, by how many seconds it is ahead."""
    return {
        f"clock {machine}": f"its clock is {abs(by):.0f} s {'ahead of' if by > 0 else 'behind'} the database's"
        for machine, by in ahead.items()
    }


def _lines(uow: UnitOfWork, lines: Sequence[str]) -> dict[str, str]:
    """Report each line whose last real request failed, or whose network reaches few of the phones that it tries."""
    found = {}
    for row in workers.failing(uow.db, lines, uow.now()):
        why = "the last request failed" if row.refuses else "its network reaches few phones"
        found[f"line {row.line}"] = f"{why}: {row.code}"
    return found


def _synthetic(uow: UnitOfWork) -> dict[str, str]:
    """Report each test phone whose last synthetic panic was late, or to which none was sent in time."""
    found = {}
    for plan in synthetic_panics.plans(uow.db):
        last = next(iter(synthetic_panics.newest_of(uow.db, plan.phone)), None)
        if plan.next_at < uow.now() - TIMETABLE_LATE:
            found[f"synthetic {mask(plan.phone)}"] = "no synthetic panic was begun in time"
        elif last is not None and last.missing:
            found[f"synthetic {mask(plan.phone)}"] = f"not {last.missing} within {last.within_s} s"
    return found


def _late(uow: UnitOfWork) -> dict[str, str]:
    """Report what is late, and what a restore holds, in one statement."""
    now = uow.now()
    text_late = (Outbound.kind == outbounds.TEXT) & (Outbound.due_at < now - LATE)
    call_late = (Outbound.kind == outbounds.CALL) & (Outbound.due_at < now - CALL_LATE)
    owed = select(func.count(Outbound.id)).where(Outbound.state == outbounds.OWED, or_(text_late, call_late))
    timers = or_(Incident.next_wave_at < now - LATE, Incident.clock_at < now - LATE)
    late = select(func.count(Incident.id)).where(Incident.closed_at.is_(None), timers)
    stuck = select(func.count(Inbound.id)).where(
        Inbound.state.in_((inbounds.UNHANDLED, inbounds.BEGUN)), Inbound.received_at < now - LATE
    )
    counted = {"owed": owed, "timers": late, "unhandled": stuck}
    columns = (query.scalar_subquery().label(name) for name, query in counted.items())
    row = uow.db.execute(select(*columns, hold.anything_held().label(_HELD))).one()._mapping
    found = {name: f"{row[name]} late" for name in counted if row[name]}
    return found | ({"restored": RESTORED} if row[_HELD] else {})


# --- by name ------------------------------------------------------------------------------------------------------


def overdue(open_uow: OpenUnitOfWork) -> list[dict[str, str | int]]:
    """Return what is late for which incident, the latest first: its code, what ("wave", "leader", "text", "call"), and
    by how many seconds. Nobody's number, name or place is told. It is empty while the database is away: `reasons` says
    that."""
    try:
        with open_uow() as uow:
            now, found = uow.now(), [*_late_timers(uow), *_late_outbounds(uow)]
    except SQLAlchemyError:
        return []
    late = sorted(found, key=lambda one: one[2])[:MOST_NAMED]
    return [{"code": code, "what": what, "seconds": int((now - due).total_seconds())} for code, what, due in late]


def _late_timers(uow: UnitOfWork) -> Iterator[tuple[str, str, datetime]]:
    before = uow.now() - LATE
    for what, timer in (("wave", Incident.next_wave_at), ("leader", Incident.clock_at)):
        query = select(Incident.code, timer).where(Incident.closed_at.is_(None), timer < before)
        yield from ((code, what, due) for code, due in uow.db.execute(query.order_by(timer).limit(MOST_NAMED)) if due)


def _late_outbounds(uow: UnitOfWork) -> Iterator[tuple[str, str, datetime]]:
    for kind, late in ((outbounds.TEXT, LATE), (outbounds.CALL, CALL_LATE)):
        query = (
            select(Incident.code, func.min(Outbound.due_at))
            .join(Outbound, Outbound.incident_id == Incident.id)
            .where(Outbound.state == outbounds.OWED, Outbound.kind == kind, Outbound.due_at < uow.now() - late)
            .group_by(Incident.code)
        )
        yield from ((code, kind, due) for code, due in uow.db.execute(query.limit(MOST_NAMED)))
