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
from gateway.models import alert as alerts
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.responses import officer_acts, officer_replies, ring_backs
from gateway.responses.officer_acts import Duty
from gateway.unit_of_work import UnitOfWork

KEYS = {"1": Reply.ACCEPT, "2": Reply.ACCEPT, "0": Reply.DECLINE}  # 9 and any other key repeat the menu
MAKES = {Reply.ACCEPT: alerts.ACCEPTED, Reply.DECLINE: alerts.DECLINED}


def menu(
    uow: UnitOfWork, incident: Incident, alert: Alert, facts: AlertFacts, language: str, *, by_us: bool = True
) -> Script:
    """Return the script with code, place and keys. The name and the number come only after a key, so that a machine
    never hears them; on a call that we have not placed (`by_us`) no place is said either."""
    if incident.closed:
        return (Say(script.closed(facts, language), language), HangUp())
    if not by_us:
        return (Ask(script.first_words_to_a_call(facts, language), language),)
    leader = alerts.leader_of(uow.db, incident)
    if leader is not None and alert.takes_over_from(leader):
        return (Ask(script.hand_over(leader.title, facts, language), language),)
    if leader is not None and not leader.is_desk and leader.id != alert.id:
        return (Ask(script.already_taken(leader.title, facts, language), language),)
    waiting = max(1, alerts.waiting_of(uow.db, alert.phone))
    return (Ask(script.first_words(facts, language, waiting), language),)


def pressed(uow: UnitOfWork, event: CallEvent, incident: Incident, alert: Alert) -> Script:
    """Do what one key of an alert call says; any other key repeats the menu. On a call that we have not placed a yes
    of somebody who was not asked counts only once we have rung that phone ourselves."""
    by_us = not event.incoming
    facts, language = waves.facts(uow, incident, alert), spoken(uow, event.line, alert.language)
    reply = KEYS.get(event.digits[:1])
    if incident.closed or reply is None:
        return menu(uow, incident, alert, facts, language, by_us=by_us)
    if reply is Reply.ACCEPT and not by_us and not officer_replies.counts(uow, incident, alert):
        return ring_backs.ring(uow, incident, alert, language)
    first = first_told(uow, event)
    if first:
        officer_acts.act(uow, Duty(incident, alert), reply, proven=by_us)
    if alert.state != MAKES[reply]:
        return menu(uow, incident, alert, facts, language, by_us=by_us)
    if reply is Reply.DECLINE:
        return (Say(script.noted_decline(language), language), HangUp())
    return _accepted(uow, event, Duty(incident, alert), facts, first)


def _accepted(uow: UnitOfWork, event: CallEvent, duty: Duty, facts: AlertFacts, first: bool) -> Script:
    """Return what is heard after a yes: the details and, after key 2, the person. Whoever has not proven that they hold
    that phone hears neither: with key 2 we hang up and ring it."""
    incident, alert, language = duty.incident, duty.alert, spoken(uow, event.line, duty.alert.language)
    connects = event.digits[:1] == "2" and (facts.offers_text or _may_connect(uow, incident))
    if alert.proven_at is None and connects:
        return ring_backs.ring(uow, incident, alert, language)
    told = Say(_told(uow, event, duty, language), language)
    if not connects:
        return (told, HangUp())
    after = in_touch(uow, duty, facts, language, first)
    return after if event.incoming else (told, *after)


def _told(uow: UnitOfWork, event: CallEvent, duty: Duty, language: str) -> str:
    """Return the words after a yes. On a call that we placed: the name, the number, the street address and the notes;
    a call *from* a number proves nothing, so it hears none of them."""
    facts = waves.facts(uow, duty.incident, duty.alert)
    if event.incoming:
        return script.accepted_by_call(facts, language)
    known = confidences.say_on_our_call(uow, duty.incident, duty.alert)
    return script.details(replace(facts, address=known.address, notes=known.notes), language)


def first_told(uow: UnitOfWork, event: CallEvent) -> bool:
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
    """Return the script that connects with the person; where their phone may not ring, that all else is in our text."""
    if not _may_connect(uow, incident):
        return (Say(script.accepted_by_call(facts, language), language), HangUp())
    # Without it a call to a phone that nobody picks up would end in silence.
    over = Say(script.disconnected(language), language)
    return (Say(script.connecting(language), language), Bridge(incident.phone), over, HangUp())


def spoken(uow: UnitOfWork, line: str, language: str) -> str:
    """Return the language of a call: the officer's if the line has a voice for it, else English, else one that the line
    has."""
    carrier = uow.lines.named(line)
    voices = carrier.languages if isinstance(carrier, VoiceCarrier) else frozenset({"en"})
    return next((known for known in (language, "en") if known in voices), min(voices, default="en"))
