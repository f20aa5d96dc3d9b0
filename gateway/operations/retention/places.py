"""Forget the positions of old incidents; the source and the radius of a position stay."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, exists, or_, select, true

from gateway.core.places.spots import Source
from gateway.models import citizen as citizens
from gateway.models.citizen import Citizen
from gateway.models.fix import Fix
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.operations.retention.steps import Condition, over
from gateway.unit_of_work import UnitOfWork

NOWHERE = 0.0  # phones send this for "I do not know"; no code takes it for a place (core.places.spots.plausible)


def incidents_due(before: datetime) -> Condition:
    """Return the condition for closed incidents that still have a position."""
    known = exists().where(Fix.id == Incident.fix_id, Fix.phone != "")
    return and_(Incident.closed_at < before, or_(known, Incident.told_fix_id.is_not(None)))


def fixes_due(before: datetime) -> Condition:
    """Return the condition for positions that nothing needs any more.

    A registered home is as old as its first call but used again, so it stays as long as the number is registered.
    """
    running = or_(Incident.closed_at.is_(None), Incident.closed_at >= before)
    home = and_(
        Fix.source == str(Source.HOME),
        or_(
            exists().where(Citizen.phone == Fix.phone, Citizen.state != citizens.REPLACED),
            exists().where(Officer.phone == Fix.phone),
        ),
    )
    return and_(
        Fix.phone != "", Fix.received_at < before, over(Fix.incident_id, before), _pointed_at_by_none(running), ~home
    )


def is_needed_by_none() -> Condition:
    """Return the condition that no incident refers to the position, for the deletion itself.

    An incident that another transaction held just now keeps its position until the next run.
    """
    return _pointed_at_by_none(true())


def _pointed_at_by_none(which: Condition) -> Condition:
    """Return the condition as two lists, which a database looks up quickly; a join would compare all pairs."""
    pointers = (Incident.fix_id, Incident.told_fix_id)
    return and_(*(Fix.id.not_in(select(each).where(each.is_not(None), which)) for each in pointers))


def blank(uow: UnitOfWork, incident_id: int) -> None:
    """Point the incident to a position of its own that holds no place."""
    incident = uow.db.get_one(Incident, incident_id)
    known = uow.db.scalar(select(Fix).where(Fix.id == incident.fix_id))
    incident.fix_id, incident.told_fix_id = None, None
    if known is None:
        return
    told = Fix(
        phone="",
        incident_id=incident.id,
        source=known.source,
        lat=NOWHERE,
        lon=NOWHERE,
        radius_m=known.radius_m,
        taken_at=known.taken_at,
        received_at=known.received_at,
    )
    uow.db.add(told)
    uow.db.flush()
    incident.fix_id = told.id
