"""Where people were: an old incident keeps how its position was known and how exactly, and forgets the position."""

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

NOWHERE = 0.0  # what phones say for "I do not know", and what nobody takes for a place (core.spots.plausible)


def incidents_due(before: datetime) -> Condition:
    """Closed incidents whose position still is one."""
    known = exists().where(Fix.id == Incident.fix_id, Fix.phone != "")
    return and_(Incident.closed_at < before, or_(known, Incident.told_fix_id.is_not(None)))


def fixes_due(before: datetime) -> Condition:
    """Positions that nothing needs any more. A registered home is as old as its first call and used again: it stays as
    long as the number is registered, where it stands too."""
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
    """For the deletion itself: an incident that somebody held just now keeps its position until the next time."""
    return _pointed_at_by_none(true())


def _pointed_at_by_none(which: Condition) -> Condition:
    """Two lists, which a database looks up at once; a join would compare each position with each incident."""
    pointers = (Incident.fix_id, Incident.told_fix_id)
    return and_(*(Fix.id.not_in(select(each).where(each.is_not(None), which)) for each in pointers))


def blank(uow: UnitOfWork, incident_id: int) -> None:
    """The incident points to a position of its own, without a place."""
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
