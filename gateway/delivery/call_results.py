"""Decide what is owed after a call, by how it ended.

A call that was not answered is placed again; one that the network could not put through goes over another line. Where
no carrier reports the end of a call, this file writes it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeGuard

from sqlalchemy import func, select

from gateway.carriers.base import Carrier, VoiceCarrier
from gateway.core.messages import CallEvent, Ending
from gateway.delivery import pacing
from gateway.delivery.outcomes import AGAIN, MOST_UNKNOWN, note_price, note_reached, note_request, unreachable
from gateway.inbound import clarifications
from gateway.incidents import timeline, waves
from gateway.models import alert as alerts
from gateway.models import alert_states
from gateway.models import attempt as attempts
from gateway.models import clarification as clarification_rows
from gateway.models import outbound as outbounds
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.attempt import Attempt
from gateway.models.clarification import Clarification
from gateway.models.incident import Incident
from gateway.models.locking import lock_attempt
from gateway.models.outbound import Outbound
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork

log = logging.getLogger(__name__)

HANGING_UP = timedelta(seconds=15)  # longer than a telephone may take to hang up


def note(uow: UnitOfWork, event: CallEvent, attempt: Attempt) -> None:
    """Write the end of a call of ours that the carrier reports, and decide what is owed now."""
    ending = event.ending or Ending.COMPLETED
    attempt.ended_at, attempt.ending = uow.now(), ending.value
    attempt.seconds = event.seconds or _talked(attempt, uow.now())
    note_price(attempt, event.price)
    first = attempt.state != attempts.ENDED
    over(uow, attempt, ending)
    if first and ending in REACHED:  # this comes last: whoever writes about this line waits for its row
        note_reached(uow, attempt, REACHED[ending], ending.value)


def _talked(attempt: Attempt, now: datetime) -> int:
    """Return how long the call lasted in whole seconds by our own clock, for a line that does not tell it."""
    return int((now - attempt.answered_at).total_seconds()) if attempt.answered_at is not None else 0


def over(uow: UnitOfWork, attempt: Attempt, ending: Ending) -> None:
    """End a call of ours; its incident, attempt and outbound are locked (`lock_attempt`). The ending decides what is
    owed now:

    - the end was reported before, or the call was placed again since: nothing changes;
    - the network could not put the call through: another line tries, or the same line later;
    - we took the call back, or somebody pressed a key: nothing more is owed;
    - in all other cases nobody answered: the purpose of the call decides (`AFTER`).
    """
    owed = attempt.outbound
    reported = attempt.state == attempts.ENDED
    live = owed.state in outbounds.LIVE and not _called_since(uow, attempt)
    attempts.end(attempt, permanent=live and not reported and ending is Ending.UNREACHABLE)
    if reported or not live:
        return
    _owe_next(uow, attempt, ending)
    pacing.let_go(uow, attempt.line)


def _owe_next(uow: UnitOfWork, attempt: Attempt, ending: Ending) -> None:
    owed = attempt.outbound
    if ending in (Ending.UNREACHABLE, Ending.FAILED) and owed.cancel_at is None:
        _try_elsewhere(uow, attempt, ending)
        return
    outbounds.finish_call(uow.db, owed.id)
    if owed.cancel_at is None and not attempt.keyed and ending is not Ending.CANCELLED:
        AFTER.get(owed.purpose, _nothing_more)(uow, owed)


# Whether the network reached the phone, by how a call ended. The other endings say nothing of the line.
REACHED = {
    Ending.COMPLETED: True,
    Ending.BUSY: True,
    Ending.NO_ANSWER: True,
    Ending.REJECTED: True,
    Ending.FAILED: False,
}


def _called_since(uow: UnitOfWork, attempt: Attempt) -> bool:
    """Return whether the call was placed again after this attempt, because nobody knew what had become of it."""
    later = select(Attempt.id).where(Attempt.outbound_id == attempt.outbound_id, Attempt.id > attempt.id).limit(1)
    return uow.db.scalar(later) is not None


def _try_elsewhere(uow: UnitOfWork, attempt: Attempt, ending: Ending) -> None:
    """Owe the call again in a few seconds, on another line if there is one: the line failed, not the person. If every
    line is hopeless for the number, the outbound fails."""
    owed = attempt.outbound
    lines = {line.name for line in pacing.lines_for(uow, owed.kind, owed.purpose, owed.phone)}
    if lines <= attempts.hopeless_lines(uow.db, [owed.id])[owed.id]:
        outbounds.fail(uow.db, Outbound.id == owed.id)
        if owed.alert_id is not None:
            unreachable(uow, owed.alert_id)
    else:
        outbounds.call_again(uow.db, owed.id, uow.now() + AGAIN)


def _alert_unanswered(uow: UnitOfWork, owed: Outbound) -> None:
    """Owe the alert another call after a while, because this one was not answered, was busy, or ended without a key.
    The policy says how many calls one alert gets; after the last one the alert has no answer."""
    alert = uow.db.get(Alert, owed.alert_id) if owed.alert_id is not None else None
    incident = uow.db.get(Incident, owed.incident_id) if owed.incident_id is not None else None
    if alert is None or incident is None or incident.closed or alert.state not in alerts.ASKED or alert.replaced:
        return
    policy = waves.policy_for(uow, incident)
    alert.calls += 1
    if alert.calls < policy.calls:
        due = uow.now() + timedelta(seconds=policy.ring_again)
        uow.db.add(waves.call_of(uow, alert, max(owed.rank, waves.AGAIN_RANK), due, policy))
    else:
        alert_states.move(alert, alerts.NO_ANSWER)
        timeline.record(uow, incident, "no_answer", alert.title)


def _ask_unanswered(uow: UnitOfWork, owed: Outbound) -> None:
    question = uow.db.get(Clarification, owed.ask_id) if owed.ask_id is not None else None
    if question is not None and question.state == clarification_rows.WAITING and owed.tries < ASK_CALLS:
        unit = next(iter(units.desks_at(uow.db, owed.phone)), None)
        clarifications.owe_call(uow, owed.phone, unit, question, timedelta(seconds=45))


def _nothing_more(uow: UnitOfWork, owed: Outbound) -> None:
    """Leave it at this call: silence to a call for proof is a no, and a bundle is told again by the next."""


ASK_CALLS = 3
AFTER: dict[str, Callable[[UnitOfWork, Outbound], None]] = {
    "alert": _alert_unanswered,
    "ask": _ask_unanswered,
    "bundle": lambda uow, owed: None,  # the next minute has a bundle of its own
}


def lost_ends(open_uow: OpenUnitOfWork) -> None:
    """End the calls whose end no carrier reported in time, so that their phones can be rung again. Each call is ended
    in a transaction of its own, because each locks its incident; one that fails is tried again in the next second."""
    with open_uow() as uow:
        newest = [attempt.id for attempt in _late(uow) if not uow.lines.has_one_call(attempt.line)]
    for attempt_id in newest:
        try:
            with open_uow() as uow:
                _lost_end(uow, attempt_id)
        except Exception:  # an error in one call must not stop the others
            log.exception("the end of a call was not written", extra={"attempt_id": attempt_id})


def _late(uow: UnitOfWork) -> list[Attempt]:
    """Return the newest attempt of every call that counts as over by now."""
    newest = (
        select(func.max(Attempt.id)).join(Outbound).where(outbounds.is_over(uow.now())).group_by(Attempt.outbound_id)
    )
    return list(uow.db.scalars(select(Attempt).where(Attempt.id.in_(newest)).order_by(Attempt.outbound_id)))


def _lost_end(uow: UnitOfWork, attempt_id: int) -> None:
    held = lock_attempt(uow.db, attempt_id)
    attempt = held.attempt
    if attempt is not None and _is_late(attempt.outbound, uow.now()):  # else the carrier has reported the end meanwhile
        _end_unreported(uow, attempt)


def _end_unreported(uow: UnitOfWork, attempt: Attempt) -> None:
    owed = attempt.outbound
    attempt.ended_at, attempt.ending = uow.now(), "unreported"
    if attempt.state != attempts.UNKNOWN or owed.unknowns >= MOST_UNKNOWN:
        over(uow, attempt, Ending.NO_ANSWER)
    elif owed.cancel_at is None:  # no carrier ever spoke of that call, and it cannot ring any more: place it once more
        outbounds.call_again(uow.db, owed.id, uow.now())
    else:
        outbounds.finish_call(uow.db, owed.id)
    pacing.let_go(uow, attempt.line)


def rung_out(uow: UnitOfWork) -> list[tuple[int, str, str]]:
    """Return the calls that a telephone has rung for long enough, each as attempt id, line, and its reference: nobody
    but us ends them. Each is returned to one worker, and again after HANGING_UP if that one does not end it."""
    late = {attempt.outbound_id: attempt for attempt in _late(uow) if uow.lines.has_one_call(attempt.line)}
    which = (Outbound.id.in_(list(late)), Outbound.ends_by <= uow.now())
    mine = outbounds.put_off_end(uow.db, uow.now() + HANGING_UP, *which) if late else ()
    return [(late[owed].id, late[owed].line, late[owed].ref) for owed in mine]


def hung_up(uow: UnitOfWork, attempt_id: int, done: bool) -> None:
    """Write the end of a call that we have hung up. It proves nothing, and it counts as over also where the telephone
    did not answer us (not `done`): then its line is tried last for a while."""
    held = lock_attempt(uow.db, attempt_id)
    if held.attempt is not None and held.attempt.outbound.state == outbounds.UNDER_WAY:
        _end_unreported(uow, held.attempt)
        note_request(uow, held.attempt.line, outbounds.CALL, done, "not_hung_up")


def _is_late(owed: Outbound, now: datetime) -> bool:
    return owed.state == outbounds.UNDER_WAY and owed.ends_by is not None and owed.ends_by <= now


def can_call(carrier: Carrier | None) -> TypeGuard[VoiceCarrier]:
    return isinstance(carrier, VoiceCarrier)


def cancellations(uow: UnitOfWork, now: datetime) -> list[tuple[int, str, str]]:
    """Return the calls to take back, each as attempt id, line, and the carrier's reference."""
    wanted = (outbounds.is_taken_back(now), Attempt.ref != "")
    query = select(Attempt.id, Attempt.line, Attempt.ref).join(Outbound).where(*wanted, Attempt.answered_at.is_(None))
    return [(row.id, row.line, row.ref) for row in uow.db.execute(query)]


def cancelled(uow: UnitOfWork, attempt_id: int, done: bool) -> None:
    """Write that a call was taken back (`done`), or that it was too late for that. For a queued call no call-back from
    the carrier comes, so we write its end ourselves."""
    held = lock_attempt(uow.db, attempt_id)
    attempt = held.attempt
    if attempt is None:
        return
    if done and attempt.answered_at is None:
        attempt.ended_at, attempt.ending = uow.now(), Ending.CANCELLED.value
        over(uow, attempt, Ending.CANCELLED)
    attempt.outbound.cancel_at = None if not done else attempt.outbound.cancel_at
