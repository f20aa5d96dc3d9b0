"""ROOM: run an incident's life: open or join it, ask the next wave, accept, decline, report, call back-up.

What the person sends while it is open is in `caller_updates`, its end in `closing`. Every function that changes an
incident holds its row (`incidents.lock`, docs/developers/lock-order.md) until the commit, so two answers never cross.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from gateway import notices
from gateway.core.clocks import LeaderAct, starts_anew
from gateway.core.places.spots import Spot
from gateway.core.reachability import Caution
from gateway.core.sentences.alert_text import alert_text
from gateway.core.sentences.phrases import say, tidy
from gateway.core.words.reading import NOTHING, Reading
from gateway.identity import reachability
from gateway.identity.callers import Caller
from gateway.inbound import clarifications
from gateway.incidents import (
    arrivals,
    closing,
    confidences,
    leading,
    opening,
    parts,
    timeline,
    volunteers,
    waves,
)
from gateway.incidents.opening import Opening, Reported
from gateway.models import alert as alerts
from gateway.models import alert_states, caller_view, incident_states, incident_timers
from gateway.models import clarification as clarification_rows
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models import part as part_rows
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.clarification import Clarification
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.unit_of_work import UnitOfWork

HONEST_AGAIN = timedelta(minutes=10)
BACK_UP_FRESH = timedelta(minutes=15)  # so long back-up is sent around an officer's own position
LEAD = {  # the sentence that tells the leader whether the citizen may be rung, and how careful to be
    Caution.NONE: "officer.accepted_you_lead",
    Caution.NOT_ANSWERED: "officer.accepted_you_lead_not_answered",
    Caution.QUIET: "officer.accepted_you_lead_quiet",
    Caution.DURESS: "officer.accepted_you_lead_quiet",
}


# --- in -------------------------------------------------------------------------------------------------------


def raise_alarm(
    uow: UnitOfWork,
    caller: Caller,
    channel: str,
    *,
    quiet: bool = False,
    said: Reading = NOTHING,
    spot: Spot | None = None,
    duress: bool = False,
    uncertain: bool = False,
    answers: Clarification | None = None,
    sent_at: datetime | None = None,
    reported: Reported | None = None,
) -> Incident:
    """Open an incident for a verified number, or join the one that is open, and return it; if two hooks race, the loser
    joins. An incident that is opened under duress is hidden from its phone, and the worker asks its first wave: see
    gateway.responses.pin_cancel.

    An uncertain call of that phone (`answers`, else the open one) becomes this incident, with its code, words and
    place. `uncertain`: silence opened it. Any other alarm from that phone makes an uncertain incident certain.
    `sent_at` is when it was sent, if it came late (`Inbound.late_since`). `reported`: what another system says of it.
    """
    incident = incidents.lock_open_of(uow.db, caller.phone)
    # Under duress the question stays open as far as the phone knows: it must see what a right PIN would show.
    call = None if duress else answers or clarification_rows.lock_open_of(uow.db, caller.phone, uow.now())
    if call is not None:
        said, spot = clarifications.joined(uow, caller, call, said, spot)
        quiet = quiet or call.quiet
        sent_at = sent_at or clarifications.late_since(uow, call)
    code = call.code if call is not None else None
    begun = Opening(channel, quiet, said, spot, duress, uncertain, code, sent_at, reported or Reported())
    incident = opening.open_or_join(uow, caller, incident, begun)
    if call is not None:
        clarifications.opened(uow, call, incident.id, caller.name, itself=uncertain)
    return incident


# --- answers --------------------------------------------------------------------------------------------------


def accept(uow: UnitOfWork, incident: Incident, alert: Alert) -> None:
    """Take an officer's or a desk's yes. The first officer leads and later ones support; a desk leads until an officer
    does."""
    if alert.serves:
        _come_beside(uow, incident, alert)
        return
    _say_yes(uow, incident, alert)
    leading.somebody_goes(uow, incident, alert, LeaderAct.ACCEPTED)


def _come_beside(uow: UnitOfWork, incident: Incident, alert: Alert, state: str = "") -> None:
    """Take the yes of an ambulance, a fire brigade or a hospital, or what else it reports: the police are asked on as
    if nobody had answered, and no figure takes it for theirs."""
    step = say(f"step.{state}", uow.settings.default_language) if state else ""
    first = alert_states.accept(alert, uow.now())
    if first or state:
        timeline.record(uow, incident, "beside", alert.title, step)
    if first:
        outbounds.call_off(uow.db, Outbound.alert_id == alert.id, Outbound.kind == outbounds.CALL)
        notices.tell_alerted(uow, alert, incident, "officer.accepted_beside")
        notices.tell_citizen(uow, incident, "citizen.beside", who=alert.title)
        _quote(uow, incident, alert)


def accept_again(uow: UnitOfWork, incident: Incident, alert: Alert, act: LeaderAct) -> None:
    """Take a yes of somebody who has said yes before, by text (`act` is SAID_OK) or by a key. After a nudge a text is
    only noted: the clock runs on."""
    timeline.record(uow, incident, "said_ok", alert.title)
    # Their yes was an offer from far away and they are near by now, or the leader asks them to take over.
    if incident.leader_id is None or alert.takes_over_from(alerts.leader_of(uow.db, incident)):
        accept(uow, incident, alert)
    elif not alert.serves and starts_anew(act, incident.nudged):
        leading.somebody_goes(uow, incident, alert, act)


def report(uow: UnitOfWork, incident: Incident, alert: Alert, state: str) -> None:
    """Take a report of EN_ROUTE or ON_SCENE, which also counts as a yes; a state never moves back. People who were
    called as back-up are not stood down by an officer who reports. What an ambulance or a fire brigade reports is only
    noted."""
    if alert.serves:
        _come_beside(uow, incident, alert, state)
        return
    leader = alerts.leader_of(uow.db, incident)
    wanted = leader is not None and not leader.is_desk and incident.next_wave_at is None
    if alert.state != alerts.ACCEPTED or incident.leader_id is None:
        _say_yes(uow, incident, alert)
    if incident_states.move(incident, state) and state == incidents.ON_SCENE:
        notices.tell_citizen(uow, incident, "citizen.arrived", who=alert.title)
    if state == incidents.ON_SCENE:
        alert.on_scene_at = alert.on_scene_at or uow.now()
    timeline.record(uow, incident, state, alert.title)
    confidences.tell(uow, incident, alert)
    if not wanted:
        closing.stand_down(uow, incident, alert)
    leading.somebody_goes(uow, incident, alert, REPORTS[state])


REPORTS = {incidents.EN_ROUTE: LeaderAct.EN_ROUTE, incidents.ON_SCENE: LeaderAct.ON_SCENE}


def offer(uow: UnitOfWork, incident: Incident, alert: Alert, *, sets_out: bool) -> None:
    """Take the yes of somebody who is too far away to lead: they support, and the waves go on. A leader who turns out
    to be so far away leads no more. `sets_out`: they are on the way already."""
    if alert_states.accept(alert, uow.now()):
        timeline.record(uow, incident, "accepted", alert.title)
        outbounds.call_off(uow.db, Outbound.alert_id == alert.id, Outbound.kind == outbounds.CALL)
        _quote(uow, incident, alert)
    if incident.leader_id == alert.id:
        _hand_over(uow, incident)
    if sets_out:
        timeline.record(uow, incident, incidents.EN_ROUTE, alert.title)
        confidences.tell(uow, incident, alert)
    notices.tell_alerted(uow, alert, incident, "officer.offer", minutes=arrivals.minutes_left(uow, alert))


def arrives(uow: UnitOfWork, incident: Incident, alert: Alert) -> None:
    """Tell when somebody who has accepted arrives. Where the policy says so, the fastest leads from now on."""
    arrivals.tell(uow, incident, alert)
    if arrivals.is_faster(uow, incident, alert):
        lead_instead(uow, incident, alert)


def lead_instead(uow: UnitOfWork, incident: Incident, alert: Alert) -> None:
    """Let somebody lead instead of the present leader, who supports from now on."""
    former, alert.offered_by = alerts.leader_of(uow.db, incident), None
    timeline.record(uow, incident, "leads", alert.title)
    _lead(uow, incident, alert)
    if former is not None and not former.is_desk:
        notices.tell_alerted(uow, former, incident, "officer.leads_instead", who=alert.title)
    leading.somebody_goes(uow, incident, alert, LeaderAct.ACCEPTED)


def _say_yes(uow: UnitOfWork, incident: Incident, alert: Alert) -> None:
    leader = alerts.leader_of(uow.db, incident)
    first = alert_states.accept(alert, uow.now())
    outbounds.call_off(uow.db, Outbound.alert_id == alert.id, Outbound.kind == outbounds.CALL)
    if first:
        timeline.record(uow, incident, "accepted", alert.holder)
    if leader is None or (leader.is_desk and not alert.is_desk):
        _lead(uow, incident, alert)
    elif alert.takes_over_from(leader):
        lead_instead(uow, incident, alert)
    elif first:
        _support(uow, incident, alert, leader)


def _lead(uow: UnitOfWork, incident: Incident, alert: Alert) -> None:
    incident.leader_id = alert.id
    incident_states.move(incident, incidents.ACCEPTED)  # after a desk's yes the state may be further already
    incident_timers.set_honest(incident, None)
    caller_view.tell(incident, "")  # if they do not come after all, "nobody comes yet" is news again
    notices.tell_alerted(uow, alert, incident, LEAD[reachability.caution_for(uow, incident)])
    _quote(uow, incident, alert)
    confidences.tell(uow, incident, alert)
    if alert.is_desk:
        notices.tell_citizen(uow, incident, "citizen.accepted_desk", **notices.held_by(alert))
    else:
        closing.stand_down(uow, incident, alert)
        notices.tell_citizen(uow, incident, "citizen.accepted", who=alert.title)
        volunteers.brief(uow, incident)


def _support(uow: UnitOfWork, incident: Incident, alert: Alert, leader: Alert) -> None:
    """Let a second or later officer support. If the waves had gone on because the leader was silent, the people who
    were asked meanwhile are stood down and the citizen hears who comes."""
    notices.tell_alerted(uow, alert, incident, "officer.accepted_you_support", who=leader.title)
    _quote(uow, incident, alert)
    if incident.next_wave_at is not None and not alert.is_desk:
        closing.stand_down(uow, incident, alert)
        notices.tell_citizen(uow, incident, "citizen.accepted", who=alert.title)


def _quote(uow: UnitOfWork, incident: Incident, alert: Alert) -> None:
    """Send what the citizen wrote to somebody who accepted, unless their alert had room for all of it; and how to
    appear, where nobody at the place may learn who called."""
    facts = waves.facts(uow, incident, alert)
    told = alert_text(facts, alert.language)
    if facts.is_covert:
        notices.tell_alerted(uow, alert, incident, "officer.appear")
    if incident.words and tidy(incident.words) not in told:
        notices.tell_alerted(uow, alert, incident, "officer.message", words=incident.words)


# --- nobody, or not enough ------------------------------------------------------------------------------------


def decline(uow: UnitOfWork, incident: Incident, alert: Alert) -> None:
    """Take a no. A leader who declines leads no more; when everybody has declined, the next wave is asked at once. A no
    without proof takes no first call back: whoever forges the number could keep its phone silent."""
    was_leader, leader = incident.leader_id == alert.id, alerts.leader_of(uow.db, incident)
    alert_states.decline(alert, uow.now())
    rung = alert.calls > 0 or alert.proven_at is not None
    outbounds.call_off(uow.db, Outbound.alert_id == alert.id, *(() if rung else (Outbound.kind == outbounds.TEXT,)))
    timeline.record(uow, incident, "declined", alert.title)
    if leader is not None and alert.takes_over_from(leader):
        alert.offered_by = None
        notices.tell_alerted(uow, leader, incident, "officer.hand_declined", who=alert.title)
    if was_leader:
        _hand_over(uow, incident)
    else:
        go_on_if_exhausted(uow, incident)


def lapse(uow: UnitOfWork, incident: Incident, leader: Alert) -> None:
    """Let a leader's yes lapse, because no sign of movement followed: they count as asked, and the incident is open."""
    alert_states.move(leader, alerts.NO_ANSWER)
    _hand_over(uow, incident)


def leave_out(uow: UnitOfWork, incident: Incident, phones: Collection[str]) -> None:
    """Take these phones off an incident without a word to them, because they must not know of it. Where they led it or
    the event that it is part of, or nobody else is asked, others are asked at once; the desk that may know hears who no
    longer comes."""
    head = part_rows.head_of(uow.db, incident.id)
    leader = parts.leader_of_event(uow, head) if head is not None else None
    if leader is not None and leader.phone in phones:
        parts.leave(uow, incident, "")
    everybody = alerts.of_incident(uow.db, incident.id)
    went = [row.title for row in everybody if row.phone in phones and row.state == alerts.ACCEPTED]
    out = {row.id for row in everybody if row.phone in phones and alert_states.move(row, alerts.LEFT_OUT)}
    if not out:
        return
    outbounds.call_off(uow.db, Outbound.alert_id.in_(out))
    outbounds.take_back(uow.db, uow.now(), Outbound.alert_id.in_(out))
    for title in went:
        timeline.record(uow, incident, "left_out", title)
        notices.tell_desk(uow, units.by_id(uow.db, incident.unit_id), "desk.left_out", incident, who=title)
    if incident.leader_id in out:
        _hand_over(uow, incident)
    elif not any(row.state in (*alerts.ASKED, alerts.ACCEPTED) for row in everybody):
        go_on(uow, incident)


def _hand_over(uow: UnitOfWork, incident: Incident) -> None:
    """Let the first supporter lead who is near enough. If there is none, ask the next wave at once; the citizen is
    told so unless somebody comes from further away."""
    incident.leader_id = None
    incident_states.move(incident, incidents.OPEN)
    accepted = alerts.police_accepted(uow.db, incident.id)
    supporters = [row for row in accepted if not arrivals.is_too_far(uow, incident, row)]
    if supporters:
        successor = min(supporters, key=lambda row: (row.answered_at or uow.now(), row.id))
        _lead(uow, incident, successor)
        leading.somebody_goes(uow, incident, successor, LeaderAct.ACCEPTED)
        return
    incident_timers.set_leader_clock(incident, None)
    if not accepted:
        notices.tell_citizen(uow, incident, "citizen.another_asked")
    waves.ask_next(uow, incident)


def go_on(uow: UnitOfWork, incident: Incident) -> None:
    """Ask the next wave, and tell the citizen honestly that nobody has answered yet: once after the first wave, once
    when all waves were asked, then every ten minutes."""
    written = waves.ask_next(uow, incident) is not None
    if incident.leader_id is not None:
        if written and leading.is_waited_for(incident):
            incident_timers.hold_waves(incident)
        return
    ran = waves.policy_for(uow, incident).is_repeat(incident.wave)
    key = honest(uow, incident, ran)
    if incident.view.told != key and incident.wave > 1 and incident.honest_at is None:
        caller_view.tell(incident, key)
        incident_timers.set_honest(incident, uow.now() + HONEST_AGAIN if ran else None)
        notices.tell_citizen(uow, incident, key)


def honest(uow: UnitOfWork, incident: Incident, ran: bool) -> str:
    """Return the key of the sentence that tells the citizen that nobody comes yet, or nobody who is near. `ran`: all
    waves were asked."""
    if alerts.police_accepted(uow.db, incident.id):
        return "citizen.nobody_near"
    return "citizen.nobody_still" if ran else "citizen.nobody_yet"


def go_on_if_exhausted(uow: UnitOfWork, incident: Incident) -> None:
    """Ask the next wave now if everybody who was asked has declined or can never be reached. Repeats of the waves keep
    their pace."""
    if incident.closed or incident.next_wave_at is None:
        return
    newest = {row.phone: row for row in alerts.of_incident(uow.db, incident.id)}
    repeat = waves.policy_for(uow, incident).is_repeat(incident.wave + 1)
    if not repeat and all(row.state in (alerts.DECLINED, alerts.FAILED) for row in newest.values()):
        go_on(uow, incident)


def back_up(uow: UnitOfWork, incident: Incident, alert: Alert) -> None:
    """Ask the next wave now, around the position that they gave us lately, because somebody at the scene needs more
    people; the leader still leads."""
    timeline.record(uow, incident, "back_up", alert.title)
    leading.leader_acts(uow, incident, alert.phone, LeaderAct.BACK_UP)
    ring_wider(uow, incident, alert.officer.here_since(uow.now() - BACK_UP_FRESH) if alert.officer else None)


def ring_wider(uow: UnitOfWork, incident: Incident, around: tuple[float, float] | None = None) -> None:
    """Ask one more wave now, its nearest measured from `around` (else the scene). If the incident waits for a leader,
    it waits on afterwards, and the leader's clock is left alone. A wave that is too large for a hook stays due, so that
    the worker asks it."""
    waits = incident.leader_id is not None and incident.next_wave_at is None
    if waves.ask_next(uow, incident, around) is not None and waits:
        incident_timers.hold_waves(incident)
