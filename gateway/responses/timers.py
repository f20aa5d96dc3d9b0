"""Act on the timers of an incident: the next wave, the leader's silence, repeats, and honest news to the citizen.

The worker's sweep takes the incidents that `next_due` returns, one after another, and calls `act` for each. A step may
find that nothing is left to do. The timers are columns (gateway.models.incident_timers).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import select

from gateway import dispatch, notices
from gateway.core.clocks import LeaderAct, leader_clock
from gateway.incidents import same_event, timeline, waves
from gateway.models import alert as alerts
from gateway.models import incident as incidents
from gateway.models import incident_timers
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork


def next_due(uow: UnitOfWork, done: Collection[int] = ()) -> int | None:
    """Return the id of the incident whose timer is due the longest, locked until the commit, or None. Left out are
    those that are `done` and those that another worker has in hand: several workers share what is due."""
    mine = (Incident.closed_at.is_(None), incident_timers.is_due(uow.now()), Incident.id.not_in(done))
    query = select(Incident.id).where(*mine).order_by(Incident.next_wave_at).limit(1)
    return uow.db.scalar(query.with_for_update(skip_locked=True, of=Incident))


def act(uow: UnitOfWork, incident_id: int) -> None:
    """Do everything that is due now for one incident, under its lock."""
    incident = incidents.lock(uow.db, incident_id)
    if incident.closed:
        return
    now = uow.now()
    incident_timers.put_back(incident, now)
    for timer, step in STEPS:
        at = timer(incident)  # read only now: an earlier step may have stopped it
        if at is not None and at <= now:
            step(uow, incident)


def _wave(uow: UnitOfWork, incident: Incident) -> None:
    if not same_event.is_held(uow, incident):
        dispatch.go_on(uow, incident)


def _leader_silent(uow: UnitOfWork, incident: Incident) -> None:
    """Remind a leader who did nothing; after the same time again ask the next wave. Whoever had set out stays the
    leader; an officer's yes that no sign of movement has followed lapses."""
    leader = alerts.leader_of(uow.db, incident)
    if leader is None:
        incident_timers.set_leader_clock(incident, None)
        return
    if not incident.nudged:
        _nudge(uow, incident, leader)
        return
    incident_timers.leader_is_silent(incident)
    timeline.record(uow, incident, "leader_silent", leader.title)
    if incident.state == incidents.ACCEPTED and not leader.is_desk:
        dispatch.lapse(uow, incident, leader)
    else:
        dispatch.go_on(uow, incident)


def _nudge(uow: UnitOfWork, incident: Incident, leader: Alert) -> None:
    policy = waves.policy_for(uow, incident)
    incident_timers.nudged(incident, leader_clock(incident.state, policy, LeaderAct.NOTHING, uow.now()))
    timeline.record(uow, incident, "nudged", leader.title)
    notices.tell_alerted(uow, leader, incident, "officer.nudge", minutes=policy.leader_silence // 60)


def _repeats(uow: UnitOfWork, incident: Incident) -> None:
    incident_timers.repeats_told(incident, uow.now())
    leader = alerts.leader_of(uow.db, incident)
    hear = [leader] if leader is not None else alerts.told(uow.db, incident.id)
    for alert in hear:
        notices.tell_alerted(uow, alert, incident, "officer.repeat", count=incident.repeats)


def _honest(uow: UnitOfWork, incident: Incident) -> None:
    if incident.leader_id is not None:
        incident_timers.set_honest(incident, None)
        return
    incident_timers.set_honest(incident, uow.now() + dispatch.HONEST_AGAIN)
    notices.tell_citizen(uow, incident, dispatch.honest(uow, incident, ran=True))


STEPS: tuple[tuple[Callable[[Incident], datetime | None], Callable[[UnitOfWork, Incident], None]], ...] = (
    (lambda incident: incident.next_wave_at, _wave),
    (lambda incident: incident.clock_at, _leader_silent),
    (lambda incident: incident.repeats_at, _repeats),
    (lambda incident: incident.honest_at, _honest),
)
