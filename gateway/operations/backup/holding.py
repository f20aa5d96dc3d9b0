"""Stop whatever a restored database would send by itself, and let it go when an administrator says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Table, and_, delete, exists, func, insert, literal, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from gateway.identity import audit_log
from gateway.models import clarification as clarifications
from gateway.models import inbound as inbounds
from gateway.models import outbound as outbounds
from gateway.models.base import Base
from gateway.models.clarification import Clarification
from gateway.models.held import Held
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.lookup import Lookup
from gateway.models.outbound import Outbound
from gateway.models.worker import Worker
from gateway.unit_of_work import UnitOfWork

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
RUNNING = Incident.closed_at.is_(None)


@dataclass(frozen=True)
class Stop:
    """A timer that is stopped: its column, the rows, and the value that lets nothing happen (None: NULL). `starts`:
    NULL is what lets something happen, so NULL is what is stopped."""

    column: InstrumentedAttribute[Any]
    which: ColumnElement[bool]
    value: datetime | None = None
    starts: bool = False


STOPS: tuple[Stop, ...] = (
    *(
        Stop(timer, RUNNING)
        for timer in (Incident.next_wave_at, Incident.clock_at, Incident.repeats_at, Incident.honest_at)
    ),
    Stop(Incident.volunteers_at, RUNNING, NEVER, starts=True),
    *(
        Stop(timer, Clarification.state.in_(clarifications.OPEN))
        for timer in (Clarification.ring_at, Clarification.above_at, Clarification.opens_at)
    ),
    Stop(Clarification.listed_at, Clarification.state.in_(clarifications.OPEN), NEVER, starts=True),
    Stop(Lookup.due_at, Lookup.due_at.is_not(None)),
    Stop(Outbound.due_at, outbounds.is_in((outbounds.OWED,)), NEVER),
    Stop(Outbound.cancel_at, outbounds.is_in((outbounds.UNDER_WAY,))),
    Stop(Outbound.ends_by, outbounds.is_in((outbounds.UNDER_WAY,)), NEVER),
)


def stop_all(db: Session) -> int:
    """Stop everything that would leave by itself, and return how many incidents are open. No worker may run yet."""
    # A worker of the backup is no more, whatever its row says; what it had in hand is owed again.
    db.execute(delete(Worker))
    outbounds.put_back(db, outbounds.is_in(outbounds.HELD))
    for stop in STOPS:
        table, column = _of(stop)
        fits = column.is_(None) if stop.starts else column.is_not(None)
        rows = db.execute(select(table.c.id, column).where(stop.which, fits)).all()
        if rows:
            kept = [
                {"of_table": table.name, "row_id": row_id, "of_column": column.name, "was": was} for row_id, was in rows
            ]
            db.execute(insert(Held), kept)
            db.execute(update(table).where(stop.which, fits).values({column.name: stop.value}))
    left = select(Inbound.id).where(Inbound.state.in_((inbounds.UNHANDLED, inbounds.BEGUN)))
    waiting = [{"of_table": Inbound.__tablename__, "row_id": row_id, "of_column": ""} for row_id in db.scalars(left)]
    if waiting:  # nobody had understood it yet, and nobody does before somebody says go
        db.execute(insert(Held), waiting)
    return db.scalar(select(func.count(Incident.id)).where(RUNNING)) or 0


def let_go(uow: UnitOfWork, by: str) -> int:
    """Start everything again that is still stopped, and return how many timers. An incident that was closed
    meanwhile, or that somebody has woken, stays as it is."""
    started = 0
    for stop in STOPS:
        table, column = _of(stop)
        mine = and_(Held.of_table == table.name, Held.of_column == column.name, Held.row_id == table.c.id)
        old = select(Held.was).where(mine).scalar_subquery()
        stopped = column == literal(stop.value, column.type) if stop.value is not None else column.is_(None)
        still = (exists().where(mine), stopped, stop.which)
        done = uow.db.execute(update(table).where(*still).values({column.name: old}))
        started += cast(CursorResult[Any], done).rowcount
    uow.db.execute(delete(Held))
    audit_log.record(uow, by, "restore.go", "", str(started))
    return started


def _of(stop: Stop) -> tuple[Table, ColumnElement[Any]]:
    table = cast(Table, cast(type[Base], stop.column.class_).__table__)
    return table, table.c[stop.column.key]
