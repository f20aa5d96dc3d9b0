"""ROOM: where somebody most likely is, and which unit answers for that place."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from gateway.callers import Caller
from gateway.core.distance import metres
from gateway.core.spots import Source, Spot
from gateway.desk import Desk
from gateway.models import unit as units
from gateway.models.fix import Fix
from gateway.models.unit import Unit

FRESH = timedelta(hours=12)
HOME_RADIUS_M = 150.0  # a registered address is a house, or its neighbour


def keep_spot(desk: Desk, phone: str, spot: Spot, place: str = "", taken_at: datetime | None = None) -> Fix:
    """Write down a position that was read from a message or given by a network."""
    now = desk.now()
    fix = Fix(
        phone=phone,
        source=str(spot.source),
        lat=spot.lat,
        lon=spot.lon,
        radius_m=spot.radius_m,
        place=place[:120],
        raw=spot.raw,
        taken_at=taken_at or now,
        received_at=now,
    )
    desk.db.add(fix)
    desk.db.flush()
    return fix


def position(desk: Desk, caller: Caller) -> Fix | None:
    """The best position known: a fix younger than 12 hours, else the registered home, else an older fix, else none."""
    last = _last(desk, caller.phone)
    if last is not None and last.taken_at > desk.now() - FRESH:
        return last
    return _home(desk, caller) or last


def _last(desk: Desk, phone: str) -> Fix | None:
    query = select(Fix).where(Fix.phone == phone, Fix.source != str(Source.HOME))
    return desk.db.scalar(query.order_by(Fix.taken_at.desc(), Fix.id.desc()).limit(1))


def _home(desk: Desk, caller: Caller) -> Fix | None:
    if caller.home is None:
        return None
    lat, lon = caller.home
    known = desk.db.scalar(
        select(Fix)
        .where(Fix.phone == caller.phone, Fix.source == str(Source.HOME), Fix.lat == lat, Fix.lon == lon)
        .limit(1)
    )
    return known or keep_spot(desk, caller.phone, Spot(lat, lon, HOME_RADIUS_M, Source.HOME, ""))


def responsible(desk: Desk, fix: Fix | None, caller: Caller) -> Unit | None:
    """Whose area holds the position, else the citizen's own unit, else the nearest, else the topmost."""
    if fix is not None:
        holding = desk.atlas.areas(desk.db).at(fix.lat, fix.lon)
        if holding:
            return desk.db.get(Unit, int(holding[0]))
    if caller.unit_id is not None:
        return desk.db.get(Unit, caller.unit_id)
    return (_nearest_unit(desk, fix) if fix is not None else None) or units.topmost(desk.db)


def _nearest_unit(desk: Desk, fix: Fix) -> Unit | None:
    """The nearest unit that works a beat (a Polsek or post), else the nearest of any kind."""
    placed = [unit for unit in units.all_units(desk.db) if unit.lat is not None and unit.lon is not None]
    beats = [unit for unit in placed if unit.kind in ("polsek", "post")] or placed
    return min(beats, key=lambda unit: metres((fix.lat, fix.lon), (unit.lat or 0.0, unit.lon or 0.0)), default=None)
