"""Do what an officer or a desk answers by text, by keypad or by USSD."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway import dispatch, notices
from gateway.core.clocks import LeaderAct
from gateway.core.codes import in_brief
from gateway.core.contact_rules import ContactRule, contact_rule
from gateway.core.intent.about import About, Verdict, about
from gateway.core.phone import local
from gateway.core.sentences import phrases
from gateway.core.words.answers import OfficerAnswer, Reply
from gateway.core.words.reading import Reading
from gateway.identity.callers import Caller
from gateway.inbound import sender_facts
from gateway.incidents import closing, leading, parts, timeline
from gateway.location import locate, position_in_text
from gateway.models import alert as alerts
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models import part as part_rows
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.unit_of_work import UnitOfWork

RECENT = timedelta(hours=6)  # how long after closing "it is closed" is still a helpful answer


@dataclass(frozen=True)
class Duty:
    """One incident, and the alert that asked one phone to come to it."""

    incident: Incident
    alert: Alert


def duties(uow: UnitOfWork, phone: str) -> list[Duty]:
    """Return the open incidents that this phone (E.164) was alerted for or accepted, the newest alert first."""
    return [Duty(incident, alert) for alert, incident in alerts.duties_of(uow.db, phone)]


def find(uow: UnitOfWork, caller: Caller, said: OfficerAnswer, sent_at: datetime) -> Verdict:
    """Return which incident an answer is about; nothing is changed. With a code it is the open incident of that code;
    `gateway.core.intent.about` says it for an answer without one, which was sent at `sent_at`."""
    mine = alerts.duties_of(uow.db, caller.phone)
    if said.code is None:
        told = sender_facts.last_told(uow, caller.phone, sent_at)
        return about(said.reply, [sender_facts.stands(uow, alert, incident) for alert, incident in mine], told)
    named = any(incident.code == said.code for _, incident in mine)
    return Verdict(About.TAKE, said.code) if named else Verdict(About.NOTHING)


def step_in(uow: UnitOfWork, caller: Caller, said: OfficerAnswer) -> None:
    """Take an answer with a code from a responder who was not alerted for that incident (they heard of it by radio):
    write an alert for them, then do what the answer says."""
    incident = incidents.open_by_code(uow.db, said.code) if said.code is not None else None
    if incident is not None and said.reply is Reply.DECLINE and _is_told_of(uow, caller, incident):
        parts.leave(uow, incidents.lock(uow.db, incident.id), caller.name)
        return
    if incident is not None and incident.phone != caller.phone and caller.responder:
        _ask_herewith(uow, caller, incident)
    answer(uow, caller, said)


def _is_told_of(uow: UnitOfWork, caller: Caller, incident: Incident) -> bool:
    """Return whether this incident is part of an event to which this phone goes: its TOLAK means that the call is about
    something else."""
    head = part_rows.head_of(uow.db, incident.id)
    mine = alerts.newest_for(uow.db, head.id, caller.phone) if head is not None else None
    return mine is not None and mine.state == alerts.ACCEPTED


def _ask_herewith(uow: UnitOfWork, caller: Caller, incident: Incident) -> None:
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


def answer(
    uow: UnitOfWork, caller: Caller, said: OfficerAnswer, *, sent_at: datetime | None = None, words: str = ""
) -> None:
    """Do what an answer says, and tell the phone it came from what was understood (the code is echoed). `sent_at` is
    when it was sent, None for now; `words` are its own, for the timeline where it is only noted."""
    if said.reply in SELF:
        key, facts = SELF[said.reply](uow, caller, said)
        tell(uow, caller, key, **facts)
        return
    verdict = find(uow, caller, said, sent_at or uow.now())
    if verdict.about is About.NOTHING:
        _nothing_to_answer(uow, caller, said.code)
    elif verdict.about is About.WHICH:
        tell(uow, caller, "officer.which", open_codes=", ".join(verdict.waiting), code=verdict.waiting[0])
    elif verdict.about is About.TAKE:
        _take(uow, caller, said, verdict.code)
    else:
        _note(uow, caller, verdict, words)


def _take(uow: UnitOfWork, caller: Caller, said: OfficerAnswer, code: str) -> None:
    """Do what an answer says of one incident, unless it was closed meanwhile."""
    duty = next(duty for duty in duties(uow, caller.phone) if duty.incident.code == code)
    incident = incidents.lock(uow.db, duty.incident.id)
    uow.db.refresh(duty.alert)
    if incident.closed:
        _nothing_to_answer(uow, caller, incident.code)
        return
    act(uow, Duty(incident, duty.alert), said.reply)


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
    tell(uow, caller, NOTED[verdict.about], code=verdict.code, rest=_rest(uow, caller, verdict))


def _rest(uow: UnitOfWork, caller: Caller, verdict: Verdict) -> str:
    """Return the words about what else waits for this phone; "" if nothing does."""
    if verdict.waiting:
        return phrases.say("officer.rest_waiting", _language(uow, caller), other=verdict.waiting[0])
    if verdict.held:
        return phrases.say("officer.rest_held", _language(uow, caller), other=in_brief(verdict.held))
    return ""


def _language(uow: UnitOfWork, caller: Caller) -> str:
    return caller.officer.language if caller.officer is not None else uow.settings.default_language


def act(uow: UnitOfWork, duty: Duty, reply: Reply, *, by_key: bool = False) -> None:
    """Do one answer about an open incident that the caller of this function has locked. The answer counts for the
    newest alert of that phone, because a call may still be running when the next wave asks the phone anew. `by_key`
    says that it is a key on a call or a click, which is no reflex."""
    duty = Duty(duty.incident, alerts.newest_for(uow.db, duty.incident.id, duty.alert.phone) or duty.alert)
    refused = refusal(duty, reply)
    if refused is not None:
        notices.tell_alerted(uow, duty.alert, duty.incident, refused)
        return
    if reply is Reply.ACCEPT and duty.alert.state == alerts.ACCEPTED:
        _accept_again(uow, duty, LeaderAct.ACCEPTED if by_key else LeaderAct.SAID_OK)
    else:
        DO[reply](uow, duty)


def refusal(duty: Duty, reply: Reply) -> str | None:
    """Return the key of the sentence that says why this answer is refused, or None if it is taken."""
    if reply in NEEDS_YES and duty.alert.state != alerts.ACCEPTED:
        return "officer.not_yours"
    if reply is Reply.FALSE_ALARM and not duty.alert.is_desk and is_unseen(duty.incident):
        return "officer.not_false"
    if duty.incident.duress and reply in CLOSES and not duty.alert.is_desk:
        return "officer.desk_closes"
    return None


def is_unseen(incident: Incident) -> bool:
    """Return whether the profile says that this person is reached otherwise than by a usual call, and nobody has been
    there: an unanswered call proves nothing then, and only a desk may call it a false alarm."""
    return contact_rule(incident.contact) is not ContactRule.USUAL and incident.state != incidents.ON_SCENE


def release(uow: UnitOfWork, officer: Officer) -> None:
    """Take an officer who was removed from the list off their open incidents. Where they led, somebody else is asked
    and the citizen is told."""
    for duty in duties(uow, officer.phone):
        incident = incidents.lock(uow.db, duty.incident.id)
        uow.db.refresh(duty.alert)
        if not incident.closed and duty.alert.state in (*alerts.ASKED, alerts.ACCEPTED):
            dispatch.decline(uow, incident, duty.alert)


def _accept(uow: UnitOfWork, duty: Duty) -> None:
    dispatch.accept(uow, duty.incident, duty.alert)


def _accept_again(uow: UnitOfWork, duty: Duty, act: LeaderAct) -> None:
    """Take a yes of somebody who has said yes before."""
    dispatch.accept_again(uow, duty.incident, duty.alert, act)
    _noted(uow, duty, incidents.ACCEPTED)


def _decline(uow: UnitOfWork, duty: Duty) -> None:
    dispatch.decline(uow, duty.incident, duty.alert)
    notices.tell_alerted(uow, duty.alert, duty.incident, "officer.declined")


def _report(state: str) -> Callable[[UnitOfWork, Duty], None]:
    def do(uow: UnitOfWork, duty: Duty) -> None:
        dispatch.report(uow, duty.incident, duty.alert, state)
        _noted(uow, duty, state)

    return do


def _close(outcome: str) -> Callable[[UnitOfWork, Duty], None]:
    def do(uow: UnitOfWork, duty: Duty) -> None:
        closing.close(uow, duty.incident, outcome, duty.alert.title)

    return do


def _back_up(uow: UnitOfWork, duty: Duty) -> None:
    dispatch.back_up(uow, duty.incident, duty.alert)
    unit = units.by_id(uow.db, duty.incident.unit_id)
    notices.tell_desk(uow, unit, "officer.backup", duty.incident, who=duty.alert.title)
    notices.tell_alerted(uow, duty.alert, duty.incident, "officer.backup_noted")


def _noted(uow: UnitOfWork, duty: Duty, state: str) -> None:
    step = phrases.say(f"step.{state}", duty.alert.language)
    notices.tell_alerted(uow, duty.alert, duty.incident, "officer.state_noted", step=step)


# Only somebody who accepted may close an incident or call back-up.
NEEDS_YES = (Reply.RESOLVED, Reply.FALSE_ALARM, Reply.BACKUP)
CLOSES = (Reply.RESOLVED, Reply.FALSE_ALARM)  # under duress only a desk closes: an officer who reports may be held too
DO: dict[Reply, Callable[[UnitOfWork, Duty], None]] = {
    Reply.ACCEPT: _accept,
    Reply.DECLINE: _decline,
    Reply.EN_ROUTE: _report(incidents.EN_ROUTE),
    Reply.ON_SCENE: _report(incidents.ON_SCENE),
    Reply.RESOLVED: _close(incidents.RESOLVED),
    Reply.FALSE_ALARM: _close(incidents.FALSE_ALARM),
    Reply.BACKUP: _back_up,
}


# --- what needs no incident -----------------------------------------------------------------------------------


Told = tuple[str, dict[str, object]]  # a sentence's key and its facts, for a text or for a screen


def _duty(on: bool) -> Callable[[UnitOfWork, Caller, OfficerAnswer], Told]:
    def do(uow: UnitOfWork, caller: Caller, said: OfficerAnswer) -> Told:
        if caller.officer is None:
            return "officer.help", {}
        caller.officer.on_duty = on
        return "officer.on_duty" if on else "officer.off_duty", {}

    return do


def _position(uow: UnitOfWork, caller: Caller, said: OfficerAnswer) -> Told:
    spot = position_in_text.read_post(uow, caller, said.words)
    if caller.officer is None or spot is None:
        return "officer.position_unclear", {}
    locate.keep_spot(uow, caller.phone, spot)
    caller.officer.here_lat, caller.officer.here_lon, caller.officer.here_at = spot.lat, spot.lon, uow.now()
    return "officer.position_noted", {"place": notices.place_words(uow, spot, caller.officer.language)}


SELF: dict[Reply, Callable[[UnitOfWork, Caller, OfficerAnswer], Told]] = {
    Reply.ON_DUTY: _duty(True),
    Reply.OFF_DUTY: _duty(False),
    Reply.POSITION: _position,
}


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
        tell(uow, caller, "officer.no_incident")


def _help(uow: UnitOfWork, caller: Caller) -> None:
    codes = open_codes(uow, caller.phone)
    if codes:
        tell(uow, caller, "officer.help_codes", open_codes=codes)
    else:
        tell(uow, caller, "officer.help")


def tell(uow: UnitOfWork, caller: Caller, key: str, **facts: object) -> None:
    language = caller.officer.language if caller.officer else None
    notices.tell(uow, caller.phone, language, key, units.by_id(uow.db, caller.unit_id), **facts)


def chatter(uow: UnitOfWork, caller: Caller, said: Reading) -> None:
    """Write a responder's words that are no answer on the timeline of their newest incident, or tell them to the desk
    if they have none. The responder gets the list of answers, with the codes that are open for them."""
    mine = duties(uow, caller.phone)
    if mine:
        incident = incidents.lock(uow.db, mine[0].incident.id)
        timeline.record(uow, incident, "officer_said", mine[0].alert.title, said.body)
        leading.leader_acts(uow, incident, caller.phone, LeaderAct.WROTE)
    elif caller.officer is not None:
        unit = units.by_id(uow.db, caller.officer.unit_id)
        facts = {"who": caller.officer.title, "number": local(caller.phone), "words": said.masked}
        notices.tell_desk(uow, unit, "desk.officer_words", None, **facts)
    _help(uow, caller)
