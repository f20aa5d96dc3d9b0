"""ROOM: everything that happens on a call. A missed call comes in, an alert call goes out, keys, the call-back bridge.

`heard` takes every event of every call and returns what the phone hears next.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from gateway import dispatch, notices
from gateway.carriers.base import VoiceCarrier
from gateway.core.clocks import LeaderAct
from gateway.core.messages import Ask, Bridge, CallEvent, HangUp, Phase, Reject, Say, Script
from gateway.core.phone import can_reply, key, local
from gateway.core.reachability import Way
from gateway.core.sentences import script
from gateway.core.sentences.alert_text import AlertFacts
from gateway.core.words.answers import Reply
from gateway.core.words.reading import NOTHING
from gateway.delivery import call_results
from gateway.delivery.outcomes import TALK, UNREPORTED, has_left, while_ringing
from gateway.identity import reachability
from gateway.identity.callers import Caller, identify
from gateway.inbound import clarifications, in_tray
from gateway.incidents import leading, timeline, waves
from gateway.models import alert as alerts
from gateway.models import attempt as attempts
from gateway.models import inbound as inbounds
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.attempt import Attempt
from gateway.models.clarification import Clarification
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.locking import Locked, lock, lock_attempt
from gateway.models.outbound import Outbound
from gateway.responses import officer_replies, pin_cancel
from gateway.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

LISTEN = timedelta(seconds=90)  # a call in which nobody presses anything is not kept open longer
REJECT: Script = (Reject(),)


def heard(uow: UnitOfWork, event: CallEvent) -> Script:
    """An event of a call, ours or theirs; returns the script to answer with."""
    return _incoming(uow, event) if event.incoming else _outgoing(uow, event)


# --- a phone calls us -----------------------------------------------------------------------------------------


def _incoming(uow: UnitOfWork, event: CallEvent) -> Script:
    """A verified number's call is a panic, rejected unanswered (free for the caller), also when they hung up first; a
    responder's is a call-back where there is something to call back. One call is one event."""
    phone = key(event.phone, event.region or uow.settings.default_region)
    caller = identify(uow, phone)
    back = _call_back(uow, caller) if caller.responder else None
    row = in_tray.keep(uow, line=event.line, kind="call", ref=event.ref, phone=phone, raw=event.raw)
    if back is not None:
        return _called_back(uow, event, back, first=row is not None)
    if row is not None:
        with in_tray.handling(uow, row):
            understand(uow, row)
    if event.phase is Phase.KEY:  # they were asked, and it is over meanwhile
        return (Say(script.nothing_for_you(_any(uow, event)), _any(uow, event)), HangUp())
    return REJECT if event.phase is not Phase.ENDED else ()


def understand(uow: UnitOfWork, row: Inbound) -> None:
    """A missed call of a verified number is a panic; another is only counted (99 % of hoaxes are one ring)."""
    caller = identify(uow, row.phone)
    row.verified = caller.verified
    if not can_reply(row.phone) or uow.lines.is_own(row.phone):
        return
    if not (caller.verified or caller.desks) and incidents.lock_seen_of(uow.db, row.phone) is None:
        pin_cancel.overhear(uow, row.phone, NOTHING, "call")
        return
    if caller.responder and officer_replies.duties(uow, row.phone):
        return  # called us back; nothing to raise
    row.incident_id = dispatch.raise_alarm(uow, caller, "call").id


def again(uow: UnitOfWork, row: Inbound) -> None:
    """The sweep's second try at a call that failed; after that the desk hears of the number."""
    with in_tray.handling(uow, row):
        understand(uow, row)
    if row.state == inbounds.TO_HUMAN:
        unit = units.by_id(uow.db, identify(uow, row.phone).unit_id)
        notices.tell_desk(uow, unit, "desk.not_handled", number=local(row.phone))


def _call_back(uow: UnitOfWork, caller: Caller) -> officer_replies.Duty | None:
    """What a responder's call is about: the newest they accepted, else the newest they were asked for."""
    mine = officer_replies.duties(uow, caller.phone)
    yes = [duty for duty in mine if duty.alert.state == alerts.ACCEPTED]
    return next(iter(yes or mine), None)


def _called_back(uow: UnitOfWork, event: CallEvent, duty: officer_replies.Duty, first: bool) -> Script:
    """A responder rings in: put through to the citizen after a yes, else the alert is read to them."""
    if event.phase is Phase.ENDED:
        return ()
    incident = incidents.lock(uow.db, duty.incident.id)
    if event.phase is Phase.KEY:
        began = inbounds.came_at(uow.db, event.line, "call", event.ref)
        return _tired(uow, event, incident, duty.alert, began) or _pressed(uow, event, incident, duty.alert)
    facts, language = waves.facts(uow, incident, duty.alert), spoken(uow, event.line, duty.alert.language)
    if duty.alert.state != alerts.ACCEPTED:
        return _menu(uow, incident, duty.alert, facts, language)
    if first:
        leading.leader_acts(uow, incident, duty.alert.phone, LeaderAct.CALLED_BACK)
        timeline.record(uow, incident, "called_back", duty.alert.title)
    return _through(uow, incident, facts, language)


# --- we call a phone ------------------------------------------------------------------------------------------


def _outgoing(uow: UnitOfWork, event: CallEvent) -> Script:
    """An event of a call that we placed, known by our id, else by the carrier's, else by its number and the newest
    attempt under way."""
    ref = f"{event.ref}:{event.phase.value}:{event.sequence if event.sequence is not None else event.digits}"
    if event.phase in (Phase.RINGING, Phase.ENDED):  # what must not count twice; the others may be asked again
        row = in_tray.keep(uow, line=event.line, kind="event", ref=ref, phone=event.phone, raw=event.raw)
        if row is None:
            return ()
    held = _locked(uow, event)
    attempt = held.attempt if held is not None else None
    if attempt is None:
        return (
            ()
            if event.phase is Phase.ENDED
            else (Say(script.nothing_for_you(_any(uow, event)), _any(uow, event)), HangUp())
        )
    has_left(uow, attempt, event.ref)
    return EVENTS[event.phase](uow, event, attempt)


def _locked(uow: UnitOfWork, event: CallEvent) -> Locked | None:
    """The attempt that a call event belongs to, with its incident and outbound; None for a call that we know nothing
    about. A phone that only rings locks no incident: many ring at once, and nothing of the incident changes by it."""
    attempt_id = attempts.find(uow.db, event.line, event.attempt, event.ref) or _newest_to(uow, event)
    if attempt_id is None:
        return None
    rings = event.phase is Phase.RINGING
    held = lock(uow.db, attempts=Attempt.id == attempt_id) if rings else lock_attempt(uow.db, attempt_id)
    return held if held.attempt is not None and held.attempt.line == event.line else None


def _newest_to(uow: UnitOfWork, event: CallEvent) -> int | None:
    """The id of the newest call under way to this number on this line, for a carrier that tells us no id of ours."""
    if event.attempt is not None:
        return None
    phone = key(event.phone, event.region or uow.settings.default_region)
    live = (Outbound.kind == outbounds.CALL, Outbound.phone == phone, Outbound.state.in_(outbounds.LIVE))
    query = select(Attempt.id).join(Outbound).where(Attempt.line == event.line, *live)
    return uow.db.scalar(query.where(Attempt.ref.in_(("", event.ref))).order_by(Attempt.id.desc()).limit(1))


def _ringing(uow: UnitOfWork, event: CallEvent, attempt: Attempt) -> Script:
    if attempt.answered_at is None:  # reports may overtake each other
        attempt.outbound.ends_by = uow.now() + while_ringing(UNREPORTED, attempt.outbound.ring_seconds)
    return ()


def _answered(uow: UnitOfWork, event: CallEvent, attempt: Attempt) -> Script:
    """Somebody or something picked up. That is no yes; they hear what it is about."""
    first = attempt.answered_at is None
    scene = _scene(uow, attempt)
    attempts.pick_up(attempt, uow.now())
    attempt.outbound.ends_by = uow.now() + TALK
    if attempt.outbound.ask_id is not None:
        language = spoken(uow, event.line, uow.settings.default_language)
        return (Ask(script.unclear(language), language),)
    if scene is None:
        return (HangUp(),)
    incident, alert = scene
    if first:
        timeline.record(uow, incident, "picked_up", alert.title)
    return _menu(uow, incident, alert, waves.facts(uow, incident, alert), spoken(uow, event.line, alert.language))


def _key(uow: UnitOfWork, event: CallEvent, attempt: Attempt) -> Script:
    if attempt.outbound.ask_id is not None:
        return _ask_key(uow, event, attempt)
    scene = _scene(uow, attempt)
    if scene is None:
        return (HangUp(),)
    incident, alert = scene
    if event.digits[:1] in KEYS:
        attempt.keyed = True
    return _tired(uow, event, incident, alert, attempt.answered_at) or _pressed(uow, event, incident, alert)


def _tired(uow: UnitOfWork, event: CallEvent, incident: Incident, alert: Alert, since: datetime | None) -> Script:
    """The end of a call in which nobody has pressed what counts since then; nothing while it may go on."""
    if event.digits[:1] in KEYS or since is None or uow.now() - since <= LISTEN:
        return ()
    language = spoken(uow, event.line, alert.language)
    return (Say(script.no_key(waves.facts(uow, incident, alert), language), language), HangUp())


def _ask_key(uow: UnitOfWork, event: CallEvent, attempt: Attempt) -> Script:
    """The desk hears of a text that nobody answered; 1 = seen."""
    question = uow.db.get(Clarification, attempt.outbound.ask_id)
    language = spoken(uow, event.line, uow.settings.default_language)
    if event.digits[:1] == "1" and question is not None:
        attempt.keyed = True
        clarifications.settle(uow, question, attempt.outbound.phone)
        return (HangUp(),)
    late = attempt.answered_at is not None and uow.now() - attempt.answered_at > LISTEN
    return (HangUp(),) if late else (Ask(script.unclear(language), language),)


def _ended(uow: UnitOfWork, event: CallEvent, attempt: Attempt) -> Script:
    call_results.note(uow, event, attempt)
    return ()


EVENTS: dict[Phase, Callable[[UnitOfWork, CallEvent, Attempt], Script]] = {
    Phase.RINGING: _ringing,
    Phase.ANSWERED: _answered,
    Phase.KEY: _key,
    Phase.ENDED: _ended,
}


# --- the menu -------------------------------------------------------------------------------------------------


def _menu(uow: UnitOfWork, incident: Incident, alert: Alert, facts: AlertFacts, language: str) -> Script:
    """First code, place and keys; the name and the number only after a key, so that a machine never hears them."""
    if incident.closed:
        return (Say(script.closed(facts, language), language), HangUp())
    leader = alerts.leader_of(uow.db, incident)
    if leader is not None and not leader.is_desk and leader.id != alert.id:
        return (Ask(script.already_taken(leader.title, facts, language), language),)
    return (Ask(script.first_words(facts, language), language),)


def _pressed(uow: UnitOfWork, event: CallEvent, incident: Incident, alert: Alert) -> Script:
    """One key of an alert call; any other repeats the menu."""
    facts, language = waves.facts(uow, incident, alert), spoken(uow, event.line, alert.language)
    reply = KEYS.get(event.digits[:1])
    if incident.closed or reply is None:
        return _menu(uow, incident, alert, facts, language)
    first = _first_told(uow, event)
    if first:
        officer_replies.act(uow, officer_replies.Duty(incident, alert), reply)
    if alert.state != MAKES[reply]:
        return _menu(uow, incident, alert, facts, language)
    if reply is Reply.DECLINE:
        return (Say(script.noted_decline(language), language), HangUp())
    told = Say(script.details(waves.facts(uow, incident, alert), language), language)
    if event.digits[:1] == "2" and _may_connect(uow, incident):
        if first:
            timeline.record(uow, incident, "connected", alert.title)
        return (told, *_through(uow, incident, facts, language))
    return (told, HangUp())


def _first_told(uow: UnitOfWork, event: CallEvent) -> bool:
    """Whether the carrier tells this key for the first time: it ends the call, so that the same one again is a repeat,
    which must not undo what the officer has said since."""
    ref = f"{event.ref}:{event.phase.value}:{event.digits[:1]}"
    return in_tray.keep(uow, line=event.line, kind="event", ref=ref, phone=event.phone, raw=event.raw) is not None


KEYS = {"1": Reply.ACCEPT, "2": Reply.ACCEPT, "0": Reply.DECLINE}  # 9 and any other key: hear it again
MAKES = {Reply.ACCEPT: alerts.ACCEPTED, Reply.DECLINE: alerts.DECLINED}


def _may_connect(uow: UnitOfWork, incident: Incident) -> bool:
    return reachability.to_caller_of(uow, incident, Way.CONNECT).allowed


def _through(uow: UnitOfWork, incident: Incident, facts: AlertFacts, language: str) -> Script:
    if not _may_connect(uow, incident):
        return (Say(script.details(facts, language), language), HangUp())
    over = Say(script.disconnected(language), language)  # or a phone that nobody picks up ends in silence
    return (Say(script.connecting(language), language), Bridge(incident.phone), over, HangUp())


def spoken(uow: UnitOfWork, line: str, language: str) -> str:
    """The language of a call: the officer's where the line has such a voice, else English, else what it has."""
    carrier = uow.lines.named(line)
    voices = carrier.languages if isinstance(carrier, VoiceCarrier) else frozenset({"en"})
    return next((known for known in (language, "en") if known in voices), min(voices, default="en"))


def sorry(line: VoiceCarrier) -> Script:
    """Something of ours broke behind a key press: that it does not count, and what to do instead."""
    language = min(line.languages, key=lambda known: known != "id")
    return (Say(script.failed(language), language),)


def _any(uow: UnitOfWork, event: CallEvent) -> str:
    return spoken(uow, event.line, uow.settings.default_language)


def _scene(uow: UnitOfWork, attempt: Attempt) -> tuple[Incident, Alert] | None:
    """The incident and the alert that a call is about; `_locked` holds the incident."""
    alert_id = attempt.outbound.alert_id
    if alert_id is None:
        return None
    incident = uow.db.get_one(Incident, attempt.outbound.incident_id)
    alert = uow.db.get(Alert, alert_id, populate_existing=True)
    if alert is not None and alert.replaced:  # asked anew while this call stood
        alert = alerts.newest_for(uow.db, incident.id, alert.phone)
    return (incident, alert) if alert is not None and not alert.barred else None
