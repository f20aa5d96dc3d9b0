"""ROOM: the layers of the monitor's map besides the incidents.

They are units, their areas, officers who sent their position, and volunteers who said that they come.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gateway.identity.users import Identity, Scope
from gateway.incidents.whereabouts import HERE_FRESH, whereabouts
from gateway.models import alert as alerts
from gateway.models import helping as helpings
from gateway.models.alert import Alert
from gateway.models.helping import Helping
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.models.unit import Area, Unit
from gateway.monitor import board
from gateway.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Helper:
    """An officer who sent a position within the last shift."""

    title: str
    lat: float
    lon: float
    at: datetime
    on_duty: bool


@dataclass(frozen=True)
class Neighbour:
    """Somebody of an incident, where we believe them: a volunteer who said yes at their home, an officer who was asked
    at their usual place."""

    name: str
    code: str  # the incident's code
    lat: float
    lon: float


def units_of(uow: UnitOfWork, scope: Scope) -> Sequence[Unit]:
    """Return the units on this user's map."""
    query = select(Unit).order_by(Unit.id)
    return uow.db.scalars(query if scope is None else query.where(Unit.id.in_(scope))).all()


def boundaries(uow: UnitOfWork, scope: Scope) -> dict[str, Any]:
    """Return the areas of this user's units as GeoJSON."""
    query = (
        select(Area.geometry, Area.name.label("area"), Unit.name, Unit.code)
        .join(Unit, Unit.id == Area.unit_id)
        .order_by(Area.id)
    )
    rows = uow.db.execute(query if scope is None else query.where(Area.unit_id.in_(scope)))
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"unit": row.name, "code": row.code, "name": row.area or row.name},
                "geometry": json.loads(row.geometry),
            }
            for row in rows
        ],
    }


def helpers(uow: UnitOfWork, scope: Scope) -> list[Helper]:
    """Return the officers who sent their position within a shift."""
    query = select(Officer).where(Officer.here_at > uow.now() - HERE_FRESH, Officer.suspended.is_(False))
    rows = uow.db.scalars(query if scope is None else query.where(Officer.unit_id.in_(scope)))
    return [
        Helper(row.title, row.here_lat, row.here_lon, row.here_at, row.on_duty)
        for row in rows
        if row.here_lat is not None and row.here_lon is not None and row.here_at is not None
    ]


def believed(uow: UnitOfWork, who: Identity) -> list[Neighbour]:
    """Return the officers who were asked to come to an open incident of this user, where we believe them: at their
    usual place, since `helpers` has those who sent a position. Whoever said no or was left out is not drawn."""
    ours = (Incident.closed_at.is_(None), Alert.state.in_((*alerts.ASKED, alerts.ACCEPTED)), board.visible(uow, who))
    query = select(Officer, Incident.code).join(Alert, Alert.officer_id == Officer.id)
    rows = uow.db.execute(query.join(Incident, Incident.id == Alert.incident_id).where(*ours).distinct()).all()
    places = {row.Officer.id: whereabouts(uow.now(), row.Officer) for row in rows if not _told_where(uow, row.Officer)}
    found = [(row.Officer.title, row.code, places.get(row.Officer.id)) for row in rows]
    return [Neighbour(title, code, *place) for title, code, place in found if place is not None]


def _told_where(uow: UnitOfWork, officer: Officer) -> bool:
    return officer.here_at is not None and officer.here_at > uow.now() - HERE_FRESH


def neighbours(uow: UnitOfWork, who: Identity) -> list[Neighbour]:
    """Return the volunteers who come to an open incident of this user.

    Those of a quiet incident are left out, because we told them to stay away.
    """
    ours = (Incident.closed_at.is_(None), Incident.quiet.is_(False), Helping.state == helpings.ACCEPTED)
    query = select(Helping, Incident.code).join(Incident, Incident.id == Helping.incident_id).where(*ours)
    rows = uow.db.execute(query.where(board.visible(uow, who))).all()
    found = [(row.Helping.citizen, row.code) for row in rows]
    return [
        Neighbour(citizen.person.name, code, citizen.lat, citizen.lon)
        for citizen, code in found
        if citizen.lat is not None and citizen.lon is not None
    ]
