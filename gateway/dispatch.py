"""ROOM: an incident's life. Open or join, ask the next wave, accept, decline, report, call back-up.

What the person sends while it runs is `follow_up`'s, its end `closing`'s. Whoever changes an incident holds its row
(`incidents.lock`) until the commit, so two answers never cross.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from gateway import notices
from gateway.core import codes
from gateway.core.places.spots import Spot
from gateway.core.sentences.alert_text import alert_text
from gateway.core.sentences.phrases import tidy
from gateway.core.words.reading import NOTHING, Reading
from gateway.identity.callers import Caller
from gateway.incidents import caller_updates, closing, position_updates, silence, timeline, volunteers, waves
from gateway.location import jurisdiction, locate
from gateway.models import alert as alerts
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.unit_of_work import UnitOfWork

USSD_SESSION = timedelta(minutes=3)  # no network keeps one open longer after a key
HONEST_AGAIN = timedelta(minutes=10)
PROGRESS = {incidents.OPEN: 0, incidents.ACCEPTED: 1, incidents.EN_ROUTE: 2, incidents.ON_SCENE: 3}


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
) -> Incident:
    """Open an incident for a verified number, or join the one that is open; whoever loses a race joins. One opened
    under duress is hidden from its phone, and its first wave is the worker's: see gateway.responses.pin_cancel."""
    incident = incidents.lock_open_of(uow.db, caller.phone)
    if incident is None:
        try:
            return _open(uow, caller, channel, quiet, said, spot, duress)
        except IntegrityError:  # another hook opened it in this very moment
            incident = incidents.lock_open_of(uow.db, caller.phone)
            if incident is None:
                raise
    if channel == "ussd":
        notices.hold_back(uow, incident, uow.now() + USSD_SESSION)
    if duress:
        silence.make_duress(uow, incident)
        silence.dismiss(uow, incident)
        return incident
    fresh = not incident.is_seen
    caller_updates.repeat(uow, incident, channel, quiet, said, spot)
    if fresh:
        caller_updates.look_fresh(uow, incident, quiet or caller.quiet)
    elif channel != "ussd":  # there the screen answers
        caller_updates.say_where_it_stands(uow, incident)
    return incident


def _open(
    uow: UnitOfWork, caller: Caller, channel: str, quiet: bool, said: Reading, spot: Spot | None, duress: bool
) -> Incident:
    heard = locate.keep_spot(uow, caller.phone, spot) if spot is not None else None
    fix = locate.position(uow, caller, heard)
    unit = jurisdiction.responsible(uow, fix, caller)
    incident = Incident(
        code=codes.fresh(incidents.codes_taken(uow.db, uow.now())),
        phone=caller.phone,
        name=caller.name or caller.phone,
        language=caller.language or uow.settings.default_language,
        citizen_id=caller.citizen.id if caller.citizen else None,
        officer_id=caller.officer.id if caller.officer else None,
        unit_id=unit.id if unit else None,
        fix_id=fix.id if fix else None,
        told_fix_id=fix.id if fix else None,
        channel=channel,
        words=caller_updates.all_written(None, said),
        quiet=quiet or caller.quiet or duress,
        duress=duress,
        dismissed_at=uow.now() if duress else None,
        ring_back=caller.ring_back,
        opened_at=uow.now(),
        hushed_until=uow.now() + USSD_SESSION if channel == "ussd" else None,
        wave=0,
        repeats=0,
    )
    with uow.db.begin_nested():
        uow.db.add(incident)
    timeline.record(uow, incident, "opened", incident.name, said.body)
    if duress:
        timeline.record(uow, incident, "duress")
        waves.ask_soon(uow, incident)
        position_updates.look_further(uow, incident, said.body)
        return incident
    waves.ask_next(uow, incident)
    notices.tell_citizen(uow, incident, "citizen.received")
    position_updates.look_further(uow, incident, said.body)
    position_updates.ask_place(uow, incident)
    return incident


# --- answers --------------------------------------------------------------------------------------------------


def accept(uow: UnitOfWork, incident: Incident, alert: Alert) -> None:
    """A human said yes. The first officer leads, later ones support; a desk leads until an officer does."""
    leader = alerts.leader_of(uow.db, incident)
    first = alert.state != alerts.ACCEPTED
    alert.state, alert.answered_at = alerts.ACCEPTED, alert.answered_at or uow.now()
    waves.call_off(uow, Outbound.alert_id == alert.id, Outbound.kind == outbounds.CALL)
    resumed = leader is not None and incident.next_wave_at is not None
    if first:
        timeline.record(uow, incident, "accepted", alert.title)
    if leader is None or (leader.is_desk and not alert.is_desk):
        _lead(uow, incident, alert)
    elif first:
        notices.tell_alerted(uow, alert, incident, "officer.accepted_you_support", who=leader.title)
        _quote(uow, incident, alert)
        if resumed and not alert.is_desk:
            closing.stand_down(uow, incident, alert)
            notices.tell_citizen(uow, incident, "citizen.accepted", who=alert.title)
    hold(uow, incident)


def _lead(uow: UnitOfWork, incident: Incident, alert: Alert) -> None:
    incident.leader_id = alert.id
    if incident.state == incidents.OPEN:
        incident.state = incidents.ACCEPTED
    incident.honest_at, incident.citizen_told = None, ""  # if they do not come, that nobody does is news again
    hushed = incident.quiet or incident.duress or not incident.ring_back
    lead = "officer.accepted_you_lead_quiet" if hushed else "officer.accepted_you_lead"
    notices.tell_alerted(uow, alert, incident, lead)
    _quote(uow, incident, alert)
    if alert.is_desk:
        notices.tell_citizen(uow, incident, "citizen.accepted_desk", unit=alert.title)
    else:
        closing.stand_down(uow, incident, alert)
        notices.tell_citizen(uow, incident, "citizen.accepted", who=alert.title)
        volunteers.brief(uow, incident)


def _quote(uow: UnitOfWork, incident: Incident, alert: Alert) -> None:
    """Who goes reads what the citizen wrote, unless the alert had room for all of it."""
    told = alert_text(waves.facts(uow, incident, alert), alert.language)
    if incident.words and tidy(incident.words) not in told:
        notices.tell_alerted(uow, alert, incident, "officer.message", words=incident.words)


def hold(uow: UnitOfWork, incident: Incident) -> None:
    """Somebody goes: the next waves wait, and the leader's clock starts again."""
    seconds = waves.policy_for(uow, incident).leader_silence
    incident.next_wave_at = None
    incident.nudged = False
    incident.clock_at = None if incident.state == incidents.ON_SCENE else uow.now() + timedelta(seconds=seconds)


def decline(uow: UnitOfWork, incident: Incident, alert: Alert) -> None:
    """They cannot come. A leader who says so leads no more; when everybody has, the next wave starts at once."""
    was_leader = incident.leader_id == alert.id
    alert.state, alert.answered_at = alerts.DECLINED, uow.now()
    waves.call_off(uow, Outbound.alert_id == alert.id)
    timeline.record(uow, incident, "declined", alert.title)
    if was_leader:
        _hand_over(uow, incident)
    else:
        go_on_if_exhausted(uow, incident)


def go_on(uow: UnitOfWork, incident: Incident) -> None:
    """The next wave is asked; the citizen hears honestly that nobody answered yet: once after the first wave, once when
    the ladder has run, then every ten minutes."""
    waves.ask_next(uow, incident)
    if incident.leader_id is not None:
        return
    ran = waves.policy_for(uow, incident).is_repeat(incident.wave)
    key = "citizen.nobody_still" if ran else "citizen.nobody_yet"
    if incident.citizen_told != key and incident.wave > 1 and incident.honest_at is None:
        incident.citizen_told = key
        incident.honest_at = uow.now() + HONEST_AGAIN if ran else None
        notices.tell_citizen(uow, incident, key)


def _hand_over(uow: UnitOfWork, incident: Incident) -> None:
    """Whoever supported first leads; with nobody, the ladder goes on at once and the citizen hears it."""
    incident.leader_id, incident.state = None, incidents.OPEN
    supporters = alerts.accepted(uow.db, incident.id)
    if supporters:
        _lead(uow, incident, min(supporters, key=lambda row: (row.answered_at or uow.now(), row.id)))
        hold(uow, incident)
        return
    incident.clock_at = None
    notices.tell_citizen(uow, incident, "citizen.another_asked")
    waves.ask_next(uow, incident)


def go_on_if_exhausted(uow: UnitOfWork, incident: Incident) -> None:
    """Everybody asked has declined or can never be reached: the next wave now (repeats keep their pace)."""
    if incident.closed or incident.next_wave_at is None:
        return
    newest = {row.phone: row for row in alerts.of_incident(uow.db, incident.id)}
    repeat = waves.policy_for(uow, incident).is_repeat(incident.wave + 1)
    if not repeat and all(row.state in (alerts.DECLINED, alerts.FAILED) for row in newest.values()):
        go_on(uow, incident)


def report(uow: UnitOfWork, incident: Incident, alert: Alert, state: str) -> None:
    """En route or on scene, from somebody who was asked: also a yes. A state never moves back. Whoever is called as
    back-up by an officer who goes is not sent away by it."""
    leader = alerts.leader_of(uow.db, incident)
    wanted = leader is not None and not leader.is_desk and incident.next_wave_at is None
    if alert.state != alerts.ACCEPTED:
        accept(uow, incident, alert)
    if PROGRESS[state] > PROGRESS[incident.state]:
        incident.state = state
        if state == incidents.ON_SCENE:
            notices.tell_citizen(uow, incident, "citizen.arrived", who=alert.title)
    timeline.record(uow, incident, state, alert.title)
    if not wanted:
        closing.stand_down(uow, incident, alert)
    hold(uow, incident)
    if incident.state == incidents.EN_ROUTE:
        incident.clock_at = uow.now() + timedelta(seconds=waves.policy_for(uow, incident).en_route)


def back_up(uow: UnitOfWork, incident: Incident, alert: Alert) -> None:
    """Whoever is there needs more: the next wave is asked now, and the leader still leads."""
    timeline.record(uow, incident, "back_up", alert.title)
    if waves.ask_next(uow, incident) is not None:  # else the worker writes the wave, and may not be held back from it
        hold(uow, incident)
