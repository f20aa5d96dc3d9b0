"""Name the surroundings of a position: the area that holds it, and the nearest known place with distance and direction.

An officer with a feature phone finds "300 m west of the market, Sungai Jawi" by it, and finds nothing by coordinates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from geographiclib.geodesic import Geodesic

from gateway.core.places.areas import Areas
from gateway.core.places.distance import metres_to_all
from gateway.core.places.gazetteer import Place

FAR_M = 10_000.0  # metres; a place farther away tells nobody where to go
WIDE_M = 150.0  # metres; the radius above which a place is a street or a quarter: its middle is no landmark


class Compass(StrEnum):
    """The eight directions, clockwise from north."""

    NORTH = "north"
    NORTH_EAST = "north_east"
    EAST = "east"
    SOUTH_EAST = "south_east"
    SOUTH = "south"
    SOUTH_WEST = "south_west"
    WEST = "west"
    NORTH_WEST = "north_west"


@dataclass(frozen=True)
class Near:
    """A known place near a position: `metres` from the place to the position, which lies in direction `compass` of it.

    `around` is true for a position somewhere inside a wide place; distance and direction from its middle mean nothing
    there.
    """

    name: str
    metres: float
    compass: Compass
    around: bool = False


@dataclass(frozen=True)
class Surroundings:
    """The names around a position: the area that holds it (a kelurahan, as the map names it), and a place near it."""

    area: str = ""
    near: Near | None = None


class Neighbourhood:
    """An index of named areas and known places. A look-up takes some hundred microseconds for 5,000 places."""

    def __init__(self, areas: Iterable[tuple[str, Mapping[str, object]]], places: Iterable[Place]) -> None:
        """Take the named areas as pairs of name and GeoJSON geometry; raises ValueError as `areas.polygon` does."""
        self._areas = Areas(areas)
        self._places = [place for place in places if place.level == "place"]
        self._points = [(place.lat, place.lon) for place in self._places]

    def of(self, lat: float, lon: float) -> Surroundings:
        """Return the names around a position (degrees WGS 84); of several areas that hold it, the smallest."""
        return Surroundings(next(iter(self._areas.at(lat, lon)), ""), self._near(lat, lon))

    def _near(self, lat: float, lon: float) -> Near | None:
        """Return the place whose name tells most exactly where the position is: near, and small itself."""
        away = metres_to_all((lat, lon), self._points)
        found = min(zip(away, self._places, strict=True), key=lambda one: one[0] + one[1].radius_m, default=None)
        if found is None or found[0] > max(FAR_M, found[1].radius_m):
            return None
        metres, place = found
        around = place.radius_m > WIDE_M and metres <= place.radius_m
        return Near(place.name, metres, direction((place.lat, place.lon), (lat, lon)), around)


def direction(start: tuple[float, float], end: tuple[float, float]) -> Compass:
    """Return the direction in which `end` lies as seen from `start`; both are (lat, lon) in degrees WGS 84."""
    degrees = float(Geodesic.WGS84.Inverse(*start, *end, Geodesic.AZIMUTH)["azi1"])
    return tuple(Compass)[round(degrees / 45) % 8]
