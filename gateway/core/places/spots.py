"""A position as somebody gave it: where, with which radius, and from which source."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

METRES_PER_DEGREE = 111_320.0  # of latitude, and of longitude on the equator
HANDSET_METRES = 25.0  # a phone's own fix among houses is seldom better, however many decimals it prints


class Source(StrEnum):
    """The source of a position, the most exact first."""

    AML = "aml"  # the phone's own emergency service
    COORDINATES = "coordinates"  # degrees written in a text, or carried beside it by the channel
    GEO_URI = "geo_uri"
    LINK = "link"  # a map link
    PLUS_CODE = "plus_code"
    DESK = "desk"  # the desk's click on the map
    OFFICER = "officer"  # an officer said so or is there
    NETWORK = "network"  # the operator located the phone
    CELL = "cell"  # the tower that the phone used
    PLACE = "place"  # words matched with the table of places
    LAST_KNOWN = "last_known"
    USUAL = "usual"  # the citizen's usual place at this hour
    HOME = "home"


@dataclass(frozen=True)
class Spot:
    """A position: `lat` and `lon` in degrees WGS 84, good to `radius_m` metres; `raw` is the text it was read from."""

    lat: float
    lon: float
    radius_m: float
    source: Source
    raw: str


@dataclass(frozen=True)
class Found:
    """A position and where it began in the text, so that the first of several can be chosen."""

    start: int
    spot: Spot


@dataclass(frozen=True)
class Box:
    """A region between two latitudes and two longitudes, in degrees; it does not cross the date line."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, lat: float, lon: float) -> bool:
        return self.south <= lat <= self.north and self.west <= lon <= self.east


INDONESIA = Box(south=-11.0, west=95.0, north=6.5, east=141.5)


def plausible(lat: float, lon: float) -> bool:
    """Return whether a person can be there: a finite place on Earth other than 0,0.

    Phones send 0,0 for "I do not know".
    """
    on_earth = isfinite(lat) and isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180
    return on_earth and max(abs(lat), abs(lon)) >= 0.01


def put_in_order(first: float, second: float, box: Box | None = None) -> tuple[float, float] | None:
    """Return (lat, lon) for two degrees as written, or None if nobody can be there.

    They are swapped only if that is the only reading: the first cannot be a latitude, or only the swapped pair lies in
    `box`, the served region.
    """
    readings = [pair for pair in ((first, second), (second, first)) if plausible(*pair)]
    if box is not None:
        readings = [pair for pair in readings if box.holds(*pair)] or readings
    return readings[0] if readings else None


def radius_of(resolution: float) -> float:
    """Return the radius in metres of a position whose last written digit is worth `resolution` degrees."""
    return max(HANDSET_METRES, round(METRES_PER_DEGREE * resolution, 1))
