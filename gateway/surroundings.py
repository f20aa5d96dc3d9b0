"""ROOM: what the monitor's map shows besides the incidents: units, their areas, officers who told where they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gateway.desk import Desk
from gateway.models.officer import Officer
from gateway.models.unit import Area, Unit
from gateway.users import Scope
from gateway.waves import HERE_FRESH


@dataclass(frozen=True)
class Helper:
    """An officer with a fresh position of their own."""

    title: str
    lat: float
    lon: float
    at: datetime
    on_duty: bool


def units_of(desk: Desk, scope: Scope) -> Sequence[Unit]:
    """The units on this user's map."""
    query = select(Unit).order_by(Unit.id)
    return desk.db.scalars(query if scope is None else query.where(Unit.id.in_(scope))).all()


def boundaries(desk: Desk, scope: Scope) -> dict[str, Any]:
    """The areas of this user's units, as GeoJSON."""
    query = select(Area.geometry, Unit.name, Unit.code).join(Unit, Unit.id == Area.unit_id).order_by(Area.id)
    rows = desk.db.execute(query if scope is None else query.where(Area.unit_id.in_(scope)))
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"unit": row.name, "code": row.code},
                "geometry": json.loads(row.geometry),
            }
            for row in rows
        ],
    }


def helpers(desk: Desk, scope: Scope) -> list[Helper]:
    """Officers who told their position within a shift."""
    query = select(Officer).where(Officer.here_at > desk.now() - HERE_FRESH, Officer.suspended.is_(False))
    rows = desk.db.scalars(query if scope is None else query.where(Officer.unit_id.in_(scope)))
    return [
        Helper(row.title, row.here_lat, row.here_lon, row.here_at, row.on_duty)
        for row in rows
        if row.here_lat is not None and row.here_lon is not None and row.here_at is not None
    ]
