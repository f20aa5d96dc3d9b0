"""Find out who is free. An officer is free who is on duty, goes to no open incident, and has no alert call owed or
under way.

An officer who is not free is asked too, where they are near, but never instead of one who is.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select, true, union
from sqlalchemy.orm import Session

from gateway.models import alert as alerts
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound


def busy_phones(db: Session, phones: Collection[str], drill: bool = False) -> Collection[str]:
    """Return which of these phones belong to somebody who has accepted an open incident, or wait for an alert call of
    ours or ring with it. A call that is owed for a drill keeps nobody from a real incident, because it leaves later;
    `drill` says that the question is asked for one."""
    if not phones:
        return ()
    accepted = (
        select(Alert.phone)
        .join(Incident, Incident.id == Alert.incident_id)
        .where(Alert.phone.in_(phones), Alert.state == alerts.ACCEPTED, Incident.closed_at.is_(None))
    )
    counts = or_(outbounds.rings(), true() if drill else Incident.drill.is_(False))
    called = (
        select(Outbound.phone)
        .join(Incident, Incident.id == Outbound.incident_id)
        .where(Outbound.phone.in_(phones), outbounds.is_awaited(), Outbound.purpose == "alert", counts)
    )
    return set(db.scalars(union(accepted, called)))
