"""The states of an incident and the moves between them; see `gateway.models.states` for what a move returns.

A state never moves back, except that an incident whose leader is lost is `open` again. Only an open incident is
cancelled; from the first yes on the leader decides, or the desk. The caller of these functions has locked the incident
(`incidents.lock`).

A closed incident stays closed. BUKA, a desk's opening again within 30 minutes, will add `resolved`, `false_alarm` and
`cancelled` -> `open` to this table.
"""

from __future__ import annotations

from datetime import datetime

from gateway.models.incident import (
    ACCEPTED,
    CANCELLED,
    CLOSED,
    EN_ROUTE,
    FALSE_ALARM,
    ON_SCENE,
    OPEN,
    RESOLVED,
    Incident,
)
from gateway.models.states import StateTable

TABLE = StateTable(
    first=(OPEN,),
    moves={
        OPEN: (ACCEPTED, RESOLVED, FALSE_ALARM, CANCELLED),
        ACCEPTED: (EN_ROUTE, ON_SCENE, OPEN, RESOLVED, FALSE_ALARM),
        EN_ROUTE: (ON_SCENE, OPEN, RESOLVED, FALSE_ALARM),
        ON_SCENE: (OPEN, RESOLVED, FALSE_ALARM),
        RESOLVED: (),
        FALSE_ALARM: (),
        CANCELLED: (),
    },
)


def move(incident: Incident, to: str) -> bool:
    """Move an incident to another state in which it stays open; `close` ends it. Return whether it moved."""
    if to in CLOSED or not TABLE.allows(incident.state, to):
        return False
    incident.state = to
    return True


def close(incident: Incident, outcome: str, at: datetime, reason: str | None) -> bool:
    """End an incident, with one of CLOSED as its outcome and the desk's reason; return whether it moved."""
    if outcome not in CLOSED or not TABLE.allows(incident.state, outcome):
        return False
    incident.state, incident.closed_at, incident.reason = outcome, at, reason
    return True
