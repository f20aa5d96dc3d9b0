"""Say the menu of a call about an incident, and do what its keys say."""

from __future__ import annotations

from dataclasses import replace

from gateway import notices
from gateway.carriers.base import VoiceCarrier
from gateway.core.contact_rules import ContactRule, contact_rule
from gateway.core.messages import Ask, Bridge, CallEvent, HangUp, Say, Script
from gateway.core.reachability import Way
from gateway.core.sentences import script
from gateway.core.sentences.alert_text import AlertFacts
from gateway.core.words.answers import Reply
from gateway.identity import reachability
from gateway.inbound import in_tray
from gateway.incidents import confidences, timeline, waves
from gateway.incidents.confidences import Confidence
from gateway.models import alert as alerts
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.responses import officer_replies
from gateway.responses.officer_replies import Duty
from gateway.unit_of_work import UnitOfWork

KEYS = {"1": Reply.ACCEPT, "2": Reply.ACCEPT, "0": Reply.DECLINE}  # 9 and any other key repeat the menu
MAKES = {Reply.ACCEPT: alerts.ACCEPTED, Reply.DECLINE: alerts.DECLINED}


def menu(uow: UnitOfWork, incident: Incident, alert: Alert, facts: AlertFacts, language: str) -> Script:
    """Return the script with code, place and keys. The name and the number come only after a key, so that a machine
    never hears them."""
    if incident.closed:
        return (Say(script.closed(facts, language), language), HangUp())
    leader = alerts.leader_of(uow.db, incident)
    if leader is not None and not leader.is_desk and leader.id != alert.id:
        return (Ask(script.already_taken(leader.title, facts, language), language),)
    waiting = max(1, alerts.waiting_of(uow.db, alert.phone))
    return (Ask(script.first_words(facts, language, waiting), language),)


def pressed(uow: UnitOfWork, event: CallEvent, incident: Incident, alert: Alert) -> Script:
    """Do what one key of an alert call says; any other key repeats the menu."""
    facts, language = waves.facts(uow, incident, alert), spoken(uow, event.line, alert.language)
    reply = KEYS.get(event.digits[:1])
    if incident.closed or reply is None:
        return menu(uow, incident, alert, facts, language)
    first = _first_told(uow, event)
    if first:
        officer_replies.act(uow, Duty(incident, alert), reply, by_key=True)
    if alert.state != MAKES[reply]:
        return menu(uow, incident, alert, facts, language)
    if reply is Reply.DECLINE:
        return (Say(script.noted_decline(language), language), HangUp())
    told = Say(script.details(_confided(uow, event, incident, alert), language), language)
    if event.digits[:1] == "2" and (facts.offers_text or _may_connect(uow, incident)):
        return (told, *in_touch(uow, Duty(incident, alert), facts, language, first))
    return (told, HangUp())


def _confided(uow: UnitOfWork, event: CallEvent, incident: Incident, alert: Alert) -> AlertFacts:
    """Return the facts that are said after a key: on a call that we placed, with the street address and the notes. A
    call *from* a number proves nothing."""
    facts = waves.facts(uow, incident, alert)
    known = Confidence() if event.incoming else confidences.say_on_our_call(uow, incident, alert)
    return replace(facts, address=known.address, notes=known.notes)


def _first_told(uow: UnitOfWork, event: CallEvent) -> bool:
    """Return whether the carrier tells this key for the first time. A key that counts ends the call, so the same key
    again is a repeated report, which must not undo what the officer has said since."""
    ref = f"{event.ref}:{event.phase.value}:{event.digits[:1]}"
    return in_tray.keep(uow, line=event.line, kind="event", ref=ref, phone=event.phone, raw=event.raw) is not None


def _may_connect(uow: UnitOfWork, incident: Incident) -> bool:
    """Return whether a key may make the person's phone ring now; never that of a person who can only be texted."""
    if contact_rule(incident.contact) is ContactRule.TEXT_ONLY:
        return False
    return reachability.to_caller_of(uow, incident, Way.CONNECT).allowed


def in_touch(uow: UnitOfWork, duty: Duty, facts: AlertFacts, language: str, first: bool) -> Script:
    """Bring an officer and the person together: by a call, or by our text to a person who can only be texted. `first`
    is false for a repeated report of the same key."""
    if facts.offers_text:
        if first:
            who, purpose = duty.alert.title, outbounds.WRITTEN
            notices.tell_citizen(uow, duty.incident, "citizen.write_here", purpose=purpose, who=who)
        return (Say(script.text_sent(language), language), HangUp())
    if first:
        timeline.record(uow, duty.incident, "connected", duty.alert.title)
    return through(uow, duty.incident, facts, language)


def through(uow: UnitOfWork, incident: Incident, facts: AlertFacts, language: str) -> Script:
    if not _may_connect(uow, incident):
        return (Say(script.details(facts, language), language), HangUp())
    # Without it a call to a phone that nobody picks up would end in silence.
    over = Say(script.disconnected(language), language)
    return (Say(script.connecting(language), language), Bridge(incident.phone), over, HangUp())


def spoken(uow: UnitOfWork, line: str, language: str) -> str:
    """Return the language of a call: the officer's if the line has a voice for it, else English, else one that the line
    has."""
    carrier = uow.lines.named(line)
    voices = carrier.languages if isinstance(carrier, VoiceCarrier) else frozenset({"en"})
    return next((known for known in (language, "en") if known in voices), min(voices, default="en"))
