"""Do what an officer or a desk answers by text, by keypad or by USSD."""

from __future__ import annotations

from datetime import datetime, timedelta

from gateway import dispatch, notices
from gateway.core.clocks import LeaderAct
from gateway.core.codes import in_brief
from gateway.core.intent.about import YES, About, Verdict, about
from gateway.core.phone import local
from gateway.core.possession import YES_COUNTS
from gateway.core.sentences import phrases
from gateway.core.words.answers import OfficerAnswer, Reply
from gateway.core.words.reading import Reading
from gateway.core.words.services import services_in
from gateway.identity import confidants
from gateway.identity.callers import Caller
from gateway.inbound import sender_facts
from gateway.incidents import leading, parts, reinforcements, timeline
from gateway.models import alert as alerts
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models import part as part_rows
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.models.outbound import Outbound
from gateway.responses import closings, help_texts, own_duty, possession
from gateway.responses.officer_acts import Duty, act
from gateway.unit_of_work import UnitOfWork

RECENT = timedelta(hours=6)  # how long after closing "it is closed" is still a helpful answer


def duties(uow: UnitOfWork, phone: str) -> list[Duty]:
    """Return the open incidents that this phone (E.164) was alerted for or accepted, the newest alert first."""
    return [Duty(incident, alert) for alert, incident in alerts.duties_of(uow.db, phone)]


def find(uow: UnitOfWork, caller: Caller, said: OfficerAnswer, sent_by: datetime) -> Verdict:
    """Return which incident an answer is about; nothing is changed. With a code it is the open incident of that code;
    `gateway.core.intent.about` says it for an answer without one, which was sent by
    `sent_by`."""
    mine = alerts.duties_of(uow.db, caller.phone)
    if said.code is None:
        told = sender_facts.last_told(uow, caller.phone, sent_by)
        return about(said.reply, [sender_facts.stands(uow, alert, incident, sent_by) for alert, incident in mine], told)
    named = any(incident.code == said.code for _, incident in mine)
    return Verdict(About.TAKE, said.code) if named else Verdict(About.NOTHING)


def step_in(uow: UnitOfWork, caller: Caller, said: OfficerAnswer, *, asked: bool = False) -> None:
    """Take a yes with a code from a responder who was not alerted for that incident (they heard of it by radio). With
    proof they are alerted herewith, and it counts; without, we ask for proof, and the ladder goes on. `asked` says that
    they read the code in a bundle of ours, which asked them."""
    named = incidents.open_by_code(uow.db, said.code) if said.code is not None else None
    if named is None or named.phone == caller.phone or not caller.responder or not _may_know(uow, caller, named):
        answer(uow, caller, said)
        return
    incident = incidents.lock(uow.db, named.id)
    alert = alerts.newest_for(uow.db, incident.id, caller.phone)
    if said.reply is Reply.DECLINE and _is_told_of(uow, caller, incident):
        parts.leave(uow, incident, caller.name)
    elif incident.closed or alert is not None:
        answer(uow, caller, said)
    elif said.reply not in YES:
        tell(uow, caller, "officer.not_yours", code=incident.code)
    elif asked or possession.is_proven(uow, caller, None, said.secret):
        act(uow, Duty(incident, ask_herewith(uow, caller, incident)), said.reply, proven=not asked)
    else:
        possession.ask_about(uow, caller, incident, said, _language(uow, caller))


def _is_told_of(uow: UnitOfWork, caller: Caller, incident: Incident) -> bool:
    """Return whether this incident is part of an event to which this phone goes: its TOLAK means that the call is about
    something else."""
    head = part_rows.head_of(uow.db, incident.id)
    mine = alerts.newest_for(uow.db, head.id, caller.phone) if head is not None else None
    return mine is not None and mine.state == alerts.ACCEPTED


def _may_know(uow: UnitOfWork, caller: Caller, incident: Incident) -> bool:
    return confidants.around(uow, incident.phone).allows(caller.phone)


def ask_herewith(uow: UnitOfWork, caller: Caller, incident: Incident) -> Alert:
    """Write an alert for somebody whom no wave has asked."""
    alert = Alert(
        incident_id=incident.id,
        wave=0,
        officer_id=caller.officer.id if caller.officer else None,
        unit_id=None if caller.officer else caller.desks[0].id,
        phone=caller.phone,
        language=caller.language or uow.settings.default_language,
        state=alerts.SENT,
        asked_at=uow.now(),
    )
    uow.db.add(alert)
    uow.db.flush()
    return alert


def answer(
    uow: UnitOfWork, caller: Caller, said: OfficerAnswer, *, sent_by: datetime | None = None, words: str = ""
) -> None:
    """Do what an answer says, and tell the phone it came from what was understood (the code is echoed). `sent_by` is
    the latest moment at which it can have been sent, None for now; `words` are its own, for the timeline where it is
    only noted."""
    if said.reply in own_duty.SELF:
        key, facts = own_duty.SELF[said.reply](uow, caller, said, possession.is_proven(uow, caller, None, said.secret))
        tell(uow, caller, key, **facts)
        return
    if said.reply is Reply.REOPEN:
        tell(uow, caller, closings.reopen(uow, caller, said.code or ""), code=said.code or "")
        return
    verdict = find(uow, caller, said, sent_by or uow.now())
    if verdict.about is About.NOTHING:
        _nothing_to_answer(uow, caller, said.code)
    elif verdict.about is About.WHICH:
        tell(uow, caller, "officer.which", open_codes=", ".join(verdict.waiting), code=verdict.waiting[0])
    elif verdict.about is About.TAKE:
        _take(uow, caller, said, verdict.code, words)
    else:
        _note(uow, caller, verdict, words)


def _take(uow: UnitOfWork, caller: Caller, said: OfficerAnswer, code: str, words: str) -> None:
    """Do what an answer says of one incident, unless it was closed meanwhile; `words` are all of the text."""
    duty = next(duty for duty in duties(uow, caller.phone) if duty.incident.code == code)
    incident = incidents.lock(uow.db, duty.incident.id)
    uow.db.refresh(duty.alert)
    if incident.closed:
        _nothing_to_answer(uow, caller, incident.code)
        return
    proven = possession.is_proven(uow, caller, duty.alert, said.secret)
    if said.reply in YES and not proven and not counts(uow, incident, duty.alert):
        possession.ask_about(uow, caller, incident, said, _language(uow, caller))
        return
    act(uow, Duty(incident, duty.alert), said.reply, proven=proven, minutes=said.minutes)
    if said.reply is Reply.BACKUP and duty.alert.state == alerts.ACCEPTED:
        _ask_services(uow, Duty(incident, duty.alert), words)


def _ask_services(uow: UnitOfWork, duty: Duty, words: str) -> None:
    """Ask the ambulance or the fire brigade that a call for back-up names, and tell who asked whether there is one."""
    for service in services_in(words):
        asked = reinforcements.ask_service(uow, duty.alert.title, duty.incident, service)
        named = phrases.say(f"officer.service_{service}", duty.alert.language)
        key = "officer.service_asked" if asked else "officer.service_none"
        notices.tell_alerted(uow, duty.alert, duty.incident, key, service=named)


def counts(uow: UnitOfWork, incident: Incident, alert: Alert) -> bool:
    """Return whether a yes of this phone counts now: it was asked, or has proven that it is in the right hands."""
    stands = sender_facts.stands(uow, alert, incident, uow.now())
    return alert.proven_at is not None or YES_COUNTS[stands.standing, stands.led]


NOTED = {
    About.CLOSED: "officer.noted_closed",
    About.TAKEN: "officer.noted_taken",
    About.SEEKING: "officer.noted_seeking",
}


def _note(uow: UnitOfWork, caller: Caller, verdict: Verdict, words: str) -> None:
    """Only write an answer on the timeline of the incident that it was meant for; its sender reads how that one stands,
    and what else waits for them."""
    named = incidents.newest_by_code(uow.db, verdict.code)
    if named is None:
        return
    incident = incidents.lock(uow.db, named.id)
    alert = alerts.newest_for(uow.db, incident.id, caller.phone)
    timeline.record(uow, incident, "officer_said", alert.title if alert is not None else caller.name, words)
    told = notices.about(
        uow, incident, NOTED[verdict.about], _language(uow, caller), code=verdict.code, rest=_rest(uow, caller, verdict)
    )
    notices.owe_text(uow, caller.phone, told)


def _rest(uow: UnitOfWork, caller: Caller, verdict: Verdict) -> str:
    """Return the words about what else waits for this phone; "" if nothing does."""
    if verdict.waiting:
        return phrases.say("officer.rest_waiting", _language(uow, caller), other=verdict.waiting[0])
    if verdict.held:
        return phrases.say("officer.rest_held", _language(uow, caller), other=in_brief(verdict.held))
    return ""


def _language(uow: UnitOfWork, caller: Caller) -> str:
    return caller.officer.language if caller.officer is not None else uow.settings.default_language


def proven(uow: UnitOfWork, caller: Caller, said: OfficerAnswer, incident: Incident | None) -> None:
    """Do an answer that was only noted, because its sender has proven by a key that it is theirs. The incident that it
    is about is locked."""
    if incident is None:
        key, facts = own_duty.SELF[said.reply](uow, caller, said, True)
        tell(uow, caller, key, **facts)
        return
    if not _may_know(uow, caller, incident):
        return
    alert = alerts.newest_for(uow.db, incident.id, caller.phone) or ask_herewith(uow, caller, incident)
    timeline.record(uow, incident, "proven", alert.title)
    act(uow, Duty(incident, alert), said.reply, proven=True, minutes=said.minutes)


def release(uow: UnitOfWork, officer: Officer) -> None:
    """Take an officer who was removed from the list off their open incidents. Where they led, somebody else is asked
    and the citizen is told."""
    for duty in duties(uow, officer.phone):
        incident = incidents.lock(uow.db, duty.incident.id)
        uow.db.refresh(duty.alert)
        if not incident.closed and duty.alert.state in (*alerts.ASKED, alerts.ACCEPTED):
            dispatch.decline(uow, incident, duty.alert)
            outbounds.call_off(uow.db, Outbound.alert_id == duty.alert.id)


def open_codes(uow: UnitOfWork, phone: str) -> str:
    """Return the codes that this phone may answer for, the newest first ("K7Q, M3P LATIHAN +2"); "" if there is
    none."""
    mine = duties(uow, phone)
    open_ones = [duty for duty in mine if duty.alert.state in (*alerts.ASKED, alerts.ACCEPTED)] or mine
    return in_brief([_named(duty) for duty in open_ones])


def _named(duty: Duty) -> str:
    """Return the code of an incident, and beside that of a drill that it is one."""
    drill = (phrases.say("alert.drill", duty.alert.language),) if duty.incident.drill else ()
    return " ".join((duty.incident.code, *drill))


def _nothing_to_answer(uow: UnitOfWork, caller: Caller, code: str | None) -> None:
    last = incidents.newest_by_code(uow.db, code) if code else None
    if last is not None and not _may_know(uow, caller, last):
        last = None
    if last is not None and last.closed_at is not None and last.closed_at > uow.now() - RECENT:
        language = caller.officer.language if caller.officer else uow.settings.default_language
        step = phrases.say(f"step.{last.state}", language)
        body = notices.about(uow, last, "officer.incident_closed", language, step=step)
        notices.owe_text(uow, caller.phone, body, purpose=outbounds.REPLY)
    elif code is not None and (codes := open_codes(uow, caller.phone)):
        tell(uow, caller, "officer.wrong_code", code=code, open_codes=codes)
    elif code is not None:
        tell(uow, caller, "officer.unknown_code", code=code)
    else:
        help_texts.tell(uow, caller, "officer.no_incident")


def _help(uow: UnitOfWork, caller: Caller) -> None:
    codes = open_codes(uow, caller.phone)
    if codes:
        help_texts.tell(uow, caller, "officer.help_codes", open_codes=codes)
    else:
        help_texts.tell(uow, caller, "officer.help")


def tell(uow: UnitOfWork, caller: Caller, key: str, **facts: object) -> None:
    language = caller.officer.language if caller.officer else None
    notices.tell(uow, caller.phone, language, key, units.by_id(uow.db, caller.unit_id), **facts)


def chatter(uow: UnitOfWork, caller: Caller, said: Reading) -> bool:
    """Write a responder's words that are no answer on the timeline of their newest incident, or text them to the desk
    if they have none. The responder gets the list of answers, with the codes that are open for them. Return False where
    the desk got no text because the number has written too many: its page must show the words then."""
    told = True
    mine = duties(uow, caller.phone)
    if mine:
        incident = incidents.lock(uow.db, mine[0].incident.id)
        timeline.record(uow, incident, "officer_said", mine[0].alert.title, said.body)
        leading.leader_acts(uow, incident, caller.phone, LeaderAct.WROTE)
        if mine[0].alert.state == alerts.ACCEPTED and len(mine) == 1:
            if help_texts.may_tell(uow, caller.phone):
                notices.tell_alerted(uow, mine[0].alert, incident, "officer.help_relay", purpose=outbounds.HELP)
            return told
    elif caller.officer is not None and (told := help_texts.may_tell(uow, caller.phone)):
        unit = units.by_id(uow.db, caller.officer.unit_id)
        facts = {"who": caller.officer.title, "number": local(caller.phone), "words": said.masked}
        notices.tell_desk(uow, unit, "desk.officer_words", None, **facts)
    _help(uow, caller)
    return told
