"""The leader and the ladder: who is waited for, and when the leader's clock starts again.

How long the gateway waits is said by `gateway.core.clocks`; this file says whose act counts. Whoever calls these holds
the incident's row (`incidents.lock`).
"""

from __future__ import annotations

from gateway.core.clocks import LeaderAct, leader_clock
from gateway.incidents import waves
from gateway.models import alert as alerts
from gateway.models import incident as incidents
from gateway.models import incident_timers
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork


def somebody_goes(uow: UnitOfWork, incident: Incident, alert: Alert, act: LeaderAct) -> None:
    """Somebody said yes, or that they are on the way or there, so the next waves wait.

    A supporter's answer leaves the leader's clock alone, but for two cases: the ladder had gone on because the leader
    was silent (with no wave and no clock nothing would ever ring again), or somebody has arrived, which stops it.
    """
    resumed = incident.next_wave_at is not None and incident.clock_at is None
    incident_timers.hold_waves(incident)
    if resumed or incident.state == incidents.ON_SCENE:
        _start_clock(uow, incident, act)
    leader_acts(uow, incident, alert.phone, act)


def leader_acts(uow: UnitOfWork, incident: Incident, phone: str, act: LeaderAct) -> None:
    """If this phone (E.164) is the leader's, the leader is alive: the next waves wait and the clock starts again.
    Anybody else's act changes nothing here."""
    leader = alerts.leader_of(uow.db, incident)
    if leader is not None and leader.phone == phone and leader.state == alerts.ACCEPTED:
        incident_timers.hold_waves(incident)
        _start_clock(uow, incident, act)


def _start_clock(uow: UnitOfWork, incident: Incident, act: LeaderAct) -> None:
    at = leader_clock(incident.state, waves.policy_for(uow, incident), act, uow.now())
    incident_timers.set_leader_clock(incident, at)


def is_waited_for(incident: Incident) -> bool:
    """Whether the ladder waits for the leader, so that a wave which the worker wrote for a hook was only one more.
    Under duress the ladder goes on until the leader acts."""
    return not incident.duress and (incident.clock_at is not None or incident.state == incidents.ON_SCENE)
