"""The incidents of a time span as plain rows: when each was answered, in which wave, over which line.

It takes one query per question, whatever the number of incidents. It reads nothing that is encrypted or names a person,
so the rows remain after `siaga purge`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from sys import intern
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from gateway.core.messages import RANG
from gateway.models import alert as alerts
from gateway.models import attempt as attempts
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models import sealing
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.attempt import Attempt
from gateway.models.base import Base
from gateway.models.event import Event
from gateway.models.fix import Fix
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.models.outbound import Outbound
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

# The states of an attempt that a carrier took, however it ended.
TAKEN = (attempts.HANDED, attempts.DELIVERED, attempts.UNDELIVERED, attempts.ANSWERED, attempts.ENDED)


@dataclass(frozen=True, slots=True)
class Case:
    """One incident. The `to_` fields are seconds since the panic came in at our door; None for what did not happen
    (yet)."""

    id: int
    code: str
    channel: str
    state: str
    drill: bool
    unit: str  # the unit's code; empty if no unit answers for the place
    caller: str  # a pseudonym, which shows that the same phone called again
    opened_at: datetime
    source: str  # the source of the position; empty if it is unknown
    radius_m: float | None
    to_alert: float | None  # until the first alert was handed to a carrier
    to_yes: float | None  # until the first human accepted
    to_scene: float | None
    to_close: float | None
    wave: int | None  # the last wave asked before the yes
    to_event: float | None = None  # until somebody who goes to the same event, for another call, was told of this one
    to_text: float | None = None  # until the first alert text was handed to a carrier
    to_ring: float | None = None  # until a carrier took the first call that made an asked phone ring
    to_key: float | None = None  # until the first call was picked up in which a key was pressed
    to_officer: float | None = None  # until the first officer said yes
    to_desk: float | None = None  # until the first desk said yes, or somebody at a desk clicked it

    @property
    def is_closed(self) -> bool:
        return self.to_close is not None

    @property
    def withdrawn(self) -> bool:
        """Return whether the PIN cancelled it before anybody accepted, so that no answer was needed any more."""
        return self.state == incidents.CANCELLED and self.to_yes is None


@dataclass(frozen=True, slots=True)
class Question:
    """One officer or desk that was asked to come to one incident, with the last answer."""

    incident_id: int
    unit: str  # the code of the unit of this officer or desk
    is_desk: bool
    state: str
    answered: bool


@dataclass(frozen=True)
class Tries:
    """A number of attempts to deliver alerts that ended in the same way on the same line."""

    line: str
    kind: str  # outbounds.TEXT, outbounds.CALL
    state: str
    ending: str | None  # how a call ended
    keyed: bool  # a human pressed a key
    count: int


@dataclass(frozen=True)
class Span:
    """The incidents of `unit` and all units below it that were opened from `start` until before `end` (aware times)."""

    unit: Unit
    start: datetime
    end: datetime
    besides: frozenset[str] = frozenset()  # numbers (E.164) whose incidents the reader must not know of

    def where(self, uow: UnitOfWork) -> tuple[ColumnElement[bool], ...]:
        below = Incident.unit_id.in_(units.ids_below(uow.db, self.unit))
        mine = or_(below, Incident.unit_id.is_(None)) if self.is_all(uow) else below
        shown = (Incident.phone.not_in(self.besides),) if self.besides else ()
        return Incident.opened_at >= self.start, Incident.opened_at < self.end, mine, *shown

    def is_all(self, uow: UnitOfWork) -> bool:
        """Return whether this is the whole gateway: the topmost unit's span includes what belongs to no unit."""
        top = units.topmost(uow.db)
        return top is not None and top.id == self.unit.id


def cases(uow: UnitOfWork, span: Span) -> list[Case]:
    """Return the incidents of a span in the order of their opening, with drills, without synthetic panics.

    One statement reads all: of a year there are hundreds of thousands.
    """
    which = span.where(uow)
    yes = _first(Event.incident_id, LINES, Event).where(*which, Event.kind.in_(KINDS.values())).subquery()
    tried = _first(Outbound.incident_id, TRIES, Outbound).join(Attempt, Attempt.outbound_id == Outbound.id)
    tried_at = tried.where(*which, Outbound.purpose == "alert").subquery()
    asked = _first(Alert.incident_id, ANSWERS, Alert).outerjoin(yes, yes.c.incident_id == Alert.incident_id)
    before = func.max(Alert.wave).filter(Alert.asked_at <= yes.c.yes).label("wave")
    asked_at = asked.add_columns(before).where(*which).subquery()
    times = [parts.c[name] for parts, names in ((yes, LINES), (tried_at, TRIES), (asked_at, ANSWERS)) for name in names]
    query = select(*COLUMNS, Unit.code, Fix.source, Fix.radius_m, asked_at.c.wave, *times)
    for part in (yes, tried_at, asked_at):
        query = query.outerjoin(part, part.c.incident_id == Incident.id)
    query = query.outerjoin(Unit, Unit.id == Incident.unit_id).outerjoin(Fix, Fix.id == Incident.fix_id)
    query = query.where(*which, incidents.concerns_people()).order_by(Incident.opened_at, Incident.id)
    callers = cache(sealing.pseudonym)
    return [_case(row, callers) for row in uow.db.execute(query.execution_options(yield_per=AT_ONCE))]


AT_ONCE = 1_000  # rows that are read from the database at once
COLUMNS = (Incident.id, Incident.code.label("named"), Incident.channel, Incident.state, Incident.drill, Incident.phone,
           Incident.opened_at, Incident.closed_at)  # fmt: skip


def _case(row: Row[*tuple[Any, ...]], pseudonym: Callable[[str], str]) -> Case:
    def after(at: datetime | None) -> float | None:
        return (at - row.opened_at).total_seconds() if at is not None else None

    return Case(
        id=row.id,
        code=row.named,
        channel=intern(row.channel),
        state=intern(row.state),
        drill=row.drill,
        unit=intern(row.code or ""),
        caller=pseudonym(row.phone),
        opened_at=row.opened_at,
        source=intern(row.source or ""),
        radius_m=row.radius_m,
        to_alert=after(row.alert),
        to_yes=after(row.yes),
        to_scene=after(row.scene),
        to_close=after(row.closed_at),
        wave=(row.wave or 0) if row.yes is not None else None,
        to_event=after(row.event),
        to_text=after(row.text),
        to_ring=after(row.ring),
        to_key=after(row.key),
        to_officer=after(row.officer),
        to_desk=after(row.desk),
    )


# A delivery receipt may arrive before the carrier's answer to our request; then the start of the attempt counts.
_TAKEN_AT = func.coalesce(Attempt.finished_at, Attempt.started_at, type_=Attempt.started_at.type)
_PICKED_UP_AT = func.coalesce(Attempt.answered_at, _TAKEN_AT, type_=Attempt.started_at.type)
_RANG = or_(Attempt.state == attempts.ANSWERED, Attempt.ending.in_(sorted(ending.value for ending in RANG)))
_SAID_AT = func.coalesce(Alert.answered_at, Alert.asked_at, type_=Alert.asked_at.type)
_SAID_YES = and_(Alert.state.in_((alerts.ACCEPTED, alerts.NO_ANSWER)), Alert.answered_at.is_not(None))  # lapsed or not
KINDS = {"yes": "accepted", "scene": "on_scene", "event": "led_with"}  # lines of the timeline
First = Mapping[str, tuple[Any, ColumnElement[bool]]]  # what is first of which rows
LINES: First = {name: (Event.at, Event.kind == kind) for name, kind in KINDS.items()}
TRIES: First = {
    "alert": (_TAKEN_AT, Attempt.state.in_(TAKEN)),
    "text": (_TAKEN_AT, and_(Attempt.state.in_(TAKEN), Outbound.kind == outbounds.TEXT)),
    "ring": (_TAKEN_AT, and_(_RANG, Outbound.kind == outbounds.CALL)),
    "key": (_PICKED_UP_AT, and_(Attempt.keyed.is_(True), Outbound.kind == outbounds.CALL)),
}
ANSWERS: First = {
    "officer": (_SAID_AT, and_(_SAID_YES, Alert.officer_id.is_not(None))),
    "desk": (_SAID_AT, and_(_SAID_YES, Alert.officer_id.is_(None))),
}


def _first(incident_id: InstrumentedAttribute[Any], first: First, table: type[Base]) -> Select[Any]:
    """Select the first times of each incident that has a row in this table."""
    times = (func.min(at).filter(which).label(name) for name, (at, which) in first.items())
    query = select(incident_id.label("incident_id"), *times).select_from(table)
    return query.join(Incident, Incident.id == incident_id).group_by(incident_id)


def questions(uow: UnitOfWork, span: Span) -> list[Question]:
    """Return each asked phone once per incident, with its last answer, without drills."""
    query = select(Alert.incident_id, Alert.phone, Alert.officer_id, Alert.state, Alert.answered_at, Unit.code)
    query = query.join(Incident, Incident.id == Alert.incident_id).outerjoin(Officer, Officer.id == Alert.officer_id)
    query = query.outerjoin(Unit, Unit.id == func.coalesce(Officer.unit_id, Alert.unit_id))
    query = query.where(*span.where(uow), Incident.drill.is_(False)).order_by(Alert.id)
    newest: dict[tuple[int, str], Question] = {}
    for incident_id, phone, officer_id, state, answered_at, code in uow.db.execute(query):
        asked = Question(incident_id, code or "", officer_id is None, state, answered_at is not None)
        newest[incident_id, phone] = asked
    return list(newest.values())


def tries(uow: UnitOfWork, span: Span) -> list[Tries]:
    """Return how the attempts to deliver alerts ended, by line, without drills."""
    by = (Attempt.line, Outbound.kind, Attempt.state, Attempt.ending, Attempt.keyed)
    query = select(*by, func.count(Attempt.id)).join(Outbound, Outbound.id == Attempt.outbound_id)
    query = query.join(Incident, Incident.id == Outbound.incident_id).group_by(*by).order_by(*by[:3])
    query = query.where(*span.where(uow), Incident.drill.is_(False), Outbound.purpose == "alert")
    return [Tries(*row) for row in uow.db.execute(query)]


def strangers(uow: UnitOfWork, span: Span) -> dict[str, int]:
    """Return the number of texts and calls (`texts`, `calls`) from unknown numbers, and of such numbers.

    Call it for the whole gateway only (`Span.is_all`), because an unknown number belongs to no unit.
    """
    desks = select(Unit.phone).where(Unit.phone.is_not(None))
    which = (Inbound.received_at >= span.start, Inbound.received_at < span.end, Inbound.verified.is_(False))
    mine = (*which, Inbound.kind.in_(("text", "call")), Inbound.phone.not_in(desks))
    query = select(Inbound.kind, func.count(Inbound.id)).where(*mine).group_by(Inbound.kind)
    counted = {kind: int(count) for kind, count in uow.db.execute(query)}
    numbers = uow.db.scalar(select(_distinct(Inbound.phone)).where(*mine)) or 0
    return {"texts": counted.get("text", 0), "calls": counted.get("call", 0), "numbers": numbers}


def _distinct(column: InstrumentedAttribute[str]) -> ColumnElement[int]:
    return func.count(func.distinct(column))
