"""Decide for which leader an incident waits, and when the leader's clock starts again.

gateway.core.clocks says how long the gateway waits; this file says whose act counts. The caller of these functions has
locked the incident (`incidents.lock`).
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
    """Hold back the next waves, because somebody accepted, is on the way or has arrived.

    A supporter's answer does not touch the leader's clock, except in two cases. First, the waves had gone on because
    the leader was silent: without a wave and a clock nothing would ever ring again. Second, somebody has arrived: that
    stops the clock.
    """
    resumed = incident.next_wave_at is not None and incident.clock_at is None
    incident_timers.hold_waves(incident)
    if resumed or incident.state == incidents.ON_SCENE:
        _start_clock(uow, incident, act)
    leader_acts(uow, incident, alert.phone, act)


def leader_acts(uow: UnitOfWork, incident: Incident, phone: str, act: LeaderAct) -> None:
    """Start the leader's clock again and hold back the next waves, if this phone (E.164) is the leader's. An act of
    anybody else changes nothing here."""
    leader = alerts.leader_of(uow.db, incident)
    if leader is not None and leader.phone == phone and leader.state == alerts.ACCEPTED:
        incident_timers.hold_waves(incident)
        _start_clock(uow, incident, act)


def _start_clock(uow: UnitOfWork, incident: Incident, act: LeaderAct) -> None:
    leader = alerts.leader_of(uow.db, incident)
    arrives_at = leader.arrives_at if leader is not None else None
    at = leader_clock(incident.state, waves.policy_for(uow, incident), act, uow.now(), arrives_at)
    incident_timers.set_leader_clock(incident, at)


def is_waited_for(incident: Incident) -> bool:
    """Return whether the incident waits for its leader, so that a wave which the worker wrote for a hook is the last
    one for now. Under duress the waves go on until the leader acts."""
    return not incident.duress and (incident.clock_at is not None or incident.state == incidents.ON_SCENE)
