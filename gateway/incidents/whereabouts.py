"""Say where officers and units are, in degrees WGS 84."""

from __future__ import annotations

from datetime import datetime, timedelta

from gateway.models.officer import Officer, Post
from gateway.models.unit import Unit

HERE_FRESH = timedelta(hours=12)  # an officer's own POSISI counts for so long
Point = tuple[float, float]


def whereabouts(now: datetime, officer: Officer | Post) -> Point | None:
    """Return where an officer is: their own POSISI while it is fresh, else their usual place, or None."""
    if officer.here_at is not None and officer.here_at > now - HERE_FRESH:
        return point(officer.here_lat, officer.here_lon)
    return point(officer.lat, officer.lon)


def place_of(unit: Unit | None) -> Point | None:
    """Return where a unit is, or None."""
    return point(unit.lat, unit.lon) if unit is not None else None


def point(lat: float | None, lon: float | None) -> Point | None:
    """Return a point of two degrees, or None where one is missing."""
    return (lat, lon) if lat is not None and lon is not None else None
