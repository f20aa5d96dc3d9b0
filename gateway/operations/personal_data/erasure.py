"""ROOM: erase a person at their request: at once, whatever their age, the same columns that retention forgets.

What stays is told with its reason. Closed calls for help stay until retention forgets them, because a person may have
been made to ask for this, and the proof of violence must not vanish with it; an administrator who knows that no
proceeding needs them erases them too (`with_calls`). While a call for help is open nothing is erased.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select

from gateway.identity import audit_log
from gateway.models import clarification as clarifications
from gateway.models import inbound as inbounds
from gateway.models import incident as incidents
from gateway.models import sealing
from gateway.models.alert import Alert
from gateway.models.audit import Audit
from gateway.models.base import Base
from gateway.models.clarification import Clarification
from gateway.models.fix import Fix
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.opt_out import OptOut
from gateway.models.outbound import Outbound
from gateway.models.quiet_number import QuietNumber
from gateway.models.ussd_session import UssdSession
from gateway.operations.personal_data.holdings import BY_TABLE, Of
from gateway.operations.personal_data.someone import Someone
from gateway.operations.retention import forgetting, places
from gateway.operations.retention.steps import DONE, STEPS, Step
from gateway.unit_of_work import UnitOfWork

Condition = ColumnElement[bool]
ERASED = "citizen.erase"  # what the audit trail says, under a pseudonym: the number itself would stay for ever
UNDERSTOOD = (inbounds.HANDLED, inbounds.TO_HUMAN, inbounds.SEEN)


class StillOpen(RuntimeError):  # noqa: N818 - what it is
    """A call for help of this person is open, or we still ask back whether there is one."""


@dataclass(frozen=True)
class Erased:
    """How many rows of each kind were erased, and why others stay, each reason with the number of its rows."""

    tally: Counter[str]
    stays: Sequence[tuple[str, int]]


def erase(uow: UnitOfWork, who: Someone, by: str, reason: str, *, with_calls: bool = False) -> Erased:
    """Erase this person. Raises StillOpen, and changes nothing then."""
    _lock(uow, who)
    calls = sorted(who.incidents) if with_calls else []
    tally = Counter({"incidents: positions": _forget_places(uow, calls), "fixes": _forget_fixes(uow, who, calls)})
    for step in STEPS:
        which = _mine(step, who, calls, uow.now())
        if which is not None:
            ids = uow.db.scalars(select(step.table.id).where(step.still_tells(which)).with_for_update()).all()
            forgetting.clear(step, uow, ids)
            tally[forgetting.named(step)] += len(ids)
    for phone in who.phones:
        audit_log.record(uow, by, ERASED, sealing.pseudonym(phone), reason)
    uow.db.flush()
    uow.db.expire_all()
    return Erased(+tally, list(_stays(uow, who)))


def _lock(uow: UnitOfWork, who: Someone) -> None:
    """Lock the incidents of this person. Raises StillOpen."""
    rows = [incidents.lock(uow.db, incident_id) for incident_id in sorted(who.incidents)]
    asks = and_(_of(Clarification, who), Clarification.state.in_(clarifications.OPEN))
    if any(not row.closed for row in rows) or uow.db.scalar(select(Clarification.id).where(asks).limit(1)) is not None:
        raise StillOpen


def _of(table: type[Base], who: Someone) -> Condition:
    return who.rows(BY_TABLE[table.__tablename__])


def _mine(step: Step, who: Someone, calls: Sequence[int], now: datetime) -> Condition | None:
    """Return the condition for the rows of one step that go now; None if none of them does."""
    holding = BY_TABLE[step.table.__tablename__]
    if holding.of is Of.STAFF and (step.table is not Alert or step.phone is not None):
        return None  # what staff did stays as long as the calls for help do
    if step.table is OptOut:
        return None
    which = _rows(step.table, who, calls)
    settled = SETTLED.get(step.table)
    return which if settled is None else and_(which, settled(now))


def _rows(table: Any, who: Someone, calls: Sequence[int]) -> Condition:
    """Return the condition for this person's rows that belong to no call for help, or to one of `calls`."""
    own = _of(table, who)
    if table is Incident:
        return Incident.id.in_(calls)
    if not hasattr(table, "incident_id"):
        return own
    return or_(table.incident_id.in_(calls), and_(table.incident_id.is_(None), own))


# rows that nothing waits for any more, and that keep no phone dark
SETTLED: Mapping[type[Base], Callable[[datetime], Condition]] = {
    Inbound: lambda now: Inbound.state.in_(UNDERSTOOD),
    Outbound: lambda now: Outbound.state.in_(DONE),
    Clarification: lambda now: Clarification.state.not_in(clarifications.OPEN),
    UssdSession: lambda now: UssdSession.ended_at.is_not(None),
    QuietNumber: lambda now: QuietNumber.until < now,
}


def _forget_places(uow: UnitOfWork, calls: Sequence[int]) -> int:
    for incident_id in calls:
        places.blank(uow, incident_id)
    return len(calls)


def _forget_fixes(uow: UnitOfWork, who: Someone, calls: Sequence[int]) -> int:
    mine = and_(_rows(Fix, who, calls), Fix.phone != "", places.is_needed_by_none())
    ids = uow.db.scalars(select(Fix.id).where(mine)).all()
    uow.db.execute(delete(Fix).where(Fix.id.in_(ids)))
    return len(ids)


# --- what stays -------------------------------------------------------------------------------------------------------


def _stays(uow: UnitOfWork, who: Someone) -> Iterator[tuple[str, int]]:
    """Yield each reason why rows of this person stay, with their number."""
    calls = and_(Incident.id.in_(who.incidents), Incident.name != "")
    for why, rows, which in (
        (f"closed calls for help: proof of what was done; {_until(uow, calls)}", Incident, calls),
        ("the trail of who did or saw what: a row that changed would call all of it forged", Audit,
         Audit.subject.in_(who.phones)),
        ("a request for quiet that still holds: without it the phone could light up", QuietNumber,
         _of(QuietNumber, who)),
        ("STOP to the network: without it we would text again", OptOut, _of(OptOut, who)),
        ("messages that are still worked on: run this again later", Inbound,
         and_(_rows(Inbound, who, ()), Inbound.state.not_in(UNDERSTOOD))),
        ("texts that still leave: run this again later", Outbound,
         and_(_rows(Outbound, who, ()), Outbound.state.not_in(DONE))),
    ):  # fmt: skip
        count = uow.db.scalar(select(func.count()).select_from(rows).where(which)) or 0
        if count:
            yield why, count
    if who.officers:
        yield "the officer's entry in the roster: it ends when the officer is taken off it", len(who.officers)


def _until(uow: UnitOfWork, calls: Condition) -> str:
    newest = uow.db.scalar(select(func.max(Incident.closed_at)).where(calls))
    if newest is None:
        return ""
    kept = {
        "positions": uow.settings.retain_positions_days,
        "words": uow.settings.retain_texts_days,
        "names and numbers": uow.settings.retain_incidents_days,
    }
    told = (f"{what} until {newest + timedelta(days=number):%Y-%m-%d}" if number else f"{what} for ever"
            for what, number in kept.items())  # fmt: skip
    return ", ".join(told)
