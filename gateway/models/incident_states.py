"""The moves of an incident between its states; see `gateway.models.states` for what a move returns.

A state never moves back, except that an incident whose leader is lost is `open` again, and so is a closed one that a
desk opens again within 30 minutes. Only an open incident is cancelled; from the first yes on the leader decides,
or the desk. The caller of these functions has locked the incident (`incidents.lock`).
"""

from __future__ import annotations

from datetime import datetime

from gateway.models.incident import CLOSED, OPEN, STATES, Incident


def move(incident: Incident, to: str) -> bool:
    """Move an incident to another state in which it runs on; `close` ends it."""
    if to in CLOSED or incident.state in CLOSED or not STATES.allows(incident.state, to):
        return False
    incident.state = to
    return True


def close(incident: Incident, outcome: str, at: datetime, reason: str | None) -> bool:
    """End an incident, with one of CLOSED as its outcome and the desk's reason."""
    if outcome not in CLOSED or not STATES.allows(incident.state, outcome):
        return False
    incident.state, incident.closed_at, incident.reason = outcome, at, reason
    return True


def reopen(incident: Incident) -> bool:
    """Open an incident again that an officer or a desk had closed."""
    if incident.state not in CLOSED or not STATES.allows(incident.state, OPEN):
        return False
    incident.state, incident.closed_at, incident.reason, incident.unproven = OPEN, None, None, False
    return True
