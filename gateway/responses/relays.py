"""Take the words that an officer or a desk has written for a citizen, and a citizen's words after a closing."""

from __future__ import annotations

from collections.abc import Callable

from gateway import notices
from gateway.core.clocks import LeaderAct
from gateway.core.codes import in_brief
from gateway.core.intent.relaying import Relay, Relaying, relaying
from gateway.core.words.reading import Reading
from gateway.identity.callers import Caller
from gateway.inbound import sender_facts
from gateway.incidents import leading, relay, timeline
from gateway.models import alert as alerts
from gateway.models import incident as incidents
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.responses import officer_replies
from gateway.unit_of_work import UnitOfWork


def from_officer(uow: UnitOfWork, caller: Caller, said: Reading) -> None:
    """Pass words for a citizen on, or ask whom they are for; either way they stand on a timeline, and the officer reads
    what became of them."""
    if said.to_citizen is None:
        return
    held = [duty.incident.code for duty in officer_replies.duties(uow, caller.phone) if _goes(duty.alert)]
    over = alerts.accepted_lately(uow.db, caller.phone, uow.now() - sender_facts.TALK_ON)
    named = said.code if said.code in said.codes else None
    verdict = relaying(said.to_citizen, named, held, over)
    DO[verdict.relay](uow, caller, said, verdict)


def _goes(alert: Alert) -> bool:
    return alert.state == alerts.ACCEPTED


def _pass_on(uow: UnitOfWork, caller: Caller, said: Reading, verdict: Relaying) -> None:
    words = said.to_citizen.words if said.to_citizen is not None else ""
    say(uow, caller, verdict.code, words)


def say(uow: UnitOfWork, caller: Caller, code: str, words: str, *, by_text: bool = True) -> str:
    """Pass these words on to the citizen of the incident with this code that the caller has accepted; return the key of
    the sentence about what became of them. `by_text`: the caller is texted it."""
    incident, alert = _scene(uow, caller, code)
    if incident is None or alert is None:
        return "officer.unknown_code"
    key = relay.to_citizen(uow, incident, alert, words)
    if not incident.closed:
        leading.leader_acts(uow, incident, caller.phone, LeaderAct.WROTE)
    if by_text:
        notices.tell_alerted(uow, alert, incident, key)
    return key


def _scene(uow: UnitOfWork, caller: Caller, code: str) -> tuple[Incident | None, Alert | None]:
    named = incidents.open_by_code(uow.db, code) or incidents.newest_by_code(uow.db, code)
    if named is None:
        return None, None
    incident = incidents.lock(uow.db, named.id)
    return incident, alerts.newest_for(uow.db, incident.id, caller.phone)


def _ask_which(uow: UnitOfWork, caller: Caller, said: Reading, verdict: Relaying) -> None:
    _note(uow, caller, verdict.held[0], said)
    codes = in_brief(verdict.held)
    officer_replies.tell(uow, caller, "officer.relay_which", open_codes=codes, code=verdict.held[0])


def _refuse(uow: UnitOfWork, caller: Caller, said: Reading, verdict: Relaying) -> None:
    """Note words for the citizen of an incident that this phone has not accepted; they are not passed on."""
    known = {duty.incident.code: duty.alert for duty in officer_replies.duties(uow, caller.phone)}
    code = verdict.code or next(iter(known), "")
    if code in known:
        _note(uow, caller, code, said)
        officer_replies.tell(uow, caller, "officer.relay_not_yours", code=code)
    else:
        officer_replies.tell(uow, caller, "officer.unknown_code", code=code)


def _note(uow: UnitOfWork, caller: Caller, code: str, said: Reading) -> None:
    incident, alert = _scene(uow, caller, code)
    if incident is not None and alert is not None:
        timeline.record(uow, incident, relay.KEPT, alert.title, said.body)


DO: dict[Relay, Callable[[UnitOfWork, Caller, Reading, Relaying], None]] = {
    Relay.PASS_ON: _pass_on,
    Relay.WHICH: _ask_which,
    Relay.NOT_YOURS: _refuse,
}


def follow_up(uow: UnitOfWork, caller: Caller, said: Reading) -> None:
    """Let those who went to an incident that was just closed read what its citizen writes now."""
    last = incidents.just_closed_of(uow.db, caller.phone, uow.now() - sender_facts.TALK_ON)
    if last is None:
        return
    incident = incidents.lock(uow.db, last.id)
    timeline.record(uow, incident, "said", incident.name, said.body)
    relay.to_officers(uow, incident, said)
