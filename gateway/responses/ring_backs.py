"""Ring a responder who has answered before: back, because a call that bears their number proves nothing and a key on
ours does; or because the leader asks them to take over (`gateway.responses.hand_overs`).

The caller of these functions has locked the incident (`incidents.lock`).
"""

from __future__ import annotations

from sqlalchemy import select

from gateway.core.messages import HangUp, Say, Script
from gateway.core.possession import PROOF_IN
from gateway.core.sentences import script
from gateway.incidents import timeline, waves
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.unit_of_work import UnitOfWork

MOST = 3  # calls in PROOF_IN, because whoever forges a number could ring it for ever
RANK = 1  # behind the first calls of a first wave


def ring(uow: UnitOfWork, incident: Incident, alert: Alert, language: str) -> Script:
    """Hang up and ring that number at once; key 2 of our own call connects. Where no line can take that key, and after
    MOST calls, all else is in our text."""
    if not owe(uow, incident, alert):
        return (Say(script.by_text(language), language), HangUp())
    return (Say(script.ringing_back(language), language), HangUp())


def owe(uow: UnitOfWork, incident: Incident, alert: Alert) -> bool:
    """Owe a call to this responder, unless one is owed already; return False where there were too many lately, or no
    line can take a key."""
    rows = _lately(uow, incident, alert.phone)
    if len(rows) >= MOST or not uow.lines.for_words(alert.phone):
        return False
    if not any(row.state == outbounds.OWED for row in rows):
        row = waves.call_of(uow, alert, RANK, uow.now(), waves.policy_for(uow, incident))
        row.purpose = outbounds.RING_BACK
        uow.db.add(row)
        timeline.record(uow, incident, "rung_back", alert.title)
    uow.after_commit.deliver(incident.id)
    return True


def _lately(uow: UnitOfWork, incident: Incident, phone: str) -> list[Outbound]:
    """Return the calls back of this incident to this phone within PROOF_IN."""
    mine = (Outbound.purpose == outbounds.RING_BACK, Outbound.phone == phone, Outbound.incident_id == incident.id)
    return list(uow.db.scalars(select(Outbound).where(*mine, Outbound.created_at > uow.now() - PROOF_IN)))
