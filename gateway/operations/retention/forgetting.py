"""ROOM: forget what is old enough, in short transactions, so that panics are handled in between."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from sqlalchemy import and_, delete, func, select, update

from gateway.identity import audit_log
from gateway.infrastructure.spool import Spool
from gateway.models import sealing
from gateway.models.base import Base
from gateway.models.fix import Fix
from gateway.models.incident import Incident
from gateway.operations.retention import places
from gateway.operations.retention.limits import Days, Limits, limits
from gateway.operations.retention.steps import STEPS, Column, Condition, Step, is_number
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork

BATCH = 500  # rows in one short transaction
BY = "siaga purge"
INCIDENT_PLACES, FIXES, SPOOLED = "incidents: positions", "fixes: positions", "spool: texts"
Tally = Counter[str]  # counts of rows by table and by the forgotten part ("inbounds: texts")
Rest = Callable[[], None]
Work = Callable[[UnitOfWork, Sequence[int]], None]  # takes the ids of rows that this transaction has locked


def forget(open_uow: OpenUnitOfWork, days: Days, spool: Spool, rest: Rest = lambda: None) -> Tally:
    """Forget everything that is due, and return how many rows of each kind. `rest` is called after each piece.

    It may be stopped and run again at any time; finished batches stay finished. The audit trail records the run and is
    never itself shortened.
    """
    with open_uow() as uow:
        due = limits(days, uow.now())
    tally = Tally()
    if due.positions is not None:
        tally[INCIDENT_PLACES] = _in_batches(open_uow, rest, Incident, places.incidents_due(due.positions), _blank_all)
        lonely = and_(places.fixes_due(due.positions), places.is_needed_by_none())
        tally[FIXES] = _in_batches(open_uow, rest, Fix, lonely, _delete_all(Fix))
    for step in STEPS:
        condition = step.condition(due)
        if condition is not None:
            tally[named(step)] = _in_batches(open_uow, rest, step.table, condition, partial(clear, step))
    if due.texts is not None:
        tally[SPOOLED] = spool.forget(due.texts.timestamp())
    with open_uow() as uow:
        audit_log.record(uow, BY, "retention.purge", "", json.dumps(+tally))
    return tally


def foresee(open_uow: OpenUnitOfWork, days: Days) -> Tally:
    """Return what `forget` would do now, without the spool; nothing is changed.

    A person counts only once all their numbers are forgotten, so the real run may count more persons.
    """
    with open_uow() as uow:
        due, tally = limits(days, uow.now()), Tally()
        for name, table, condition in _all_due(due):
            tally[name] = uow.db.scalar(select(func.count()).select_from(table).where(condition)) or 0
    return tally


def _all_due(due: Limits) -> Iterator[tuple[str, type[Base], Condition]]:
    if due.positions is not None:
        yield INCIDENT_PLACES, Incident, places.incidents_due(due.positions)
        yield FIXES, Fix, places.fixes_due(due.positions)
    for step in STEPS:
        condition = step.condition(due)
        if condition is not None:
            yield named(step), step.table, condition


def named(step: Step) -> str:
    return f"{step.table.__tablename__}: {step.limit}"


# --- batches --------------------------------------------------------------------------------------------------


def _in_batches(open_uow: OpenUnitOfWork, rest: Rest, table: type[Base], which: Condition, do: Work) -> int:
    """Do the work in batches, each in its own transaction.

    A row that another transaction holds waits for the next run.
    """
    done = last = 0
    while True:
        with open_uow() as uow:
            query = select(table.id).where(table.id > last, which).order_by(table.id).limit(BATCH)
            ids = uow.db.scalars(query.with_for_update(skip_locked=True)).all()
            do(uow, ids)
        done, last = done + len(ids), max(ids, default=last)
        if len(ids) < BATCH:
            return done
        rest()


def _blank_all(uow: UnitOfWork, ids: Sequence[int]) -> None:
    for incident_id in ids:
        places.blank(uow, incident_id)


def _delete_all(table: type[Base]) -> Work:
    def delete_all(uow: UnitOfWork, ids: Sequence[int]) -> None:
        uow.db.execute(delete(table).where(table.id.in_(ids)))

    return delete_all


def clear(step: Step, uow: UnitOfWork, ids: Sequence[int]) -> None:
    """Forget what this step names in these rows."""
    if step.whole:
        _delete_all(step.table)(uow, ids)
    if step.phone is not None:
        _hide_numbers(uow, step.table, step.phone, ids)
    if step.clear:
        uow.db.execute(update(step.table).where(step.table.id.in_(ids)).values(dict(step.clear)))


def _hide_numbers(uow: UnitOfWork, table: type[Base], phone: Column, ids: Sequence[int]) -> None:
    mine = table.id.in_(ids)
    for number in uow.db.scalars(select(phone).where(mine, is_number(phone)).distinct()).all():
        uow.db.execute(update(table).where(mine, phone == number).values({phone: sealing.pseudonym(number)}))
