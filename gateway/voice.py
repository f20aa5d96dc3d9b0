"""ROOM: handle everything on a call: a missed call that comes in, an alert call that goes out, its keys, the call-back.

`heard` takes every event of every call and returns the script that the phone hears next.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from gateway import dispatch, notices
from gateway.carriers.base import VoiceCarrier
from gateway.core.clocks import LeaderAct
from gateway.core.defaults import LANGUAGE
from gateway.core.messages import Ask, CallEvent, HangUp, Phase, Reject, Say, Script
from gateway.core.phone import can_reply, key, local
from gateway.core.sentences import script
from gateway.core.sentences.phrases import say
from gateway.core.words.answers import Reply
from gateway.core.words.reading import NOTHING
from gateway.delivery import call_results
from gateway.delivery.outcomes import TALK, UNREPORTED, has_left, while_ringing
from gateway.identity.callers import Caller, identify
from gateway.inbound import in_tray
from gateway.incidents import leading, timeline, waves
from gateway.models import alert as alerts
from gateway.models import attempt as attempts
from gateway.models import heard_phone
from gateway.models import inbound as inbounds
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.attempt import Attempt
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.locking import Locked, lock, lock_attempt, lock_clarification
from gateway.models.outbound import Outbound
from gateway.register import phone_checks
from gateway.responses import (
    alert_menu,
    help_texts,
    officer_replies,
    pin_cancel,
    proof_calls,
    ring_backs,
    synthetic_panics,
    uncertain_calls,
)
from gateway.responses.officer_acts import Duty
from gateway.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

LISTEN = timedelta(seconds=90)  # a call in which nobody presses anything is not kept open longer
REJECT: Script = (Reject(),)


def heard(uow: UnitOfWork, event: CallEvent) -> Script:
    """Take an event of a call, ours or theirs; return the script to answer with."""
    return _incoming(uow, event) if event.incoming else _outgoing(uow, event)


# --- a phone calls us -----------------------------------------------------------------------------------------


def _incoming(uow: UnitOfWork, event: CallEvent) -> Script:
    """Handle a call that comes in. A responder who was alerted for an incident, or accepted one, calls back about it. A
    verified number's call is a panic, also if the caller hung up first; it is rejected unanswered, which is free for
    the caller. All events of one call count as one panic."""
    phone = key(event.phone, event.region or uow.settings.default_region)
    caller = identify(uow, phone)
    back = _call_back(uow, caller) if caller.responder else None
    row = in_tray.keep(uow, line=event.line, kind="call", ref=event.ref, phone=phone, raw=event.raw)
    if row is not None and synthetic_panics.rings_in(uow, event.line, phone):
        row.state, row.verified = inbounds.HANDLED, True
        return REJECT
    if back is not None:
        return _called_back(uow, event, back, first=row is not None)
    if row is not None:
        with in_tray.handling(uow, row):
            understand(uow, row)
    if event.phase is Phase.KEY:  # the incident that a responder called back about is over meanwhile
        return (Say(script.nothing_for_you(_any(uow, event)), _any(uow, event)), HangUp())
    return REJECT if event.phase is not Phase.ENDED else ()


def understand(uow: UnitOfWork, row: Inbound) -> None:
    """Take a verified number's missed call for a panic, unless a responder calls back. A call of an unknown number is
    only counted (99 % of hoaxes are one ring), unless its phone believes that an incident of its own is open."""
    caller = identify(uow, row.phone)
    row.verified = caller.verified
    if not can_reply(row.phone) or uow.lines.is_own(row.phone):
        return
    if not (caller.verified or caller.desks) and incidents.lock_seen_of(uow.db, row.phone) is None:
        pin_cancel.overhear(uow, row.phone, NOTHING, "call")
        return
    if caller.responder and officer_replies.duties(uow, row.phone):
        return  # a responder who calls back raises nothing
    row.incident_id = dispatch.raise_alarm(uow, caller, "call").id


def again(uow: UnitOfWork, row: Inbound) -> None:
    """Try a call that failed a second time, for the sweep; if it fails again, the desk is told the number."""
    uow.came_at = row.received_at
    with in_tray.handling(uow, row):
        understand(uow, row)
    if row.state == inbounds.TO_HUMAN:
        unit = units.by_id(uow.db, identify(uow, row.phone).unit_id)
        notices.tell_desk(uow, unit, "desk.not_handled", asker=row.phone, number=local(row.phone))


def _call_back(uow: UnitOfWork, caller: Caller) -> Duty | None:
    """Return the incident that a responder's call is about: the newest that they accepted, else the newest that they
    were alerted for, else None."""
    mine = officer_replies.duties(uow, caller.phone)
    yes = [duty for duty in mine if duty.alert.state == alerts.ACCEPTED]
    return next(iter(yes or mine), None)


def _called_back(uow: UnitOfWork, event: CallEvent, duty: Duty, first: bool) -> Script:
    """Answer a responder who calls back: after a yes they are put through to the citizen, else the alert is read to
    them."""
    if event.phase is Phase.ENDED:
        return ()
    incident = incidents.lock(uow.db, duty.incident.id)
    if event.phase is Phase.KEY:
        began = inbounds.came_at(uow.db, event.line, "call", event.ref)
        return _tired(uow, event, incident, duty.alert, began) or alert_menu.pressed(uow, event, incident, duty.alert)
    facts, language = waves.facts(uow, incident, duty.alert), alert_menu.spoken(uow, event.line, duty.alert.language)
    if duty.alert.state != alerts.ACCEPTED:
        return alert_menu.menu(uow, incident, duty.alert, facts, language, by_us=False)
    if duty.alert.proven_at is None:
        return ring_backs.ring(uow, incident, duty.alert, language)
    if first:
        leading.leader_acts(uow, incident, duty.alert.phone, LeaderAct.CALLED_BACK)
        timeline.record(uow, incident, "called_back", duty.alert.title)
    if facts.offers_text:
        return alert_menu.in_touch(uow, duty, facts, language, first)
    return alert_menu.through(uow, incident, facts, language)


# --- we call a phone ------------------------------------------------------------------------------------------


def _outgoing(uow: UnitOfWork, event: CallEvent) -> Script:
    """Handle an event of a call that we placed. The attempt is found by our id, else by the carrier's, else as the
    newest attempt under way to that number."""
    ref = f"{event.ref}:{event.phase.value}:{event.sequence if event.sequence is not None else event.digits}"
    if event.phase in (Phase.RINGING, Phase.ENDED):  # these must not count twice; the carrier may repeat the others
        row = in_tray.keep(uow, line=event.line, kind="event", ref=ref, phone=event.phone, raw=event.raw)
        if row is None:
            return ()
    held = _locked(uow, event)
    attempt = held.attempt if held is not None else None
    if attempt is None:
        return () if event.phase in (Phase.ENDED, Phase.RINGING) else _unknown(uow, event)
    has_left(uow, attempt, event.ref)
    return EVENTS[event.phase](uow, event, attempt)


def _unknown(uow: UnitOfWork, event: CallEvent) -> Script:
    """Answer a call of ours of which there is no row. One that was placed while the database was away is about the
    incident that has come of it since."""
    caller = identify(uow, key(event.phone, event.region or uow.settings.default_region))
    back = _call_back(uow, caller) if event.attempt == 0 and caller.responder else None
    if back is not None:
        return _called_back(uow, event, back, first=False)
    return (Say(script.nothing_for_you(_any(uow, event)), _any(uow, event)), HangUp())


def _locked(uow: UnitOfWork, event: CallEvent) -> Locked | None:
    """Return the attempt that a call event belongs to, locked with its incident and outbound; None for a call that we
    do not know. While a phone only rings, the incident is not locked: many phones ring at once, and ringing changes
    nothing in it."""
    attempt_id = attempts.find(uow.db, event.line, event.attempt, event.ref) or _newest_to(uow, event)
    if attempt_id is None:
        return None
    rings = event.phase is Phase.RINGING
    held = lock(uow.db, attempts=Attempt.id == attempt_id) if rings else lock_attempt(uow.db, attempt_id)
    return held if held.attempt is not None and held.attempt.line == event.line else None


def _newest_to(uow: UnitOfWork, event: CallEvent) -> int | None:
    """Return the id of the newest call under way to this number on this line, for a carrier that does not tell us our
    own id. A telephone tells no id of its calls, and has one at a time."""
    if event.attempt is not None:
        return None
    phone = key(event.phone, event.region or uow.settings.default_region)
    live = (Outbound.kind == outbounds.CALL, Outbound.phone == phone, Outbound.state.in_(outbounds.LIVE))
    query = select(Attempt.id).join(Outbound).where(Attempt.line == event.line, *live)
    if not uow.lines.has_one_call(event.line):
        query = query.where(Attempt.ref.in_(("", event.ref)))
    return uow.db.scalar(query.order_by(Attempt.id.desc()).limit(1))


def _ringing(uow: UnitOfWork, event: CallEvent, attempt: Attempt) -> Script:
    if attempt.answered_at is None:  # a report of ringing may come after that of the answer
        attempt.outbound.ends_by = uow.now() + while_ringing(UNREPORTED, attempt.outbound.ring_seconds)
    return ()


def _answered(uow: UnitOfWork, event: CallEvent, attempt: Attempt) -> Script:
    """Answer somebody or something that picked up: this is no yes; they hear what the call is about."""
    first = attempt.answered_at is None
    scene = _scene(uow, attempt)
    attempts.pick_up(attempt, uow.now())
    attempt.outbound.ends_by = uow.now() + TALK
    if attempt.outbound.ask_id is not None:
        language = alert_menu.spoken(uow, event.line, uow.settings.default_language)
        return (_about_texts(attempt, language),)
    if attempt.outbound.purpose == outbounds.PROOF:
        return proof_calls.asks(uow, event, attempt.outbound)
    if attempt.outbound.purpose == outbounds.PHONE_TEST:
        return phone_checks.asks(uow, event, attempt.outbound)
    if scene is None:
        return (HangUp(),)
    incident, alert = scene
    if first:
        timeline.record(uow, incident, "picked_up", alert.title)
    language = alert_menu.spoken(uow, event.line, alert.language)
    return alert_menu.menu(uow, incident, alert, waves.facts(uow, incident, alert), language)


def _key(uow: UnitOfWork, event: CallEvent, attempt: Attempt) -> Script:
    """Answer a key on a call that we placed; one that counts proves the phone."""
    said = _take_key(uow, event, attempt)
    if attempt.keyed:
        heard_phone.by_call(uow.db, attempt.outbound.phone, attempt.line, uow.now())
    return said


def _take_key(uow: UnitOfWork, event: CallEvent, attempt: Attempt) -> Script:
    if attempt.outbound.ask_id is not None:
        return _ask_key(uow, event, attempt)
    if attempt.outbound.purpose == outbounds.PROOF:
        return proof_calls.pressed(uow, event, attempt, late=_listened(uow, attempt))
    if attempt.outbound.purpose == outbounds.PHONE_TEST:
        return phone_checks.pressed(uow, event, attempt, late=_listened(uow, attempt))
    scene = _scene(uow, attempt)
    if scene is None:
        return (HangUp(),)
    incident, alert = scene
    if event.digits[:1] in alert_menu.KEYS:
        attempt.keyed = True
        help_texts.acted(uow, alert.phone)
        if alert_menu.KEYS[event.digits[:1]] is not Reply.DECLINE:
            _heard_how_many(uow, incident, attempt.outbound)
    return _tired(uow, event, incident, alert, attempt.answered_at) or alert_menu.pressed(uow, event, incident, alert)


def _heard_how_many(uow: UnitOfWork, incident: Incident, owed: Outbound) -> None:
    """Let the calls about the other incidents that wait for this phone come later: a human has taken this one, and has
    heard how many wait. None is dropped. After a no the next one rings at once, and after a call that nobody took too,
    because a machine may have picked up."""
    later = uow.now() + timedelta(seconds=waves.policy_for(uow, incident).ring_again)
    outbounds.put_off(uow.db, later, Outbound.phone == owed.phone, Outbound.incident_id != incident.id)


def _tired(uow: UnitOfWork, event: CallEvent, incident: Incident, alert: Alert, since: datetime | None) -> Script:
    """Return the script that ends a call in which nobody has pressed a key that counts since `since`; return an empty
    script while the call may go on."""
    if event.digits[:1] in alert_menu.KEYS or since is None or uow.now() - since <= LISTEN:
        return ()
    language = alert_menu.spoken(uow, event.line, alert.language)
    return (Say(script.no_key(waves.facts(uow, incident, alert), language), language), HangUp())


def _ask_key(uow: UnitOfWork, event: CallEvent, attempt: Attempt) -> Script:
    """Handle a key in a call to a desk about an uncertain call: emergency, no emergency, or "I look"."""
    call = lock_clarification(uow.db, attempt.outbound.ask_id)
    language = alert_menu.spoken(uow, event.line, uow.settings.default_language)
    said = uncertain_calls.KEYS.get(event.digits[:1]) if attempt.outbound.purpose == "ask" else None
    if said is not None and call is not None:
        attempt.keyed = True
        unit = next(iter(units.desks_at(uow.db, attempt.outbound.phone)), None)
        uncertain_calls.answer(uow, unit.name if unit is not None else attempt.outbound.phone, call, said)
        return (Say(script.unclear_noted(language), language), HangUp())
    return (HangUp(),) if _listened(uow, attempt) else (_about_texts(attempt, language),)


def _listened(uow: UnitOfWork, attempt: Attempt) -> bool:
    """Return whether somebody has listened for LISTEN without a key that counts."""
    return attempt.answered_at is not None and uow.now() - attempt.answered_at > LISTEN


def _about_texts(attempt: Attempt, language: str) -> Ask:
    """Return what a call about one uncertain call, or about a bundle of them, asks."""
    return Ask(script.unclear(language, bundle=attempt.outbound.purpose == "bundle"), language)


def _ended(uow: UnitOfWork, event: CallEvent, attempt: Attempt) -> Script:
    call_results.note(uow, event, attempt)
    return ()


EVENTS: dict[Phase, Callable[[UnitOfWork, CallEvent, Attempt], Script]] = {
    Phase.RINGING: _ringing,
    Phase.ANSWERED: _answered,
    Phase.KEY: _key,
    Phase.ENDED: _ended,
}


def sorry(line: VoiceCarrier) -> Script:
    """Return the script for a key press behind which something of ours broke: the key does not count, and what to do
    instead."""
    language = min(line.languages, key=lambda known: known != "id", default=LANGUAGE)
    return (Say(script.failed(language), language),)


def meanwhile(line: VoiceCarrier) -> Script:
    """Return the script for a call that was placed while the database was away, and is answered while it still is."""
    language = min(line.languages, key=lambda known: known != "id")
    return (Say(say("voice.outage", language), language),)


def _any(uow: UnitOfWork, event: CallEvent) -> str:
    return alert_menu.spoken(uow, event.line, uow.settings.default_language)


def _scene(uow: UnitOfWork, attempt: Attempt) -> tuple[Incident, Alert] | None:
    """Return the incident and the alert that a call is about, or None; `_locked` has locked the incident."""
    alert_id = attempt.outbound.alert_id
    if alert_id is None:
        return None
    incident = uow.db.get_one(Incident, attempt.outbound.incident_id)
    alert = uow.db.get(Alert, alert_id, populate_existing=True)
    if alert is not None and alert.replaced:  # the phone was asked anew while this call was running
        alert = alerts.newest_for(uow.db, incident.id, alert.phone)
    return (incident, alert) if alert is not None and not alert.barred else None
