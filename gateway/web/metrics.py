"""Numbers for Prometheus, read from the database on each request."""

from __future__ import annotations

from contextlib import suppress

from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.wiring import House

OPEN = Gauge("siaga_incidents_open", "Incidents that are not closed", ["state"])
OUTBOUND = Gauge("siaga_outbound", "Texts and calls by state", ["kind", "state"])
SPOOLED = Gauge("siaga_spooled", "Requests that wait in the spool")


def refresh(house: House) -> None:
    """Read all numbers. With the database away only the size of the spool is known, which grows just then."""
    SPOOLED.set(house.spool.waiting())
    OPEN.clear()
    OUTBOUND.clear()
    with suppress(SQLAlchemyError), house.open_reading_uow() as uow:
        for state, count in uow.db.execute(
            select(Incident.state, func.count()).where(Incident.closed_at.is_(None)).group_by(Incident.state)
        ):
            OPEN.labels(state).set(count)
        for kind, state, count in uow.db.execute(
            select(Outbound.kind, Outbound.state, func.count()).group_by(Outbound.kind, Outbound.state)
        ):
            OUTBOUND.labels(kind, state).set(count)
