"""The hold: what a restored backup would send by itself waits until somebody says go.

Whatever leaves by itself is a time in a row: a wave, a nudge, a text, a drill of a timetable. A held time stands at
HELD, which never comes, so the sweep, the claims and dispatch obey it without asking. Whoever acts on a row (the caller
who asks again, an officer, a desk) writes a new time, and that timer runs on; a panic that comes in after the restore
was never held.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, or_, select, true, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from gateway.models import clarification as clarifications
from gateway.models import inbound as inbounds
from gateway.models import outbound as outbounds
from gateway.models.base import Base
from gateway.models.clarification import Clarification
from gateway.models.drill import Drill, DrillPlan
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.lookup import Lookup
from gateway.models.moments import HELD, is_held
from gateway.models.outbound import Outbound
from gateway.models.synthetic_panic import SyntheticPlan
from gateway.models.webhook import WebhookMessage
from gateway.models.worker import Worker


@dataclass(frozen=True)
class Timer:
    """A column whose time lets something leave, and in which rows. `unset`: it leaves where the column is NULL."""

    column: InstrumentedAttribute[Any]
    which: ColumnElement[bool]
    unset: bool = False


RUNNING = Incident.closed_at.is_(None)
OPEN_CALL = Clarification.state.in_(clarifications.OPEN)
TIMERS: tuple[Timer, ...] = (
    Timer(Incident.next_wave_at, RUNNING),
    Timer(Incident.clock_at, RUNNING),
    Timer(Incident.repeats_at, RUNNING),
    Timer(Incident.honest_at, RUNNING),
    Timer(Incident.volunteers_at, RUNNING, unset=True),
    Timer(Clarification.ring_at, OPEN_CALL),
    Timer(Clarification.above_at, OPEN_CALL),
    Timer(Clarification.opens_at, OPEN_CALL),
    Timer(Clarification.listed_at, Clarification.state == clarifications.LISTED, unset=True),
    Timer(Lookup.due_at, true()),
    Timer(Outbound.due_at, outbounds.is_in((outbounds.OWED,))),
    Timer(WebhookMessage.due_at, true()),
    Timer(Drill.ends_at, exists().where(Incident.id == Drill.incident_id, RUNNING)),
)
TIMETABLES: tuple[type[DrillPlan] | type[SyntheticPlan], ...] = (DrillPlan, SyntheticPlan)


def anything_held() -> ColumnElement[bool]:
    """Return the condition that anything is held."""
    timers = (exists().where(timer.which, is_held(timer.column)) for timer in TIMERS)
    plans = (exists().where(is_held(plan.next_at)) for plan in TIMETABLES)
    return or_(*timers, *plans, exists().where(Inbound.state == inbounds.HELD))


def incidents_held(db: Session) -> int:
    """Return how many open incidents wait for a go."""
    held = or_(*(is_held(timer.column) for timer in TIMERS if timer.column.class_ is Incident))
    return db.scalar(select(func.count(Incident.id)).where(RUNNING, held)) or 0


def put_all(db: Session) -> None:
    """Hold everything that this database would send by itself. No worker may run."""
    # Its workers are those of another day. What they had in hand, or rang, is owed: nobody else will end those calls,
    # and they would keep every other call from their phones.
    db.execute(delete(Worker))
    outbounds.put_back(db, outbounds.is_in(outbounds.HELD))
    for outbound_id in db.scalars(select(Outbound.id).where(outbounds.is_in((outbounds.UNDER_WAY,)))).all():
        outbounds.call_again(db, outbound_id, HELD)
    for timer in TIMERS:
        leaves = timer.column.is_(None) if timer.unset else timer.column.is_not(None)
        _write(db, timer, leaves, HELD)
    for plan in TIMETABLES:
        db.execute(update(plan).values(next_at=HELD))
    _move(db, (inbounds.UNHANDLED, inbounds.BEGUN), inbounds.HELD)


def go(db: Session, now: datetime) -> None:
    """Let everything that is still held leave: what waited for its time is due now, a timetable begins anew."""
    for timer in TIMERS:
        _write(db, timer, is_held(timer.column), None if timer.unset else now)
    drills = db.scalars(select(DrillPlan).where(is_held(DrillPlan.next_at))).all()
    synthetic = db.scalars(select(SyntheticPlan).where(is_held(SyntheticPlan.next_at))).all()
    plans: list[DrillPlan | SyntheticPlan] = [*drills, *synthetic]
    for plan in plans:
        plan.next_at = now + timedelta(seconds=plan.every_s)
    _move(db, (inbounds.HELD,), inbounds.UNHANDLED)


def _write(db: Session, timer: Timer, which: ColumnElement[bool], time: datetime | None) -> None:
    table = cast(Table, cast(type[Base], timer.column.class_).__table__)
    values: Mapping[str, Any] = {timer.column.key: time}
    db.execute(update(table).where(and_(timer.which, which)).values(values))


def _move(db: Session, before: tuple[str, ...], after: str) -> None:
    db.execute(update(Inbound).where(Inbound.state.in_(before)).values(state=after))
