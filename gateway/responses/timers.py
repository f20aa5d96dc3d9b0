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
from gateway.unit_of_work import UnitOfWork


def due(uow: UnitOfWork, limit: int = 100) -> list[int]:
    """Incidents with anything due now, the longest due first."""
    now = uow.now()
    late = or_(
        Incident.next_wave_at <= now, Incident.clock_at <= now, Incident.repeats_at <= now, Incident.honest_at <= now
    )
    late = or_(late, Incident.last_wave_at > now)
    query = select(Incident.id).where(Incident.closed_at.is_(None), late).order_by(Incident.next_wave_at).limit(limit)
    return list(uow.db.scalars(query))


def act(uow: UnitOfWork, incident_id: int) -> None:
    """Do what is due for one incident."""
    incident = incidents.lock(uow.db, incident_id)
    if incident.closed:
        return
    now = uow.now()
    _put_back(incident, now)
    for column, step in STEPS.items():
        at = getattr(incident, column)
        if at is not None and at <= now:
            step(uow, incident)


def _put_back(incident: Incident, now: datetime) -> None:
    """A wave that was asked in the future tells that the machine's clock was put back since: what is due goes back by
    as much, or the ladder would stand still until the clock is there again."""
    if incident.last_wave_at is None or incident.last_wave_at <= now:
        return
    ahead = incident.last_wave_at - now
    for column in ("last_wave_at", *STEPS):
        at = getattr(incident, column)
        setattr(incident, column, at - ahead if at is not None else None)


def _wave(uow: UnitOfWork, incident: Incident) -> None:
    dispatch.go_on(uow, incident)


def _leader_silent(uow: UnitOfWork, incident: Incident) -> None:
    """A leader who did nothing is nudged; after as long again the ladder goes on. Nobody is taken off."""
    leader = alerts.leader_of(uow.db, incident)
    if leader is None:
        incident.clock_at = None
        return
    if not incident.nudged:
        incident.nudged = True
        incident.clock_at = uow.now() + timedelta(seconds=waves.policy_for(uow, incident).leader_silence)
        timeline.record(uow, incident, "nudged", leader.title)
        silence = waves.policy_for(uow, incident).leader_silence
        notices.tell_alerted(uow, leader, incident, "officer.nudge", minutes=silence // 60)
        return
    incident.clock_at = None
    timeline.record(uow, incident, "leader_silent", leader.title)
    dispatch.go_on(uow, incident)


def _repeats(uow: UnitOfWork, incident: Incident) -> None:
    incident.repeats_told_at, incident.repeats_at = uow.now(), None
    leader = alerts.leader_of(uow.db, incident)
    hear = [leader] if leader is not None else alerts.told(uow.db, incident.id)
    for alert in hear:
        notices.tell_alerted(uow, alert, incident, "officer.repeat", count=incident.repeats)


def _honest(uow: UnitOfWork, incident: Incident) -> None:
    if incident.leader_id is not None:
        incident.honest_at = None
        return
    incident.honest_at = uow.now() + dispatch.HONEST_AGAIN
    notices.tell_citizen(uow, incident, "citizen.nobody_still")


STEPS: dict[str, Callable[[UnitOfWork, Incident], None]] = {
    "next_wave_at": _wave,
    "clock_at": _leader_silent,
    "repeats_at": _repeats,
    "honest_at": _honest,
}


def acted(uow: UnitOfWork, incident: Incident, phone: str) -> None:
    """The leader did something (a state, a text, a call-back): their clock starts again."""
    leader = alerts.leader_of(uow.db, incident)
    if leader is None or leader.phone != phone or leader.state != alerts.ACCEPTED:
        return
    if incident.clock_at is not None or incident.next_wave_at is not None:
        dispatch.hold(uow, incident)
        if incident.state == incidents.EN_ROUTE:
            seconds = waves.policy_for(uow, incident).en_route
            incident.clock_at = uow.now() + timedelta(seconds=seconds)
