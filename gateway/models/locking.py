"""Lock rows in the one order that every transaction follows: the incident, the uncertain call, attempts, outbounds.

Two transactions that lock the same rows in different orders wait for each other. PostgreSQL notices after a second and
breaks one of them off: the hook of an officer's key fails and waits in the spool, or a worker writes the answer of a
carrier a second late. (SQLite has one writer at a time and cannot show it.) So every function that needs more than one
kind of row takes them here, all at once and before it writes anything that belongs to them.
docs/developers/lock-order.md tells which transaction takes what.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from gateway.models import clarification as clarifications
from gateway.models import incident as incidents
from gateway.models.attempt import Attempt
from gateway.models.base import Row
from gateway.models.clarification import Clarification
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound

Which = ColumnElement[bool]


@dataclass(frozen=True)
class Locked:
    """Rows that this transaction holds until it ends, as they are now; attempts and outbounds in the order of ids."""

    incident: Incident | None
    attempts: Sequence[Attempt]
    outbounds: Sequence[Outbound]

    @property
    def attempt(self) -> Attempt | None:
        """Return the attempt, or None if none was asked for or found."""
        return self.attempts[0] if self.attempts else None


def lock(
    db: Session, *, incident: Which | None = None, attempts: Which | None = None, outbounds: Which | None = None
) -> Locked:
    """Lock the rows that fit each condition, in the one order, with one statement for each kind that is asked for."""
    first = next(iter(_take(db, Incident, incident)), None)
    return Locked(first, _take(db, Attempt, attempts), _take(db, Outbound, outbounds))


def lock_attempt(db: Session, attempt_id: int) -> Locked:
    """Lock one attempt after the incident or the uncertain call that it belongs to, if any, and before its outbound.

    As long as the result is kept, `attempt.outbound` and `db.get(Incident, ...)` cost no further statement.
    """
    outbound_id = select(Attempt.outbound_id).where(Attempt.id == attempt_id).scalar_subquery()
    incident_id = select(Outbound.incident_id).where(Outbound.id == outbound_id).scalar_subquery()
    lock_clarification(db, db.scalar(select(Outbound.ask_id).where(Outbound.id == outbound_id)))
    held = lock(
        db,
        incident=Incident.id == incident_id,
        attempts=Attempt.id == attempt_id,
        outbounds=Outbound.id == outbound_id,
    )
    if held.attempt is not None:
        set_committed_value(held.attempt, "outbound", held.outbounds[0])
    return held


def _take(db: Session, table: type[Row], which: Which | None) -> Sequence[Row]:
    if which is None:
        return ()
    # This locks no rows that come joined.
    query = select(table).where(which).order_by(table.id).with_for_update(of=table)
    return db.scalars(query.execution_options(populate_existing=True)).all()


def lock_clarification(db: Session, clarification_id: int | None) -> Clarification | None:
    """Lock an uncertain call, behind the open incident of its phone; return None where there is no such call."""
    found = db.get(Clarification, clarification_id) if clarification_id is not None else None
    if found is None:
        return None
    incidents.lock_open_of(db, found.phone)
    return clarifications.lock(db, found.id)


def lock_line(db: Session, clarification_id: int | None) -> Sequence[Clarification]:
    """Lock an uncertain call and the open ones that stood in a bundle as one line with it, behind the open incidents of
    their phones; return them with that call first, or an empty list where there is no such call."""
    found = db.get(Clarification, clarification_id) if clarification_id is not None else None
    if found is None:
        return ()
    line = (found, *clarifications.rest_of_line(db, found))
    _take(db, Incident, (Incident.phone.in_(sorted({call.phone for call in line}))) & Incident.closed_at.is_(None))
    return _take(db, Clarification, Clarification.id.in_([call.id for call in line]))
