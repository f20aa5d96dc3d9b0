"""Write an incident's timeline, one line for each thing that happened, and look up what it says."""

from __future__ import annotations

import logging
from collections.abc import Collection

from sqlalchemy import select

from gateway.core.words.pinwords import hide_pins
from gateway.models.event import Event
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)


def record(uow: UnitOfWork, incident: Incident, kind: str, who: str = "", text: str = "") -> None:
    """Write one line; the monitors are told after the commit. `text` may hold a person's own words (kept sealed)."""
    uow.db.add(Event(incident_id=incident.id, at=uow.now(), kind=kind, who=who[:120], text=hide_pins(text)))
    uow.after_commit.watch(incident.id)
    log.info(kind, extra={"incident": incident.code, "wave": incident.wave})


def says(uow: UnitOfWork, incident: Incident, who: str, kinds: Collection[str]) -> bool:
    """Return whether the timeline has a line of one of these kinds by this officer or desk."""
    mine = (Event.incident_id == incident.id, Event.kind.in_(kinds), Event.who == who[:120])
    return uow.db.scalar(select(Event.id).where(*mine).limit(1)) is not None


def last_of(uow: UnitOfWork, incident: Incident, *kinds: str) -> Event | None:
    """Return the newest line of one of these kinds, or None."""
    mine = (Event.incident_id == incident.id, Event.kind.in_(kinds))
    return uow.db.scalar(select(Event).where(*mine).order_by(Event.id.desc()).limit(1))
