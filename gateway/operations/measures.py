"""ROOM: measure the gateway by its rows: how long each step took, what the lines answered, what waits.

Every process reads the same rows, so all of them tell the same. Histograms count from the start of the day (UTC): a
scrape reads one day and no history, and a count that begins anew is to Prometheus like any restart.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from gateway.models import attempt as attempts
from gateway.models import inbound as inbounds
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models.attempt import Attempt
from gateway.models.event import Event
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.models.worker import Worker, failing, is_alive
from gateway.operations.results.cases import TAKEN
from gateway.unit_of_work import UnitOfWork

BOUNDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)  # seconds
LONGEST = timedelta(days=1)  # a step that takes longer is measured no more
LATELY = timedelta(minutes=15)  # the time over which results of lines are counted
KINDS = (outbounds.TEXT, outbounds.CALL)
ATTEMPT_STATES = tuple(attempts.STATES.states)
Spans = Select[datetime, datetime]  # from when until when something took


@dataclass
class Durations:
    """Durations counted by BOUNDS: how many fell into each, above the last one too, and their sum in seconds."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0

    def add(self, seconds: float) -> None:
        """Count one; clocks of different machines may make it negative, and then it is none."""
        self.counts[bisect_left(BOUNDS, max(seconds, 0.0))] += 1
        self.total += max(seconds, 0.0)


@dataclass(frozen=True)
class Waiting:
    """Rows that wait: how many, and for how many seconds the oldest has been due."""

    count: int
    oldest_s: float


def counted(spans: Iterable[Row[datetime, datetime]]) -> Durations:
    """Count how long each took, from its first to its second time."""
    found = Durations()
    for since, until in spans:
        found.add((until - since).total_seconds())
    return found


# --- steps ----------------------------------------------------------------------------------------------------


def steps(uow: UnitOfWork) -> dict[str, Durations]:
    """Return how long each step took that was reached today, of incidents that are neither drills nor tests."""
    today = uow.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return {name: counted(uow.db.execute(query)) for name, query in _steps(today).items()}


def _steps(today: datetime) -> Mapping[str, Spans]:
    """Return the query of each step; all but the first two begin with the panic."""
    return {
        "hook": _sent_and_received(today),
        "understood": _understood(today),
        "first_text": _first_taken(outbounds.TEXT, today),
        "first_ring": _first_taken(outbounds.CALL, today),
        "first_yes": _first_event("accepted", today),
        "arrival": _first_event("on_scene", today),
    }


def _real(today: datetime) -> tuple[ColumnElement[bool], ...]:
    return incidents.concerns_people(), Incident.drill.is_(False), Incident.opened_at >= today - LONGEST


def _sent_and_received(today: datetime) -> Spans:
    """Select when a text was sent, where its carrier tells it, and when its hook was kept."""
    known = (Inbound.kind == "text", Inbound.received_at >= today, Inbound.sent_at.is_not(None))
    return select(func.coalesce(Inbound.sent_at, Inbound.received_at), Inbound.received_at).where(*known)


def _understood(today: datetime) -> Spans:
    """Select when the first message of an incident was kept, and when the incident opened."""
    query = select(func.min(Inbound.received_at), Incident.opened_at).join(Incident, Incident.id == Inbound.incident_id)
    return query.where(*_real(today), Incident.opened_at >= today).group_by(Incident.id, Incident.opened_at)


def _first_taken(kind: str, today: datetime) -> Spans:
    """Select when a carrier took the first text or call to an officer or a desk. A delivery report may be faster than
    the carrier's answer; then the start of the attempt counts."""
    at = func.min(func.coalesce(Attempt.finished_at, Attempt.started_at, type_=Attempt.started_at.type))
    query = select(Incident.opened_at, at).join(Outbound, Outbound.incident_id == Incident.id)
    query = query.join(Attempt, Attempt.outbound_id == Outbound.id)
    which = (*_real(today), Outbound.kind == kind, Outbound.purpose == "alert", Attempt.state.in_(TAKEN))
    return query.where(*which).group_by(Incident.id, Incident.opened_at).having(at >= today)


def _first_event(kind: str, today: datetime) -> Spans:
    at = func.min(Event.at)
    query = select(Incident.opened_at, at).join(Event, Event.incident_id == Incident.id)
    return query.where(*_real(today), Event.kind == kind).group_by(Incident.id, Incident.opened_at).having(at >= today)


# --- lines ----------------------------------------------------------------------------------------------------


def line_answers(uow: UnitOfWork, lines: Sequence[str]) -> dict[tuple[str, str], Durations]:
    """Return, by line and kind, how long the line took to answer each request of today."""
    today = uow.now().replace(hour=0, minute=0, second=0, microsecond=0)
    found = {(line, kind): Durations() for line in lines for kind in KINDS}
    query = select(Attempt.line, Outbound.kind, Attempt.started_at, Attempt.finished_at)
    query = query.join(Outbound, Outbound.id == Attempt.outbound_id).where(Attempt.line.in_(lines))
    for line, kind, since, until in uow.db.execute(query.where(Attempt.started_at >= today)):
        if until is not None:
            found[line, kind].add((until - since).total_seconds())
    return found


def line_results(uow: UnitOfWork, lines: Sequence[str]) -> dict[tuple[str, str, str], int]:
    """Return, by line, kind and state, the attempts that were begun within LATELY."""
    found = {(line, kind, state): 0 for line in lines for kind in KINDS for state in ATTEMPT_STATES}
    query = select(Attempt.line, Outbound.kind, Attempt.state, func.count())
    query = query.join(Outbound, Outbound.id == Attempt.outbound_id).where(Attempt.line.in_(lines))
    query = query.where(Attempt.started_at > uow.now() - LATELY).group_by(Attempt.line, Outbound.kind, Attempt.state)
    return found | {(line, kind, state): count for line, kind, state, count in uow.db.execute(query)}


def bad_lines(uow: UnitOfWork, lines: Sequence[str]) -> set[str]:
    """Return those of `lines` whose last real request failed, or that reach few phones."""
    return {row.line for row in failing(uow.db, lines, uow.now())}


# --- what waits -----------------------------------------------------------------------------------------------


def waiting(uow: UnitOfWork) -> dict[str, Waiting]:
    """Return what waits, of each kind: texts and calls that are due, messages that are not handled, open incidents that
    nobody has accepted."""
    owed = (Outbound.state == outbounds.OWED, Outbound.due_at <= uow.now())
    texts, calls = (_waiting(uow, Outbound.due_at, *owed, Outbound.kind == kind) for kind in KINDS)
    unhandled = Inbound.state.in_((inbounds.UNHANDLED, inbounds.BEGUN))
    unanswered = (Incident.state == incidents.OPEN, Incident.closed_at.is_(None), incidents.concerns_people())
    return {
        "text": texts,
        "call": calls,
        "unhandled": _waiting(uow, Inbound.received_at, unhandled),
        "unanswered": _waiting(uow, Incident.opened_at, *unanswered),
    }


def _waiting(uow: UnitOfWork, since: InstrumentedAttribute[datetime], *which: ColumnElement[bool]) -> Waiting:
    count, oldest = uow.db.execute(select(func.count(), func.min(since)).where(*which)).one()
    return Waiting(count, max((uow.now() - oldest).total_seconds(), 0.0) if oldest is not None else 0.0)


def workers(uow: UnitOfWork) -> tuple[int, float]:
    """Return how many workers are alive, and how many seconds ago one of them swept; -1 where none has."""
    alive = uow.db.scalars(select(Worker).where(is_alive(uow.now()))).all()
    swept = max((row.swept_at for row in alive if row.swept_at is not None), default=None)
    return len(alive), (uow.now() - swept).total_seconds() if swept is not None else -1.0


def open_incidents(uow: UnitOfWork) -> dict[str, int]:
    """Return the open incidents by state."""
    query = select(Incident.state, func.count()).where(Incident.closed_at.is_(None), incidents.concerns_people())
    return {state: count for state, count in uow.db.execute(query.group_by(Incident.state))}  # noqa: C416 - a Row is no pair to mypy
