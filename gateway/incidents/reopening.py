"""ROOM: open an incident again that somebody closed: what stops help is undone in one press.

The caller of these functions has locked the incident (`incidents.lock`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from gateway import notices
from gateway.core.possession import REOPENS
from gateway.incidents import timeline, waves
from gateway.models import alert as alerts
from gateway.models import alert_states, incident_states, incident_timers
from gateway.models import incident as incidents
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork


def may_reopen(incident: Incident, now: datetime) -> bool:
    """Return whether a desk may open this incident again: within REOPENS, unless the citizen cancelled it."""
    return incident.state in CLOSED_BY_US and incident.closed_at is not None and now - incident.closed_at <= REOPENS


SOON = timedelta(seconds=5)  # until a call of an event looks whether somebody goes to it
CLOSED_BY_US = (incidents.RESOLVED, incidents.FALSE_ALARM)


def reopen(uow: UnitOfWork, incident: Incident, who: str, *, within_event: bool = False) -> bool:
    """Open an incident again and ask the next wave at once. Whoever had accepted counts as asked once more, because
    their yes ended with the closing; the citizen is told. `within_event`: the first call of the event asks for it too.
    Return False where it is too late, or where that phone has another open incident."""
    if not may_reopen(incident, uow.now()) or incidents.open_of(uow.db, incident.phone) is not None:
        return False
    if not incident_states.reopen(incident):
        return False
    incident.leader_id = None
    timeline.record(uow, incident, "reopened", who)
    before = alerts.accepted(uow.db, incident.id)
    for alert in before:
        alert.closes_as = None
        alert_states.decline(alert, uow.now())
    if within_event:
        incident_timers.set_next_wave(incident, uow.now() + SOON)
    else:
        waves.ask_next(uow, incident)
    asked = {row.phone for row in alerts.of_incident(uow.db, incident.id) if row.wave == incident.wave}
    for alert in before:
        if alert.phone not in asked:
            notices.tell_alerted(uow, alert, incident, "officer.reopened")
    notices.tell_citizen(uow, incident, "citizen.reopened")
    return True
