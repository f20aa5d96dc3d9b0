"""Synthetic panics: a machine's test of the whole chain over the real lines, by a timetable and with an alarm.

A text leaves for a test phone. It comes back to us as a panic does: by the hook of the line whose number that is, or
because that phone sends everything back. It opens an incident that nobody but the test phone is asked for. The alert's
text and call have to arrive there; then a robot says yes, and the incident is closed. The time of each step is kept,
and what is not through in time is an alarm. No person's phone rings, and no figure counts it.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select

from gateway import dispatch, notices
from gateway.core import codes, defaults
from gateway.core.messages import RANG, Ending
from gateway.core.phone import mask
from gateway.core.sentences.phrases import say
from gateway.incidents import closing, reinforcements
from gateway.incidents.waves import Candidate
from gateway.models import alert as alerts
from gateway.models import attempt as attempts
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models import synthetic_panic as rows
from gateway.models import unit as units
from gateway.models.attempt import Attempt
from gateway.models.drill import Drill
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.models.synthetic_panic import SyntheticPanic, SyntheticPlan
from gateway.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

ROBOT = "robot"  # stands in the timeline where the name of a person stands
WITHIN = timedelta(seconds=60)
SHORTEST_PAUSE = timedelta(minutes=5)  # between two of a timetable
_WORD_LENGTH = 8
# A call that ended so has reached the test phone. A loop to ourselves ends busy: a missed call is refused so.
_RANG = {ending.value for ending in RANG | {Ending.BUSY}}


# --- the timetable ----------------------------------------------------------------------------------------------------


def plan(uow: UnitOfWork, phone: str, every: timedelta, within: timedelta = WITHIN) -> SyntheticPlan:
    """Send a synthetic panic to this test phone (E.164) again and again, the first at once. An earlier plan of the
    phone is replaced. Raises ValueError for a pause that is too short, or in which one would not be over."""
    if every < max(SHORTEST_PAUSE, within):
        raise ValueError("synthetic panics come no more often than each five minutes, and one after the other")
    row = rows.plan_of(uow.db, phone) or SyntheticPlan(phone=phone)
    row.every_s, row.within_s = int(every.total_seconds()), int(within.total_seconds())
    row.next_at = uow.now()
    uow.db.add(row)
    uow.db.flush()
    return row


def forget_plan(uow: UnitOfWork, phone: str) -> bool:
    """Send no more to this phone; return False if it had no plan."""
    row = rows.plan_of(uow.db, phone)
    if row is not None:
        uow.db.delete(row)
    return row is not None


def begin_planned(uow: UnitOfWork, done: Collection[int]) -> int | None:
    """Begin one synthetic panic whose time has come, and return the id of its plan; None if none is due."""
    due = rows.lock_due_plan(uow.db, uow.now(), done)
    if due is None:
        return None
    due.next_at = uow.now() + timedelta(seconds=due.every_s)
    begin(uow, due.phone, timedelta(seconds=due.within_s))
    return due.id


def begin(uow: UnitOfWork, phone: str, within: timedelta = WITHIN) -> SyntheticPanic:
    """Owe the text that is the panic. It has a word of its own, by which it is known when it comes back."""
    word, now = "".join(secrets.choice(codes.ALPHABET) for _ in range(_WORD_LENGTH)), uow.now()
    text = Outbound(
        kind=outbounds.TEXT,
        purpose="synthetic",
        phone=phone,
        body=f"{_mark()} {word}",
        created_at=now,
        due_at=now,
        expires_at=now + within,
    )
    uow.db.add(text)
    uow.db.flush()
    within_s = int(within.total_seconds())
    row = SyntheticPanic(phone=phone, word=word, within_s=within_s, outbound_id=text.id, started_at=now, missing="")
    uow.db.add(row)
    uow.db.flush()
    uow.after_commit.send(text.id)
    return row


def _mark() -> str:
    """Return the word that stands in every text of a drill."""
    return say("alert.drill", defaults.LANGUAGE)


# --- what comes back --------------------------------------------------------------------------------------------------


def heard(uow: UnitOfWork, text: Inbound) -> bool:
    """Take a text that is a synthetic panic, or an alert about one, come back; return whether it was such a text. It
    has to hold the word or the code of one that runs, and to come from a number of ours or from the test phone."""
    if _mark() not in text.body:
        return False
    for found in rows.running(uow.db):
        if text.phone != found.phone and not uow.lines.is_own(text.phone):
            continue
        incident = uow.db.get(Incident, found.incident_id) if found.incident_id is not None else None
        if found.word in text.body:
            _received(uow, found.id)
        elif incident is not None and incident.code in text.body.split():
            _step(uow, found.id, "alerted", uow.now())
        else:
            continue
        text.verified = True  # it is no unknown number's
        return True
    return False


def rings_in(uow: UnitOfWork, line: str, phone: str) -> bool:
    """Take a call of ours that came in on another line of ours, whose number is a test phone; return whether it was
    one. Nothing tells two such calls apart, so it counts for every panic that waits for a call there."""
    carrier = uow.lines.named(line)
    if carrier is None or not uow.lines.is_own(phone):
        return False
    waiting = [row.id for row in rows.running(uow.db) if row.phone in carrier.own_numbers and row.incident_id]
    for panic_id in waiting:
        _step(uow, panic_id, "rang", uow.now())
    return bool(waiting)


def _received(uow: UnitOfWork, panic_id: int) -> None:
    """Open the incident of a panic that has come in, and ask the test phone."""
    row = rows.lock(uow.db, panic_id)
    if row is None or row.ended_at is not None or row.received_at is not None:
        return
    row.received_at = uow.now()
    incident = Incident(
        code=incidents.fresh_code(uow.db, uow.now()),
        phone=f"({_mark()} {row.id})",
        name=ROBOT,
        channel=incidents.SYNTHETIC,
        drill=True,
        ring_back=True,
        opened_at=uow.now(),
    )
    uow.db.add(incident)
    uow.db.flush()
    row.incident_id = incident.id
    ends_at = row.started_at + timedelta(seconds=row.within_s)
    uow.db.add(Drill(incident_id=incident.id, ends_at=ends_at, last_wave=0))
    uow.db.flush()
    reinforcements.ask(uow, ROBOT, incident, [Candidate(row.phone, defaults.LANGUAGE)])


def _step(uow: UnitOfWork, panic_id: int, step: str, at: datetime) -> None:
    """Write that a step is through, once; after the last one the robot says yes."""
    row = rows.lock(uow.db, panic_id)
    if row is None or row.ended_at is not None or getattr(row, f"{step}_at") is not None:
        return
    setattr(row, f"{step}_at", at)
    if row.incident_id is None or set(_missing(uow, row)) - {"left", "accepted"}:
        return
    incident = incidents.lock(uow.db, row.incident_id)
    alert = alerts.newest_for(uow.db, incident.id, row.phone)
    if alert is not None and not incident.closed:
        dispatch.accept(uow, incident, alert)
        row.accepted_at = uow.now()
        _end(uow, row)


def _missing(uow: UnitOfWork, row: SyntheticPanic) -> list[str]:
    """Return the steps that are not through, in their order. Where no line can tell
    that a phone rang, none has to ring."""
    steps = [step for step in rows.STEPS if step != "rang" or uow.lines.for_words(row.phone)]
    return [step for step in steps if getattr(row, f"{step}_at") is None]


def _end(uow: UnitOfWork, row: SyntheticPanic) -> None:
    row.ended_at = uow.now()
    row.left_at = row.left_at or _left_at(uow, row)
    if row.incident_id is not None:
        closing.close(uow, incidents.lock(uow.db, row.incident_id), incidents.RESOLVED, ROBOT, _mark())


# --- what the sweep does ----------------------------------------------------------------------------------------------


def watch(uow: UnitOfWork, panic_id: int) -> None:
    """Note what the carriers say of a synthetic panic, and raise the alarm if its time is over."""
    row = rows.lock(uow.db, panic_id)
    if row is None or row.ended_at is not None:
        return
    row.left_at = row.left_at or _left_at(uow, row)
    for step in _reported(uow, row):
        _step(uow, row.id, step, uow.now())
    if row.ended_at is None and uow.now() >= row.started_at + timedelta(seconds=row.within_s):
        _give_up(uow, row)


def _left_at(uow: UnitOfWork, row: SyntheticPanic) -> datetime | None:
    """Return when a carrier first had the panic."""
    taken = (Attempt.outbound_id == row.outbound_id, Attempt.state.in_(attempts.HAS_LEFT))
    query = select(Attempt.finished_at).where(*taken, Attempt.finished_at.is_not(None))
    return uow.db.scalar(query.order_by(Attempt.id).limit(1))


def _reported(uow: UnitOfWork, row: SyntheticPanic) -> list[str]:
    """Return the steps that a carrier reports. Of a text to a number of ours no report counts: it has to come in."""
    if row.incident_id is None:
        return []
    query = select(Attempt, Outbound.kind).join(Outbound, Outbound.id == Attempt.outbound_id)
    tried = uow.db.execute(query.where(Outbound.incident_id == row.incident_id, Outbound.purpose == "alert")).all()
    found = []
    for attempt, kind in tried:
        tells = not uow.lines.has_one_call(attempt.line)  # the end of a telephone's call proves nothing
        if kind == outbounds.CALL and tells and (attempt.answered_at is not None or attempt.ending in _RANG):
            found.append("rang")
        elif kind == outbounds.TEXT and attempt.state == attempts.DELIVERED and not uow.lines.is_own(row.phone):
            found.append("alerted")
    return found


def _give_up(uow: UnitOfWork, row: SyntheticPanic) -> None:
    """End a synthetic panic that is late. The topmost desk is told once, until one is through again; readiness shows
    it all the while."""
    before = next(iter(rows.newest_of(uow.db, row.phone)), None)
    row.missing = next(iter(_missing(uow, row)))
    log.error("a synthetic panic is late", extra={"phone": mask(row.phone), "step": row.missing})
    _end(uow, row)
    if before is None or not before.missing:
        unit = units.topmost(uow.db)
        step = say(f"desk.synthetic_step.{row.missing}", uow.settings.default_language)
        notices.tell_desk(uow, unit, "desk.synthetic_late", step=step, seconds=row.within_s)
