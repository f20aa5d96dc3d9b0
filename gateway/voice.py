"""ROOM: everything that happens on a call. A missed call comes in, an alert call goes out, keys, the call-back bridge.

`heard` takes every event of every call and returns what the phone hears next.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeGuard

from sqlalchemy import select

from gateway import asks, dispatch, inbox, notices, responders, safety, timeline, watch, waves
from gateway.callers import Caller, identify
from gateway.carriers.base import Carrier, VoiceCarrier
from gateway.core import script
from gateway.core.alert_text import AlertFacts
from gateway.core.answers import Reply
from gateway.core.messages import Ask, Bridge, CallEvent, Ending, HangUp, Phase, Reject, Say, Script
from gateway.core.phone import can_reply, key, local
from gateway.desk import Desk
from gateway.models import alert as alerts
from gateway.models import inbound as inbounds
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.ask import Ask as Question
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.outbound import Attempt, Outbound
from gateway.sending import AGAIN, MOST_UNKNOWN, TALK, UNREPORTED, has_left, note_health, note_price, unreachable

log = logging.getLogger(__name__)

LISTEN = timedelta(seconds=90)  # a call in which nobody presses anything is not kept open longer
REJECT: Script = (Reject(),)


def heard(desk: Desk, event: CallEvent) -> Script:
    """An event of a call, ours or theirs; returns the script to answer with."""
    return _incoming(desk, event) if event.incoming else _outgoing(desk, event)


# --- a phone calls us -----------------------------------------------------------------------------------------


def _incoming(desk: Desk, event: CallEvent) -> Script:
    """A verified number's call is a panic, rejected unanswered (free for the caller), also when they hung up first; a
    responder's is a call-back where there is something to call back. One call is one event."""
    phone = key(event.phone, event.region or desk.rules.default_region)
    caller = identify(desk, phone)
    back = _call_back(desk, caller) if caller.responder else None
    row = inbox.keep(desk, line=event.line, kind="call", ref=event.ref, phone=phone, raw=event.raw)
    if back is not None:
        return _called_back(desk, event, back, first=row is not None)
    if row is not None:
        with inbox.handling(desk, row):
            understand(desk, row)
    return REJECT if event.phase is not Phase.ENDED else ()


def understand(desk: Desk, row: Inbound) -> None:
    """A missed call of a verified number is a panic; another is only counted (99 % of hoaxes are one ring)."""
    caller = identify(desk, row.phone)
    row.verified = caller.verified
    if not can_reply(row.phone) or desk.lines.is_own(row.phone):
        return
    if not (caller.verified or caller.desks):
        safety.overhear(desk, row.phone, "", "call")
        return
    if caller.responder and responders.duties(desk, row.phone):
        return  # called us back; nothing to raise
    row.incident_id = dispatch.raise_alarm(desk, caller, "call").id


def again(desk: Desk, row: Inbound) -> None:
    """The sweep's second try at a call that failed; after that the desk hears of the number."""
    with inbox.handling(desk, row):
        understand(desk, row)
    if row.state == inbounds.TO_HUMAN:
        unit = dispatch.unit_by_id(desk, identify(desk, row.phone).unit_id)
        notices.tell_desk(desk, unit, "desk.not_handled", number=local(row.phone))


def _call_back(desk: Desk, caller: Caller) -> responders.Duty | None:
    """What a responder's call is about: the newest they accepted, else the newest they were asked for."""
    mine = responders.duties(desk, caller.phone)
    yes = [duty for duty in mine if duty.alert.state == alerts.ACCEPTED]
    return next(iter(yes or mine), None)


def _called_back(desk: Desk, event: CallEvent, duty: responders.Duty, first: bool) -> Script:
    """A responder rings in: put through to the citizen after a yes, else the alert is read to them."""
    if event.phase is Phase.ENDED:
        return ()
    incident = incidents.lock(desk.db, duty.incident.id)
    if event.phase is Phase.KEY:
        return _pressed(desk, event, incident, duty.alert)
    facts, language = waves.facts(desk, incident, duty.alert), spoken(desk, event.line, duty.alert.language)
    if duty.alert.state != alerts.ACCEPTED:
        return _menu(desk, incident, duty.alert, facts, language)
    if first:
        watch.acted(desk, incident, duty.alert.phone)
        timeline.record(desk, incident, "called_back", duty.alert.title)
    return _through(desk, incident, facts, language)


# --- we call a phone ------------------------------------------------------------------------------------------


def _outgoing(desk: Desk, event: CallEvent) -> Script:
    """An event of a call that we placed, known by our id, else by the carrier's, else by its number and the newest
    attempt under way."""
    attempt = find_attempt(desk, event)
    ref = f"{event.ref}:{event.phase.value}:{event.sequence if event.sequence is not None else event.digits}"
    if event.phase in (Phase.RINGING, Phase.ENDED):  # what must not count twice; the others may be asked again
        row = inbox.keep(desk, line=event.line, kind="event", ref=ref, phone=event.phone, raw=event.raw)
        if row is None:
            return ()
    if attempt is None:
        return (
            ()
            if event.phase is Phase.ENDED
            else (Say(script.nothing_for_you(_any(desk, event)), _any(desk, event)), HangUp())
        )
    has_left(desk, attempt, event.ref)
    return EVENTS[event.phase](desk, event, attempt)


def find_attempt(desk: Desk, event: CallEvent) -> Attempt | None:
    """The attempt that a call event belongs to; None for a call that we know nothing about."""
    if event.attempt is not None:
        attempt = desk.db.get(Attempt, event.attempt, with_for_update=True)
        return attempt if attempt is not None and attempt.line == event.line else None
    mine = select(Attempt).where(Attempt.line == event.line).order_by(Attempt.id.desc()).limit(1)
    mine = mine.with_for_update(of=Attempt)
    known = desk.db.scalar(mine.where(Attempt.ref == event.ref)) if event.ref else None
    if known is not None:
        return known
    live = Outbound.state.in_((outbounds.SENDING, outbounds.UNDER_WAY))
    phone = key(event.phone, event.region or desk.rules.default_region)
    theirs = mine.join(Outbound).where(Outbound.kind == outbounds.CALL, Outbound.phone == phone, live)
    return desk.db.scalar(theirs.where(Attempt.ref.in_(("", event.ref))))


def _ringing(desk: Desk, event: CallEvent, attempt: Attempt) -> Script:
    if attempt.answered_at is None:  # reports may overtake each other
        attempt.outbound.ends_by = desk.now() + UNREPORTED
    return ()


def _answered(desk: Desk, event: CallEvent, attempt: Attempt) -> Script:
    """Somebody or something picked up. That is no yes; they hear what it is about."""
    first = attempt.answered_at is None
    scene = _scene(desk, attempt)  # locks the incident, before anything that belongs to it is written
    attempt.state, attempt.answered_at = outbounds.ANSWERED, attempt.answered_at or desk.now()
    attempt.outbound.ends_by = desk.now() + TALK
    if attempt.outbound.ask_id is not None:
        language = spoken(desk, event.line, desk.rules.default_language)
        return (Ask(script.unclear(language), language),)
    if scene is None:
        return (HangUp(),)
    incident, alert = scene
    if first:
        timeline.record(desk, incident, "picked_up", alert.title)
    return _menu(desk, incident, alert, waves.facts(desk, incident, alert), spoken(desk, event.line, alert.language))


def _key(desk: Desk, event: CallEvent, attempt: Attempt) -> Script:
    if attempt.outbound.ask_id is not None:
        return _ask_key(desk, event, attempt)
    scene = _scene(desk, attempt)
    if scene is None:
        return (HangUp(),)
    incident, alert = scene
    if event.digits[:1] in KEYS:
        attempt.keyed = True
    elif attempt.answered_at is not None and desk.now() - attempt.answered_at > LISTEN:
        language = spoken(desk, event.line, alert.language)
        return (Say(script.no_key(waves.facts(desk, incident, alert), language), language), HangUp())
    return _pressed(desk, event, incident, alert)


def _ask_key(desk: Desk, event: CallEvent, attempt: Attempt) -> Script:
    """The desk hears of a text that nobody answered; 1 = seen."""
    question = desk.db.get(Question, attempt.outbound.ask_id)
    language = spoken(desk, event.line, desk.rules.default_language)
    if event.digits[:1] == "1" and question is not None:
        attempt.keyed = True
        asks.settle(desk, question, attempt.outbound.phone)
        return (HangUp(),)
    late = attempt.answered_at is not None and desk.now() - attempt.answered_at > LISTEN
    return (HangUp(),) if late else (Ask(script.unclear(language), language),)


def _ended(desk: Desk, event: CallEvent, attempt: Attempt) -> Script:
    attempt.ended_at, attempt.ending = desk.now(), (event.ending or Ending.COMPLETED).value
    attempt.seconds = event.seconds or _talked(attempt, desk.now())
    note_price(attempt, event.price)
    over(desk, attempt, event.ending or Ending.COMPLETED)
    return ()


def _talked(attempt: Attempt, now: datetime) -> int:
    """By our own clock, in whole seconds: for a line that does not tell."""
    return int((now - attempt.answered_at).total_seconds()) if attempt.answered_at is not None else 0


EVENTS: dict[Phase, Callable[[Desk, CallEvent, Attempt], Script]] = {
    Phase.RINGING: _ringing,
    Phase.ANSWERED: _answered,
    Phase.KEY: _key,
    Phase.ENDED: _ended,
}


# --- the menu -------------------------------------------------------------------------------------------------


def _menu(desk: Desk, incident: Incident, alert: Alert, facts: AlertFacts, language: str) -> Script:
    """First code, place and keys; the name and the number only after a key, so that a machine never hears them."""
    if incident.closed:
        return (Say(script.closed(facts, language), language), HangUp())
    leader = dispatch.leader_of(desk, incident)
    if leader is not None and not leader.is_desk and leader.id != alert.id:
        return (Ask(script.already_taken(leader.title, facts, language), language),)
    return (Ask(script.first_words(facts, language), language),)


def _pressed(desk: Desk, event: CallEvent, incident: Incident, alert: Alert) -> Script:
    """One key of an alert call; any other repeats the menu."""
    facts, language = waves.facts(desk, incident, alert), spoken(desk, event.line, alert.language)
    reply = KEYS.get(event.digits[:1])
    if incident.closed or reply is None:
        return _menu(desk, incident, alert, facts, language)
    responders.act(desk, responders.Duty(incident, alert), reply)
    if reply is Reply.DECLINE:
        return (Say(script.noted_decline(language), language), HangUp())
    told = Say(script.details(waves.facts(desk, incident, alert), language), language)
    if event.digits[:1] == "2" and may_connect(desk, incident):
        timeline.record(desk, incident, "connected", alert.title)
        return (told, *_through(desk, incident, facts, language))
    return (told, HangUp())


KEYS = {"1": Reply.ACCEPT, "2": Reply.ACCEPT, "0": Reply.DECLINE}  # 9 and any other key: hear it again


def may_connect(desk: Desk, incident: Incident) -> bool:
    """Quiet means that no key and no ring-in makes that phone ring; nor after a PIN, nor while it is in a USSD session
    that has not said yet whether it must be quiet."""
    hushed = incident.hushed_until is not None and incident.hushed_until > desk.now()
    dark = incident.quiet or incident.duress or incident.drill or incident.dismissed_at is not None or hushed
    return incident.ring_back and not dark and can_reply(incident.phone)


def _through(desk: Desk, incident: Incident, facts: AlertFacts, language: str) -> Script:
    if not may_connect(desk, incident):
        return (Say(script.details(facts, language), language), HangUp())
    return (Say(script.connecting(language), language), Bridge(incident.phone))


def spoken(desk: Desk, line: str, language: str) -> str:
    """The language of a call: the officer's where the line has such a voice, else English, else what it has."""
    carrier = desk.lines.named(line)
    voices = carrier.languages if isinstance(carrier, VoiceCarrier) else frozenset({"en"})
    return next((known for known in (language, "en") if known in voices), min(voices, default="en"))


def sorry(line: VoiceCarrier) -> Script:
    """Something of ours broke behind a key press: that it does not count, and what to do instead."""
    language = min(line.languages, key=lambda known: known != "id")
    return (Say(script.failed(language), language),)


def _any(desk: Desk, event: CallEvent) -> str:
    return spoken(desk, event.line, desk.rules.default_language)


def _scene(desk: Desk, attempt: Attempt) -> tuple[Incident, Alert] | None:
    alert_id = attempt.outbound.alert_id
    if alert_id is None:
        return None
    incident = incidents.lock(desk.db, attempt.outbound.incident_id or 0)
    alert = desk.db.get(Alert, alert_id, populate_existing=True)
    return (incident, alert) if alert is not None else None


# --- after a call ---------------------------------------------------------------------------------------------


def over(desk: Desk, attempt: Attempt, ending: Ending) -> None:
    """A call of ours is over: what is owed now depends on how it ended."""
    owed = attempt.outbound
    if owed.incident_id is not None:  # as everywhere: the incident before what belongs to it
        incidents.lock(desk.db, owed.incident_id)
        desk.db.refresh(owed)
    live = owed.state in (outbounds.SENDING, outbounds.UNDER_WAY) and not _called_since(desk, attempt)
    if attempt.state == outbounds.ENDED or not live:
        attempt.state = outbounds.ENDED
        return
    attempt.state = outbounds.PERMANENT if ending is Ending.UNREACHABLE else outbounds.ENDED
    if ending in (Ending.UNREACHABLE, Ending.FAILED) and owed.cancel_at is None:
        _try_elsewhere(desk, attempt, ending)
        return
    owed.state = outbounds.DONE
    if owed.cancel_at is None and not attempt.keyed and ending is not Ending.CANCELLED:
        AFTER[owed.purpose](desk, owed)


def _called_since(desk: Desk, attempt: Attempt) -> bool:
    """Whether this end is of a call that nobody knew of any more, so that it was placed again."""
    later = select(Attempt.id).where(Attempt.outbound_id == attempt.outbound_id, Attempt.id > attempt.id).limit(1)
    return desk.db.scalar(later) is not None


def _try_elsewhere(desk: Desk, attempt: Attempt, ending: Ending) -> None:
    """The network could not: the line failed, not the person. Another line, or this one in a few seconds."""
    owed = attempt.outbound
    desk.db.flush()
    never = select(Attempt.line).where(Attempt.outbound_id == owed.id, Attempt.state == outbounds.PERMANENT)
    if {line.name for line in desk.lines.for_calls(owed.phone)} <= set(desk.db.scalars(never)):
        owed.state = outbounds.FAILED
        if owed.alert_id is not None:
            unreachable(desk, owed.alert_id)
    else:
        owed.state, owed.claimed_by, owed.due_at = outbounds.OWED, None, desk.now() + AGAIN
    note_health(desk, attempt.line, outbounds.CALL, ending is Ending.UNREACHABLE, ending.value)


def _alert_unanswered(desk: Desk, owed: Outbound) -> None:
    """Not answered, busy, or answered without a key: again after a while, so many times per alert."""
    alert = desk.db.get(Alert, owed.alert_id) if owed.alert_id is not None else None
    incident = desk.db.get(Incident, owed.incident_id) if owed.incident_id is not None else None
    if alert is None or incident is None or incident.closed or alert.state not in alerts.ASKED or alert.replaced:
        return
    policy = waves.policy_for(desk, incident)
    alert.calls += 1
    if alert.calls < policy.calls:
        due = desk.now() + timedelta(seconds=policy.ring_again)
        desk.db.add(waves.call_of(desk, alert, owed.rank, due))
    else:
        alert.state = alerts.NO_ANSWER
        timeline.record(desk, incident, "no_answer", alert.title)


def _ask_unanswered(desk: Desk, owed: Outbound) -> None:
    question = desk.db.get(Question, owed.ask_id) if owed.ask_id is not None else None
    if question is not None and question.answered_at is None and owed.tries < ASK_CALLS:
        asks.owe_call(desk, question, owed.phone, timedelta(seconds=45))


ASK_CALLS = 3
AFTER: dict[str, Callable[[Desk, Outbound], None]] = {"alert": _alert_unanswered, "ask": _ask_unanswered}


def lost_ends(desk: Desk) -> None:
    """Calls whose end no carrier reported in time: over, so that the phone can be rung again."""
    late = (Outbound.kind == outbounds.CALL, Outbound.state == outbounds.UNDER_WAY, Outbound.ends_by <= desk.now())
    query = (
        select(Attempt).join(Outbound).where(*late).order_by(Attempt.id).with_for_update(skip_locked=True, of=Attempt)
    )
    newest = {attempt.outbound_id: attempt for attempt in desk.db.scalars(query)}
    for attempt in newest.values():
        attempt.ended_at, attempt.ending = desk.now(), "unreported"
        if attempt.state == outbounds.UNKNOWN and attempt.outbound.unknowns < MOST_UNKNOWN:
            _place_again(desk, attempt.outbound)
        else:
            over(desk, attempt, Ending.NO_ANSWER)


def _place_again(desk: Desk, owed: Outbound) -> None:
    """Nobody ever heard of that call, and it can ring no more: once more, unless it was taken back meanwhile."""
    owed.claimed_by, owed.due_at = None, desk.now()
    owed.state = outbounds.OWED if owed.cancel_at is None else outbounds.DONE


def can_call(carrier: Carrier | None) -> TypeGuard[VoiceCarrier]:
    return isinstance(carrier, VoiceCarrier)


def cancellations(desk: Desk, now: datetime) -> list[tuple[int, str, str]]:
    """Calls to take back: attempt id, line, the carrier's ref."""
    wanted = (Outbound.cancel_at <= now, Outbound.state == outbounds.UNDER_WAY, Attempt.ref != "")
    query = select(Attempt.id, Attempt.line, Attempt.ref).join(Outbound).where(*wanted, Attempt.answered_at.is_(None))
    return [(row.id, row.line, row.ref) for row in desk.db.execute(query)]


def cancelled(desk: Desk, attempt_id: int, done: bool) -> None:
    """We took a call back (for a queued one no callback comes, so we write the end ourselves), or it was too late."""
    attempt = desk.db.get(Attempt, attempt_id, with_for_update=True)
    if attempt is None:
        return
    if done and attempt.answered_at is None:
        attempt.ended_at, attempt.ending = desk.now(), Ending.CANCELLED.value
        over(desk, attempt, Ending.CANCELLED)
    attempt.outbound.cancel_at = None if not done else attempt.outbound.cancel_at
