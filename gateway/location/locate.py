"""ROOM: find a phone's most likely position from what it sent, from the citizen's habits, or from the home."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from sqlalchemy import ColumnElement, select

from gateway.core.days import zone
from gateway.core.places import ladder
from gateway.core.places.aml import redact
from gateway.core.places.spots import Source, Spot
from gateway.identity.callers import Caller
from gateway.location.position_in_text import Reading
from gateway.models import fix as fixes
from gateway.models import known
from gateway.models import unit as units
from gateway.models.base import insert_new
from gateway.models.citizen import Citizen
from gateway.models.fix import Fix
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

FRESH = timedelta(hours=12)
HOME_RADIUS_M = 150.0  # metres; a registered address means a house or its neighbour
USUAL_RADIUS_M = 1_000.0  # metres; for words such as "at the market by day", typed once in a menu
MOST_FIXES = 50  # the most fixes of one phone in twelve hours; only a machine sends more


def keep_spot(uow: UnitOfWork, phone: str, spot: Spot, place: str = "", taken_at: datetime | None = None) -> Fix:
    """Store a position that was read from a message or given by a network, and return the fix."""
    now = uow.now()
    read = spot if isinstance(spot, Reading) else None
    fix = Fix(
        phone=phone,
        source=str(spot.source),
        lat=spot.lat,
        lon=spot.lon,
        radius_m=spot.radius_m,
        place=(place or (read.place if read else ""))[:120],
        unit_id=read.unit_id if read else None,
        raw=redact(spot.raw),
        taken_at=taken_at or (read.taken_at if read else now),
        received_at=now,
    )
    silent = known.has_nothing(uow.db, "fixes", phone)
    insert_new(uow.db, fix)
    if silent and fix.source in fixes.PRESUMED:  # the phone itself has told nothing
        known.tell_nothing(uow.db, "fixes", phone)
    return fix


def position(uow: UnitOfWork, caller: Caller, heard: Fix | None = None) -> Fix | None:
    """Return the best known position, or None.

    The order is: what the phone sent within 12 hours (`heard`: just now), the citizen's usual place at this hour, the
    registered home, an older position.
    """
    silent = known.has_nothing(uow.db, "fixes", caller.phone)
    recent = None if silent else ladder.best(_told(uow, caller.phone, Fix.taken_at > uow.now() - FRESH))
    if recent is not None:
        return recent if recent is heard else _last_known(uow, recent)
    presumed = heard or _usual(uow, caller) or _home(uow, caller)
    if presumed is not None:
        return presumed
    older = _told(uow, caller.phone)
    return _last_known(uow, older[0]) if older else None


def _told(uow: UnitOfWork, phone: str, *which: ColumnElement[bool]) -> list[Fix]:
    """Return the positions that this phone sent, newest first, without those that we only presumed."""
    query = fixes.told_by(phone).where(*which)
    return list(uow.db.scalars(query.order_by(Fix.taken_at.desc(), Fix.id.desc()).limit(MOST_FIXES)))


def _last_known(uow: UnitOfWork, fix: Fix) -> Fix:
    """Store an earlier position as "last known" now, with a radius that has grown with its age, and return the fix."""
    age = (uow.now() - fix.taken_at).total_seconds()
    spot = Spot(fix.lat, fix.lon, ladder.grown(fix.radius_m, age), Source.LAST_KNOWN, fix.raw or "")
    return keep_spot(uow, fix.phone, spot, fix.place, fix.taken_at)


def _usual(uow: UnitOfWork, caller: Caller) -> Fix | None:
    """Return the place where the citizen said to be at this hour of the unit's day."""
    who = caller.citizen
    if who is None or who.usual_lat is None or who.usual_lon is None or not _is_usual_hour(uow, who):
        return None
    radius = who.usual_radius_m or USUAL_RADIUS_M
    spot = Spot(who.usual_lat, who.usual_lon, radius, Source.USUAL, who.usual_words or "")
    return keep_spot(uow, caller.phone, spot)


def _is_usual_hour(uow: UnitOfWork, who: Citizen) -> bool:
    start, end = who.usual_from, who.usual_until
    if start is None or end is None:
        return True
    hour = uow.now().astimezone(_clock_of(uow, who.unit_id)).hour
    return start <= hour < end if start < end else hour >= start or hour < end


def _clock_of(uow: UnitOfWork, unit_id: int | None) -> tzinfo:
    unit = uow.db.get(Unit, unit_id) if unit_id is not None else None
    return zone(units.timezone_of(unit))


def _home(uow: UnitOfWork, caller: Caller) -> Fix | None:
    if caller.home is None:
        return None
    lat, lon = caller.home
    there = uow.db.scalar(
        select(Fix)
        .where(Fix.phone == caller.phone, Fix.source == str(Source.HOME), Fix.lat == lat, Fix.lon == lon)
        .limit(1)
    )
    return there or keep_spot(uow, caller.phone, Spot(lat, lon, HOME_RADIUS_M, Source.HOME, ""))
