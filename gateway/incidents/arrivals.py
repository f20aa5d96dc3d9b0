"""Keep when those who accepted say that they will be there, and tell it to the desk and to the person who asked.

The caller of these functions has locked the incident (`incidents.lock`).
"""

from __future__ import annotations

from datetime import timedelta

from gateway import notices
from gateway.core.clocks import is_far
from gateway.incidents import timeline, waves
from gateway.models import alert as alerts
from gateway.models import incident as incidents
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork

SAME = timedelta(minutes=2)  # a time that differs by less is no news


def keep(uow: UnitOfWork, incident: Incident, alert: Alert, minutes: int) -> bool:
    """Keep in how many minutes this officer or desk arrives; return whether that is news."""
    arrives_at = uow.now() + timedelta(minutes=minutes)
    known, alert.arrives_at = alert.arrives_at, arrives_at
    timeline.record(uow, incident, "arrives", alert.title, f"{minutes} min")
    return known is None or abs(arrives_at - known) >= SAME


def tell(uow: UnitOfWork, incident: Incident, alert: Alert) -> None:
    """Tell the desk, and the phone that asked where it may be reached, in how many minutes somebody says to arrive."""
    who, minutes = alert.title, minutes_left(uow, alert)
    if not alert.is_desk:
        notices.tell_desk(
            uow, units.by_id(uow.db, incident.unit_id), "desk.arrives", incident, who=who, minutes=minutes
        )
    key = "citizen.only_far" if is_too_far(uow, incident, alert) else "citizen.arrives"
    notices.tell_citizen(uow, incident, key, who=who, minutes=minutes)


def minutes_left(uow: UnitOfWork, alert: Alert) -> int:
    """Return in how many minutes somebody who has said so arrives; 0 if that time is over."""
    if alert.arrives_at is None:
        return 0
    return max(0, round((alert.arrives_at - uow.now()).total_seconds() / 60))


def is_too_far(uow: UnitOfWork, incident: Incident, alert: Alert) -> bool:
    """Return whether this officer's yes is only an offer: they arrive later than a leader may be on the way, and nobody
    is at the place yet. A desk goes nowhere, and an ambulance or a fire brigade leads never."""
    there = incident.state == incidents.ON_SCENE
    leads = not alert.is_desk and not alert.serves
    return not there and leads and is_far(alert.arrives_at, waves.policy_for(uow, incident), uow.now())


def is_faster(uow: UnitOfWork, incident: Incident, alert: Alert) -> bool:
    """Return whether the policy lets this officer lead instead of the leader, because they arrive so much sooner. A
    leader who has not said when they arrive, and one who is there, stays."""
    least, leader = waves.policy_for(uow, incident).faster_leads, alerts.leader_of(uow.db, incident)
    stays = leader is None or leader.id == alert.id or incident.state == incidents.ON_SCENE
    if not least or leader is None or stays or alert.serves:
        return False
    if leader.arrives_at is None or alert.arrives_at is None:
        return False
    return alert.arrives_at + timedelta(seconds=least) <= leader.arrives_at
