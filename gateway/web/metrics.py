"""Numbers for Prometheus, read from the database on each request."""

from __future__ import annotations

from contextlib import suppress

from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from gateway.core.phone import mask
from gateway.models import incident as incidents
from gateway.models import synthetic_panic as synthetic_panics
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.wiring import House

OPEN = Gauge("siaga_incidents_open", "Incidents that are not closed", ["state"])
OUTBOUND = Gauge("siaga_outbound", "Texts and calls by state", ["kind", "state"])
SYNTHETIC = Gauge(
    "siaga_synthetic_seconds", "Seconds until each step of the newest synthetic panic was through", ["phone", "step"]
)
SPOOLED = Gauge("siaga_spooled", "Requests that wait in the spool")
SNAPSHOT = Gauge("siaga_snapshot_age_seconds", "Age of the snapshot for an outage of the database; -1: there is none")


def refresh(house: House) -> None:
    """Read all numbers. With the database away only the size of the spool is known, which grows just then."""
    SPOOLED.set(house.spool.waiting())
    SNAPSHOT.set(house.outage.age_seconds())
    OPEN.clear()
    OUTBOUND.clear()
    SYNTHETIC.clear()
    with suppress(SQLAlchemyError), house.open_reading_uow() as uow:
        for state, count in uow.db.execute(
            select(Incident.state, func.count())
            .where(Incident.closed_at.is_(None), incidents.concerns_people())
            .group_by(Incident.state)
        ):
            OPEN.labels(state).set(count)
        for kind, state, count in uow.db.execute(
            select(Outbound.kind, Outbound.state, func.count()).group_by(Outbound.kind, Outbound.state)
        ):
            OUTBOUND.labels(kind, state).set(count)
        for plan in synthetic_panics.plans(uow.db):
            for row in synthetic_panics.newest_of(uow.db, plan.phone):
                for step, seconds in row.seconds().items():
                    SYNTHETIC.labels(mask(plan.phone), step).set(seconds)
