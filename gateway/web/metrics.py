"""Numbers for Prometheus, read from the database when asked."""

from __future__ import annotations

from prometheus_client import Gauge
from sqlalchemy import func, select

from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.wiring import House

OPEN = Gauge("siaga_incidents_open", "Incidents that are not closed", ["state"])
OUTBOUND = Gauge("siaga_outbound", "Texts and calls by state", ["kind", "state"])
SPOOLED = Gauge("siaga_spooled", "Requests that wait in the spool")


def refresh(house: House) -> None:
    SPOOLED.set(house.spool.waiting())
    with house.open_desk() as desk:
        OPEN.clear()
        for state, count in desk.db.execute(
            select(Incident.state, func.count()).where(Incident.closed_at.is_(None)).group_by(Incident.state)
        ):
            OPEN.labels(state).set(count)
        OUTBOUND.clear()
        for kind, state, count in desk.db.execute(
            select(Outbound.kind, Outbound.state, func.count()).group_by(Outbound.kind, Outbound.state)
        ):
            OUTBOUND.labels(kind, state).set(count)
