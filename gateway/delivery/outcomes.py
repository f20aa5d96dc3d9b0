"""Turn a carrier's answer or report into the state of the outbound, of its alert, and the health of the line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select

from gateway import dispatch
from gateway.core import line_health
from gateway.core.line_health import LOOKS_BACK, Evidence
from gateway.core.messages import Price, Sent
from gateway.core.policy import Policy
from gateway.models import alert as alerts
from gateway.models import alert_states
from gateway.models import attempt as attempts
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models import worker as workers
from gateway.models.alert import Alert
from gateway.models.attempt import Attempt
from gateway.models.base import the_only
from gateway.models.outbound import Outbound
from gateway.models.worker import LineHealth
from gateway.unit_of_work import UnitOfWork

AGAIN = timedelta(seconds=3)  # an outbound that every line refused for a passing reason is tried again after this
# The two times of a call hold for one that rings the default time; `while_ringing` adds what another rings longer.
CALL_AGAIN = timedelta(
    seconds=30
)  # a call of unknown fate may be ringing; only after that does its line place it again
CALL_ELSEWHERE = timedelta(seconds=8)  # another line places it after this: if the first call rings, the second is busy
MOST_UNKNOWN = 2  # nobody may know at most so many times whether an outbound left
UNREPORTED = timedelta(seconds=60)  # a call whose end nobody reports by then is over
TALK = timedelta(minutes=11)  # the longest call; then its phone is free again


def note_answer(uow: UnitOfWork, line: str, kind: str, sent: Sent) -> None:
    """Write what a carrier's answer to a request says of the line, if anything (gateway.core.line_health)."""
    evidence = line_health.of_answer(sent)
    if evidence is not Evidence.NOTHING:
        note_request(uow, line, kind, evidence is Evidence.WELL, sent.code)


def note_request(uow: UnitOfWork, line: str, kind: str, good: bool, code: str = "") -> None:
    """Write whether a real request went well."""
    if uow.lines.note(line, kind, good, uow.now()):
        _write_health(uow, line, kind, good, code)


def note_reached(uow: UnitOfWork, attempt: Attempt, arrived: bool, code: str = "") -> None:
    """Write whether the network reached the phone of this locked attempt: only many numbers together say something of
    the line. What other processes were told counts with it."""
    attempt.reached, now, kind = arrived, uow.now(), attempt.outbound.kind
    row = uow.db.scalar(workers.of_line(attempt.line, kind))
    failing = row is not None and row.reaches_few(now)
    if arrived and not failing:
        return
    fails = line_health.is_failing(attempts.reports(uow.db, attempt.line, kind, now - LOOKS_BACK), now, failing)
    if fails or failing:
        health = _locked_health(uow, attempt.line, kind)
        health.reported_at = now if fails else None
        health.code = code[:60] if fails else health.code


def _write_health(uow: UnitOfWork, line: str, kind: str, good: bool, code: str) -> None:
    """Write how a request went, where that is news; the last error is kept for people who look for it later."""
    row = _locked_health(uow, line, kind)
    if good:
        row.good_at = uow.now()
    else:
        row.bad_at, row.code = uow.now(), code[:60]


def _locked_health(uow: UnitOfWork, line: str, kind: str) -> LineHealth:
    return the_only(uow.db, workers.of_line(line, kind).with_for_update(), LineHealth(line=line, kind=kind))


def note_price(attempt: Attempt, price: Price | None) -> None:
    """Write the price of this attempt, if the carrier tells it."""
    if price is not None:
        attempt.price_micros, attempt.currency = price.micros, price.currency


def has_left(uow: UnitOfWork, attempt: Attempt, ref: str = "") -> None:
    """Write that the carrier itself speaks of this locked attempt, so it has the text or call. A text whose outcome was
    unknown then needs no second try."""
    attempt.ref = attempt.ref or ref
    doubted = attempt.state == attempts.UNKNOWN
    attempts.hand_over(attempt)
    if doubted:
        outbounds.prove(uow.db, Outbound.id == attempt.outbound_id, Outbound.kind == outbounds.TEXT)


def while_ringing(wait: timedelta, ring_seconds: int | None) -> timedelta:
    """Return `wait`, made longer by as much as a call that rings `ring_seconds` (None: the default time) rings longer
    than the default, so that no second call is placed to a phone that still rings. For a short call `wait` is not made
    shorter: some carriers choose the time themselves."""
    return wait + timedelta(seconds=max(0, (ring_seconds or Policy.ring) - Policy.ring))


def handed_over(uow: UnitOfWork, outbound_id: int, kind: str, ring_seconds: int | None, line: str = "") -> None:
    """Write that the carrier has it. A text is done, and its alert sent; a call is under way, and `ring_seconds`
    decides when it counts as over if nobody reports its end, or when we hang up a telephone that rings."""
    if kind == outbounds.CALL:
        rings = timedelta(seconds=ring_seconds or Policy.ring)
        wait = rings if uow.lines.has_one_call(line) else while_ringing(UNREPORTED, ring_seconds)
        outbounds.hand_over_call(uow.db, outbound_id, uow.now() + wait)
        return
    alert_id = outbounds.hand_over_text(uow.db, outbound_id)
    if alert_id is not None:
        raise_alert(uow, alert_id, alerts.SENT)


def raise_alert(uow: UnitOfWork, alert_id: int, state: str) -> None:
    """Move an alert forward after a receipt; never back, and never over a human's answer."""
    alert_states.move_all(uow.db, state, Alert.id == alert_id)


def doubtful(uow: UnitOfWork, row: Outbound) -> bool:
    """Write that nobody knows whether this locked outbound left. Return whether it must leave once more now: this is so
    for a text whose outcome is unknown for the first time, because twice is better than never, but three times is not
    (docs/adr/0003). A call's phone counts as ringing until the call must be over (`call_results.lost_ends`)."""
    if row.state != outbounds.SENDING:
        return False
    row.unknowns += 1
    if row.kind == outbounds.CALL:
        outbounds.hand_over_call(uow.db, row.id, uow.now() + _wait_for_doubtful_call(uow, row))
        return False
    if row.unknowns < MOST_UNKNOWN:
        return True
    handed_over(uow, row.id, row.kind, row.ring_seconds)
    return False


def _wait_for_doubtful_call(uow: UnitOfWork, row: Outbound) -> timedelta:
    """Return how long the phone of a call that may have left counts as ringing."""
    if row.unknowns >= MOST_UNKNOWN:
        return while_ringing(UNREPORTED, row.ring_seconds)
    used = attempts.hopeless_lines(uow.db, [row.id])[row.id] | attempts.doubts(uow.db, [row.id])[row.id].keys()
    another = any(line.name not in used for line in uow.lines.for_calls(row.phone))
    return CALL_ELSEWHERE if another else while_ringing(CALL_AGAIN, row.ring_seconds)


def may_ring(uow: UnitOfWork, outbound_ids: Sequence[int], ring_seconds: int | None) -> Mapping[int, set[str]]:
    """Return for each of these calls the lines that may still be ringing its phone, because nobody knows what has
    become of their call: until it can ring no more they place none again."""
    until = uow.now() - while_ringing(CALL_AGAIN, ring_seconds)
    doubts = attempts.doubts(uow.db, outbound_ids)
    return {owed: {line for line, since in doubts[owed].items() if since > until} for owed in outbound_ids}


def unreachable(uow: UnitOfWork, alert_id: int) -> None:
    """Take an alert whose number neither texts nor calls can ever reach for a no."""
    alert = uow.db.get(Alert, alert_id)
    if alert is None:
        return
    incident = incidents.lock(uow.db, alert.incident_id)
    uow.db.refresh(alert)
    hopeless = (outbounds.FAILED, outbounds.CALLED_OFF)
    query = select(Outbound.id).where(
        Outbound.alert_id == alert_id, Outbound.purpose == "alert", Outbound.state.not_in(hopeless)
    )
    if uow.db.scalar(query.limit(1)) is None and alert_states.move(alert, alerts.FAILED):
        dispatch.go_on_if_exhausted(uow, incident)
