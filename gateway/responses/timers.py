"""What comes due in an incident's life: waves, the leader's clock, news of repeats, honesty towards the citizen.

Each function takes a locked incident and may find that nothing is due any more; timers are columns, so they survive
any restart and any worker may act on them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from gateway import dispatch, notices
from gateway.incidents import timeline, waves
from gateway.models import alert as alerts
from gateway.models import incident as incidents
from gateway.models.incident import Incident
from gateway.unit_of_work import Desk


def due(desk: Desk, limit: int = 100) -> list[int]:
    """Incidents with anything due now, the longest due first."""
    now = desk.now()
    late = or_(
        Incident.next_wave_at <= now, Incident.clock_at <= now, Incident.repeats_at <= now, Incident.honest_at <= now
    )
    late = or_(late, Incident.last_wave_at > now)
    query = select(Incident.id).where(Incident.closed_at.is_(None), late).order_by(Incident.next_wave_at).limit(limit)
    return list(desk.db.scalars(query))


def act(desk: Desk, incident_id: int) -> None:
    """Do what is due for one incident."""
    incident = incidents.lock(desk.db, incident_id)
    if incident.closed:
        return
    now = desk.now()
    _put_back(incident, now)
    for column, step in STEPS.items():
        at = getattr(incident, column)
        if at is not None and at <= now:
            step(desk, incident)


def _put_back(incident: Incident, now: datetime) -> None:
    """A wave that was asked in the future tells that the machine's clock was put back since: what is due goes back by
    as much, or the ladder would stand still until the clock is there again."""
    if incident.last_wave_at is None or incident.last_wave_at <= now:
        return
    ahead = incident.last_wave_at - now
    for column in ("last_wave_at", *STEPS):
        at = getattr(incident, column)
        setattr(incident, column, at - ahead if at is not None else None)


def _wave(desk: Desk, incident: Incident) -> None:
    dispatch.go_on(desk, incident)


def _leader_silent(desk: Desk, incident: Incident) -> None:
    """A leader who did nothing is nudged; after as long again the ladder goes on. Nobody is taken off."""
    leader = alerts.leader_of(desk.db, incident)
    if leader is None:
        incident.clock_at = None
        return
    if not incident.nudged:
        incident.nudged = True
        incident.clock_at = desk.now() + timedelta(seconds=waves.policy_for(desk, incident).leader_silence)
        timeline.record(desk, incident, "nudged", leader.title)
        silence = waves.policy_for(desk, incident).leader_silence
        notices.tell_alerted(desk, leader, incident, "officer.nudge", minutes=silence // 60)
        return
    incident.clock_at = None
    timeline.record(desk, incident, "leader_silent", leader.title)
    dispatch.go_on(desk, incident)


def _repeats(desk: Desk, incident: Incident) -> None:
    incident.repeats_told_at, incident.repeats_at = desk.now(), None
    leader = alerts.leader_of(desk.db, incident)
    hear = [leader] if leader is not None else alerts.told(desk.db, incident.id)
    for alert in hear:
        notices.tell_alerted(desk, alert, incident, "officer.repeat", count=incident.repeats)


def _honest(desk: Desk, incident: Incident) -> None:
    if incident.leader_id is not None:
        incident.honest_at = None
        return
    incident.honest_at = desk.now() + dispatch.HONEST_AGAIN
    notices.tell_citizen(desk, incident, "citizen.nobody_still")


STEPS: dict[str, Callable[[Desk, Incident], None]] = {
    "next_wave_at": _wave,
    "clock_at": _leader_silent,
    "repeats_at": _repeats,
    "honest_at": _honest,
}


def acted(desk: Desk, incident: Incident, phone: str) -> None:
    """The leader did something (a state, a text, a call-back): their clock starts again."""
    leader = alerts.leader_of(desk.db, incident)
    if leader is None or leader.phone != phone or leader.state != alerts.ACCEPTED:
        return
    if incident.clock_at is not None or incident.next_wave_at is not None:
        dispatch.hold(desk, incident)
        if incident.state == incidents.EN_ROUTE:
            seconds = waves.policy_for(desk, incident).en_route
            incident.clock_at = desk.now() + timedelta(seconds=seconds)
