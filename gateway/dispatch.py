"""ROOM: an incident's life. Open or join, ask the next wave, accept, decline, report, stand down, close.

Whoever changes an incident holds its row (`incidents.lock`) until the commit, so two answers never cross.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from gateway import hush, jurisdiction, locate, notices, timeline, volunteers, waves, whereabouts
from gateway.callers import Caller
from gateway.core import codes
from gateway.core.alert_text import alert_text
from gateway.core.phrases import say, tidy
from gateway.core.pinwords import hide_pins
from gateway.core.spots import Spot
from gateway.core.triage import panic_in
from gateway.desk import Desk
from gateway.models import alert as alerts
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.models.unit import Unit

BETWEEN_WAVES = timedelta(seconds=10)  # a repeat brings the next wave forward to no sooner than this after the last
BETWEEN_REPEATS = timedelta(minutes=1)  # repeats are told to officers, and answered, at most so often
USSD_SESSION = timedelta(minutes=3)  # no network keeps one open longer after a key
MOST_WORDS = 300  # two messages of a text
HONEST_AGAIN = timedelta(minutes=10)
PROGRESS = {incidents.OPEN: 0, incidents.ACCEPTED: 1, incidents.EN_ROUTE: 2, incidents.ON_SCENE: 3}


# --- in -------------------------------------------------------------------------------------------------------


def raise_alarm(
    desk: Desk,
    caller: Caller,
    channel: str,
    *,
    quiet: bool = False,
    words: str = "",
    spot: Spot | None = None,
    duress: bool = False,
) -> Incident:
    """Open an incident for a verified number, or join the one that is open; whoever loses a race joins. One opened
    under duress is hidden from its phone, and its first wave is the worker's: see gateway.safety."""
    incident = incidents.lock_open_of(desk.db, caller.phone)
    if incident is None:
        try:
            return _open(desk, caller, channel, quiet, words, spot, duress)
        except IntegrityError:  # another hook opened it in this very moment
            incident = incidents.lock_open_of(desk.db, caller.phone)
            if incident is None:
                raise
    if channel == "ussd":
        notices.hold_back(desk, incident, desk.now() + USSD_SESSION)
    if duress:
        hush.make_duress(desk, incident)
        hush.dismiss(desk, incident)
        return incident
    fresh = not incident.is_seen
    repeat(desk, incident, channel, quiet, words, spot)
    if fresh:
        _look_fresh(desk, incident, quiet or caller.quiet)
    elif channel != "ussd":  # there the screen answers
        _say_where_it_stands(desk, incident)
    return incident


def _open(
    desk: Desk, caller: Caller, channel: str, quiet: bool, words: str, spot: Spot | None, duress: bool
) -> Incident:
    heard = locate.keep_spot(desk, caller.phone, spot) if spot is not None else None
    fix = locate.position(desk, caller, heard)
    unit = jurisdiction.responsible(desk, fix, caller)
    incident = Incident(
        code=codes.fresh(incidents.codes_taken(desk.db, desk.now())),
        phone=caller.phone,
        name=caller.name or caller.phone,
        language=caller.language or desk.rules.default_language,
        citizen_id=caller.citizen.id if caller.citizen else None,
        officer_id=caller.officer.id if caller.officer else None,
        unit_id=unit.id if unit else None,
        fix_id=fix.id if fix else None,
        told_fix_id=fix.id if fix else None,
        channel=channel,
        words=_said(None, words),
        quiet=quiet or caller.quiet or duress,
        duress=duress,
        dismissed_at=desk.now() if duress else None,
        ring_back=caller.ring_back,
        opened_at=desk.now(),
        hushed_until=desk.now() + USSD_SESSION if channel == "ussd" else None,
        wave=0,
        repeats=0,
    )
    with desk.db.begin_nested():
        desk.db.add(incident)
    timeline.record(desk, incident, "opened", incident.name, words)
    if duress:
        timeline.record(desk, incident, "duress")
        waves.ask_soon(desk, incident)
        whereabouts.look_further(desk, incident, words)
        return incident
    waves.ask_next(desk, incident)
    notices.tell_citizen(desk, incident, "citizen.received")
    whereabouts.look_further(desk, incident, words)
    whereabouts.ask_place(desk, incident)
    return incident


def repeat(
    desk: Desk, incident: Incident, channel: str, quiet: bool = False, words: str = "", spot: Spot | None = None
) -> Incident:
    """The same person again, over whichever channel: the next wave comes sooner, the leader hears it."""
    now = desk.now()
    timeline.record(desk, incident, "repeat", incident.name, words or channel)
    if quiet:
        hush.make_quiet(desk, incident)
    if spot is not None:
        move(desk, incident, spot)
    whereabouts.look_further(desk, incident, words)
    incident.words = _said(incident.words, words)
    incident.repeats += 1
    if incident.repeats_at is None:
        incident.repeats_at = max(now, (incident.repeats_told_at or now - BETWEEN_REPEATS) + BETWEEN_REPEATS)
    if incident.next_wave_at is not None and incident.last_wave_at is not None:
        incident.next_wave_at = min(incident.next_wave_at, max(now, incident.last_wave_at + BETWEEN_WAVES))
    if words:
        pass_on(desk, incident, words)
    return incident


def add_words(desk: Desk, incident: Incident, words: str, spot: Spot | None = None) -> None:
    """Any other text of the person who asked: onto the timeline, and on to whoever accepted."""
    timeline.record(desk, incident, "said", incident.name, words)
    incident.words = _said(incident.words, words)
    if spot is not None:
        move(desk, incident, spot)
    whereabouts.look_further(desk, incident, words)
    pass_on(desk, incident, words)


def _said(before: str | None, words: str) -> str | None:
    """All that the person wrote beside panic words, in order, as far as anybody asked later will read."""
    panic = panic_in(words)
    fresh = hide_pins(panic.words if panic is not None else words).strip()
    return " / ".join(filter(None, (before, fresh)))[:MOST_WORDS] or None


def pass_on(desk: Desk, incident: Incident, words: str) -> None:
    for alert in accepted(desk, incident):
        notices.tell_alerted(desk, alert, incident, "officer.message", words=words)


def move(desk: Desk, incident: Incident, spot: Spot) -> None:
    """Another position of an incident; if it is the better one and it matters, whoever knows of the incident hears it.
    Alerts that have not left say it themselves."""
    if whereabouts.move(desk, incident, spot):
        reworded = waves.reword(desk, incident)
        for alert in told(desk, incident):
            if alert.id not in reworded:
                notices.tell_alerted(desk, alert, incident, "officer.better_place")


def _look_fresh(desk: Desk, incident: Incident, quiet: bool) -> None:
    """A new panic of a phone that takes its incident for cancelled: answered as a new one, with a code of its own."""
    incident.shown_code, incident.shown_quiet = codes.fresh(incidents.codes_taken(desk.db, desk.now())), quiet
    incident.again_told_at = None
    notices.answer_citizen(desk, incident, "citizen.received")
    if whereabouts.is_hardly_known(desk, incident):
        notices.answer_citizen(desk, incident, "citizen.ask_place")


def _say_where_it_stands(desk: Desk, incident: Incident) -> None:
    """Whoever calls again is answered, at most once a minute: that it is open, or who said yes. A phone that takes its
    first incident for cancelled hears of this one what a new one's would."""
    if incident.again_told_at is not None and desk.now() - incident.again_told_at < BETWEEN_REPEATS:
        return
    incident.again_told_at = desk.now()
    leader = _seen_leader(desk, incident)
    if leader is None:
        notices.answer_citizen(desk, incident, "citizen.still_open")
    elif leader.is_desk:
        notices.answer_citizen(desk, incident, "citizen.accepted_desk", unit=leader.title)
    else:
        there = incident.state == incidents.ON_SCENE and incident.dismissed_at is None
        notices.answer_citizen(desk, incident, "citizen.arrived" if there else "citizen.accepted", who=leader.title)


def _seen_leader(desk: Desk, incident: Incident) -> Alert | None:
    """Who leads, as far as its phone has heard: nothing since it was dismissed, and nothing of another incident."""
    leader, since = leader_of(desk, incident), incident.dismissed_at
    if leader is None or since is None:
        return leader
    heard = incident.shown_code == incident.code and leader.answered_at is not None and leader.answered_at <= since
    return leader if heard else None


# --- answers --------------------------------------------------------------------------------------------------


def accept(desk: Desk, incident: Incident, alert: Alert) -> None:
    """A human said yes. The first officer leads, later ones support; a desk leads until an officer does."""
    leader = leader_of(desk, incident)
    first = alert.state != alerts.ACCEPTED
    alert.state, alert.answered_at = alerts.ACCEPTED, alert.answered_at or desk.now()
    waves.call_off(desk, Outbound.alert_id == alert.id, Outbound.kind == outbounds.CALL)
    resumed = leader is not None and incident.next_wave_at is not None
    if first:
        timeline.record(desk, incident, "accepted", alert.title)
    if leader is None or (leader.is_desk and not alert.is_desk):
        _lead(desk, incident, alert)
    elif first:
        notices.tell_alerted(desk, alert, incident, "officer.accepted_you_support", who=leader.title)
        _quote(desk, incident, alert)
        if resumed and not alert.is_desk:
            stand_down(desk, incident, alert)
            notices.tell_citizen(desk, incident, "citizen.accepted", who=alert.title)
    hold(desk, incident)


def _lead(desk: Desk, incident: Incident, alert: Alert) -> None:
    incident.leader_id = alert.id
    if incident.state == incidents.OPEN:
        incident.state = incidents.ACCEPTED
    incident.honest_at = None
    hushed = incident.quiet or incident.duress or not incident.ring_back
    lead = "officer.accepted_you_lead_quiet" if hushed else "officer.accepted_you_lead"
    notices.tell_alerted(desk, alert, incident, lead)
    _quote(desk, incident, alert)
    if alert.is_desk:
        notices.tell_citizen(desk, incident, "citizen.accepted_desk", unit=alert.title)
    else:
        stand_down(desk, incident, alert)
        notices.tell_citizen(desk, incident, "citizen.accepted", who=alert.title)
        volunteers.brief(desk, incident)


def _quote(desk: Desk, incident: Incident, alert: Alert) -> None:
    """Who goes reads what the citizen wrote, unless the alert had room for all of it."""
    told = alert_text(waves.facts(desk, incident, alert), alert.language)
    if incident.words and tidy(incident.words) not in told:
        notices.tell_alerted(desk, alert, incident, "officer.message", words=incident.words)


def hold(desk: Desk, incident: Incident) -> None:
    """Somebody goes: the next waves wait, and the leader's clock starts again."""
    silence = waves.policy_for(desk, incident).leader_silence
    incident.next_wave_at = None
    incident.nudged = False
    incident.clock_at = None if incident.state == incidents.ON_SCENE else desk.now() + timedelta(seconds=silence)


def decline(desk: Desk, incident: Incident, alert: Alert) -> None:
    """They cannot come. A leader who says so leads no more; when everybody has, the next wave starts at once."""
    was_leader = incident.leader_id == alert.id
    alert.state, alert.answered_at = alerts.DECLINED, desk.now()
    waves.call_off(desk, Outbound.alert_id == alert.id)
    timeline.record(desk, incident, "declined", alert.title)
    if was_leader:
        _hand_over(desk, incident)
    else:
        go_on_if_exhausted(desk, incident)


def go_on(desk: Desk, incident: Incident) -> None:
    """The next wave is asked; the citizen hears honestly that nobody answered yet: once after the first wave, once when
    the ladder has run, then every ten minutes."""
    waves.ask_next(desk, incident)
    if incident.leader_id is not None:
        return
    ran = waves.policy_for(desk, incident).is_repeat(incident.wave)
    key = "citizen.nobody_still" if ran else "citizen.nobody_yet"
    if incident.citizen_told != key and incident.wave > 1 and incident.honest_at is None:
        incident.citizen_told = key
        incident.honest_at = desk.now() + HONEST_AGAIN if ran else None
        notices.tell_citizen(desk, incident, key)


def _hand_over(desk: Desk, incident: Incident) -> None:
    """Whoever supported first leads; with nobody, the ladder goes on at once and the citizen hears it."""
    incident.leader_id, incident.state = None, incidents.OPEN
    supporters = accepted(desk, incident)
    if supporters:
        _lead(desk, incident, min(supporters, key=lambda row: (row.answered_at or desk.now(), row.id)))
        hold(desk, incident)
        return
    incident.clock_at = None
    notices.tell_citizen(desk, incident, "citizen.another_asked")
    go_on(desk, incident)


def go_on_if_exhausted(desk: Desk, incident: Incident) -> None:
    """Everybody asked has declined or can never be reached: the next wave now (repeats keep their pace)."""
    if incident.closed or incident.next_wave_at is None:
        return
    newest = {row.phone: row for row in alerts.of_incident(desk.db, incident.id)}
    repeat = waves.policy_for(desk, incident).is_repeat(incident.wave + 1)
    if not repeat and all(row.state in (alerts.DECLINED, alerts.FAILED) for row in newest.values()):
        go_on(desk, incident)


def report(desk: Desk, incident: Incident, alert: Alert, state: str) -> None:
    """En route or on scene, from somebody who was asked: also a yes. A state never moves back. Whoever is called as
    back-up by an officer who goes is not sent away by it."""
    leader = leader_of(desk, incident)
    wanted = leader is not None and not leader.is_desk and incident.next_wave_at is None
    if alert.state != alerts.ACCEPTED:
        accept(desk, incident, alert)
    if PROGRESS[state] > PROGRESS[incident.state]:
        incident.state = state
        if state == incidents.ON_SCENE:
            notices.tell_citizen(desk, incident, "citizen.arrived", who=alert.title)
    timeline.record(desk, incident, state, alert.title)
    if not wanted:
        stand_down(desk, incident, alert)
    hold(desk, incident)
    if incident.state == incidents.EN_ROUTE:
        incident.clock_at = desk.now() + timedelta(seconds=waves.policy_for(desk, incident).en_route)


def back_up(desk: Desk, incident: Incident, alert: Alert) -> None:
    """Whoever is there needs more: the next wave is asked now, and the leader still leads."""
    timeline.record(desk, incident, "back_up", alert.title)
    if waves.ask_next(desk, incident) is not None:  # else the worker writes the wave, and may not be held back from it
        hold(desk, incident)


# --- out ------------------------------------------------------------------------------------------------------


def stand_down(desk: Desk, incident: Incident, going: Alert) -> None:
    """Those asked need not come: what is owed is not sent, ringing calls are taken back where the carrier can, and
    whoever was told hears who goes."""
    asked = [
        row for row in alerts.of_incident(desk.db, incident.id) if row.state in alerts.ASKED and row.id != going.id
    ]
    if not asked:
        return
    reached = _reached(desk, asked)
    _silence(desk, [row.id for row in asked])
    others = {row.phone: row for row in asked if row.id in reached and row.phone != going.phone}
    for row in others.values():
        notices.tell_alerted(desk, row, incident, "officer.taken_by", who=going.title)
    for row in asked:
        row.state = alerts.STOOD_DOWN


def _reached(desk: Desk, asked: list[Alert]) -> set[int]:
    """Alerts of which something left, or may be leaving right now."""
    gone = (outbounds.SENDING, outbounds.UNDER_WAY, outbounds.DONE)
    ids = [row.id for row in asked]
    query = select(Outbound.alert_id).where(Outbound.alert_id.in_(ids), Outbound.state.in_(gone))
    return {row.id for row in asked if row.state in alerts.TOLD} | {found for found in desk.db.scalars(query) if found}


def _silence(desk: Desk, alert_ids: list[int]) -> None:
    mine = Outbound.alert_id.in_(alert_ids)
    waves.call_off(desk, mine, Outbound.purpose == "alert")
    ringing = Outbound.state.in_((outbounds.SENDING, outbounds.UNDER_WAY))
    desk.db.execute(update(Outbound).where(mine, Outbound.kind == outbounds.CALL, ringing).values(cancel_at=desk.now()))


def close(
    desk: Desk,
    incident: Incident,
    outcome: str,
    who: str,
    reason: str = "",
    news: str = "officer.incident_closed",
) -> None:
    """The end: nothing more leaves for it but the news of it."""
    now = desk.now()
    everybody = told(desk, incident)
    volunteers.release(desk, incident)
    _silence(desk, [row.id for row in alerts.of_incident(desk.db, incident.id)])
    incident.state, incident.closed_at, incident.reason = outcome, now, reason or None
    incident.next_wave_at = incident.clock_at = incident.honest_at = incident.repeats_at = None
    timeline.record(desk, incident, outcome, who, reason)
    for alert in everybody:
        step = say(f"step.{outcome}", alert.language)
        notices.tell_alerted(desk, alert, incident, news, step=step)
    for alert in alerts.of_incident(desk.db, incident.id):
        if alert.state in alerts.ASKED:
            alert.state = alerts.STOOD_DOWN
    if outcome != incidents.CANCELLED:
        notices.tell_citizen(desk, incident, "citizen.closed")


# --- who ------------------------------------------------------------------------------------------------------


def told(desk: Desk, incident: Incident) -> list[Alert]:
    """One alert for each phone that knows of the incident and has not said no."""
    rows = {row.phone: row for row in alerts.of_incident(desk.db, incident.id)}
    return [row for row in rows.values() if row.state in (*alerts.TOLD, alerts.ACCEPTED)]


def accepted(desk: Desk, incident: Incident) -> list[Alert]:
    return [row for row in alerts.of_incident(desk.db, incident.id) if row.state == alerts.ACCEPTED]


def leader_of(desk: Desk, incident: Incident) -> Alert | None:
    return desk.db.get(Alert, incident.leader_id) if incident.leader_id else None


def unit_of(desk: Desk, incident: Incident) -> Unit | None:
    return desk.db.get(Unit, incident.unit_id) if incident.unit_id else None


def unit_by_id(desk: Desk, unit_id: int | None) -> Unit | None:
    return desk.db.get(Unit, unit_id) if unit_id is not None else None
