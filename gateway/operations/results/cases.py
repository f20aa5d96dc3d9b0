"""The incidents of a time span as plain rows: when each was answered, in which wave, over which line.

It takes one query per question, whatever the number of incidents. It reads nothing that is encrypted or names a person,
so the rows remain after `siaga purge`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
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
Times = dict[int, datetime]  # by the incident's id


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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
    """Return the incidents of a span in the order of their opening, with drills, without synthetic panics."""
    which = span.where(uow)
    first = {name: _first(uow, query.where(*which)) for name, query in FIRST.items()}
    waves = _waves(uow, which, first["yes"])
    query = select(Incident, Unit.code, Fix.source, Fix.radius_m).where(*which, incidents.concerns_people())
    query = query.outerjoin(Unit, Unit.id == Incident.unit_id).outerjoin(Fix, Fix.id == Incident.fix_id)
    rows = uow.db.execute(query.order_by(Incident.opened_at, Incident.id))
    found = []
    for row, unit, source, radius in rows:
        yes = first["yes"].get(row.id)
        found.append(
            Case(
                id=row.id,
                code=row.code,
                channel=row.channel,
                state=row.state,
                drill=row.drill,
                unit=unit or "",
                caller=sealing.pseudonym(row.phone),
                opened_at=row.opened_at,
                source=source or "",
                radius_m=radius,
                to_alert=_seconds(row, first["alert"].get(row.id)),
                to_yes=_seconds(row, yes),
                to_scene=_seconds(row, first["scene"].get(row.id)),
                to_close=_seconds(row, row.closed_at),
                wave=waves.get(row.id, 0) if yes is not None else None,
                to_event=_seconds(row, first["event"].get(row.id)),
                to_text=_seconds(row, first["text"].get(row.id)),
                to_ring=_seconds(row, first["ring"].get(row.id)),
                to_key=_seconds(row, first["key"].get(row.id)),
                to_officer=_seconds(row, first["officer"].get(row.id)),
                to_desk=_seconds(row, first["desk"].get(row.id)),
            )
        )
    return found


def _seconds(row: Incident, at: datetime | None) -> float | None:
    return (at - row.opened_at).total_seconds() if at is not None else None


def _line_of_timeline(kind: str) -> Select[int, datetime]:
    query = select(Event.incident_id, func.min(Event.at)).join(Incident, Incident.id == Event.incident_id)
    return query.where(Event.kind == kind).group_by(Event.incident_id)


_TAKEN_AT = func.coalesce(Attempt.finished_at, Attempt.started_at, type_=Attempt.started_at.type)
_PICKED_UP_AT = func.coalesce(Attempt.answered_at, _TAKEN_AT, type_=Attempt.started_at.type)
_RANG = or_(Attempt.state == attempts.ANSWERED, Attempt.ending.in_(sorted(ending.value for ending in RANG)))


def _first_try(at: ColumnElement[datetime], *which: ColumnElement[bool]) -> Select[int, datetime]:
    """Return the query for the earliest `at` of those attempts to deliver an alert of each incident.

    A delivery receipt may arrive before the carrier's answer to our request; then the start of the attempt counts.
    """
    query = select(Incident.id, func.min(at)).join(Outbound, Outbound.incident_id == Incident.id)
    query = query.join(Attempt, Attempt.outbound_id == Outbound.id).group_by(Incident.id)
    return query.where(Outbound.purpose == "alert", *which)


def _first_yes(*which: ColumnElement[bool]) -> Select[int, datetime]:
    """Return the query for the first yes of those who were asked. A yes that lapsed later (NO_ANSWER) was one."""
    at = func.min(func.coalesce(Alert.answered_at, Alert.asked_at, type_=Alert.asked_at.type))
    query = select(Alert.incident_id, at).join(Incident, Incident.id == Alert.incident_id)
    said = (Alert.state.in_((alerts.ACCEPTED, alerts.NO_ANSWER)), Alert.answered_at.is_not(None))
    return query.where(*said, *which).group_by(Alert.incident_id)


FIRST: dict[str, Select[int, datetime]] = {
    "alert": _first_try(_TAKEN_AT, Attempt.state.in_(TAKEN)),
    "text": _first_try(_TAKEN_AT, Attempt.state.in_(TAKEN), Outbound.kind == outbounds.TEXT),
    "ring": _first_try(_TAKEN_AT, _RANG, Outbound.kind == outbounds.CALL),
    "key": _first_try(_PICKED_UP_AT, Attempt.keyed.is_(True), Outbound.kind == outbounds.CALL),
    "officer": _first_yes(Alert.officer_id.is_not(None)),
    "desk": _first_yes(Alert.officer_id.is_(None)),
    "yes": _line_of_timeline("accepted"),
    "scene": _line_of_timeline("on_scene"),
    "event": _line_of_timeline("led_with"),
}


def _first(uow: UnitOfWork, query: Select[int, datetime]) -> Times:
    return {incident_id: at for incident_id, at in uow.db.execute(query)}  # noqa: C416 - a Row is no pair to mypy


def _waves(uow: UnitOfWork, which: Sequence[ColumnElement[bool]], yes: Times) -> dict[int, int]:
    """Return, by incident, the last wave that was asked before somebody accepted."""
    query = select(Alert.incident_id, Alert.wave, func.min(Alert.asked_at)).where(*which)
    query = query.join(Incident, Incident.id == Alert.incident_id)
    reached: dict[int, int] = {}
    for incident_id, wave, at in uow.db.execute(query.group_by(Alert.incident_id, Alert.wave)):
        if incident_id in yes and at <= yes[incident_id]:
            reached[incident_id] = max(wave, reached.get(incident_id, 0))
    return reached


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
