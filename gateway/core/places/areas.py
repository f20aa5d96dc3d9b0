"""Find the unit whose area holds a position, and the units near enough to be asked too.

Areas may overlap, leave slivers and have several pieces per unit; no position is lost by that. Distances are in metres
on a plane laid through the position, good to a thousandth within some 50 km. No area crosses the date line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import cos, radians

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gateway.core.places.tangles import is_tangled

# drawn borders leave gaps up to this size between neighbours; a position in a gap still gets a unit
SLIVER_METRES = 100.0


class Areas:
    """An index of all areas. A look-up takes a few microseconds, whatever the number of areas."""

    def __init__(self, areas: Iterable[tuple[str, Mapping[str, object]]]) -> None:
        """Take pairs of a unit (its code or id) and a GeoJSON geometry; a unit may occur once for each of its pieces.

        Raises ValueError as `polygon` does.
        """
        pieces = [(unit, polygon(geometry, unit)) for unit, geometry in areas]
        self._units = [unit for unit, _ in pieces]
        self._shapes = np.array([piece for _, piece in pieces], dtype=object)
        shapely.prepare(self._shapes)
        self._tree = shapely.STRtree(self._shapes)
        self._size: dict[str, float] = defaultdict(float)
        for unit, piece in pieces:
            self._size[unit] += piece.area * cos(radians(piece.centroid.y))

    def __len__(self) -> int:
        return len(self._units)

    def at(self, lat: float, lon: float) -> list[str]:
        """Return the units whose area covers the position, the smallest area first; in a sliver the nearest unit."""
        covering = self._covering(lat, lon)
        return covering or [unit for unit, _ in self.within(lat, lon, SLIVER_METRES)[:1]]

    def within(self, lat: float, lon: float, margin_m: float) -> list[tuple[str, float]]:
        """Return the units at most `margin_m` metres from the position with their distance in metres, nearest first.

        A unit whose area covers the position is at 0; among equals the smallest area comes first.
        """
        north, east = _metres_per_degree(lat)
        reach = shapely.box(
            lon - margin_m / east, lat - margin_m / north, lon + margin_m / east, lat + margin_m / north
        )
        distance = dict.fromkeys(self._covering(lat, lon), 0.0)
        for index in self._tree.query(reach).tolist():
            metres = _metres_to(self._shapes[index], lat, lon)
            if metres <= margin_m:
                distance[self._units[index]] = min(metres, distance.get(self._units[index], metres))
        return sorted(distance.items(), key=lambda found: (found[1], self._size[found[0]], found[0]))

    def _covering(self, lat: float, lon: float) -> list[str]:
        hits = self._tree.query(shapely.Point(lon, lat), predicate="intersects").tolist()
        return sorted({self._units[index] for index in hits}, key=lambda unit: (self._size[unit], unit))


def polygon(geometry: Mapping[str, object], unit: str) -> BaseGeometry:
    """Return a GeoJSON Polygon or MultiPolygon (longitude before latitude) as a valid geometry.

    Self-crossings are repaired. Raises ValueError, with a sentence that names `unit`, for anything else.
    """
    kind = geometry.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"area of {unit}: a Polygon or MultiPolygon is needed, not {kind}")
    try:
        with np.errstate(invalid="ignore"):  # a NaN is refused below, with a sentence instead of a warning
            drawn = shapely.force_2d(shape(dict(geometry)))
    except (shapely.errors.ShapelyError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise ValueError(f"area of {unit}: its coordinates cannot be read ({error})") from error
    if drawn.is_empty or not np.isfinite(shapely.get_coordinates(drawn)).all():
        raise ValueError(f"area of {unit}: it has no coordinates, or some that are no numbers")
    west, south, east, north = drawn.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise ValueError(f"area of {unit}: it leaves the Earth; GeoJSON writes longitude before latitude")
    if not shapely.is_valid(drawn) and is_tangled(drawn):
        raise ValueError(f"area of {unit}: its edges cross one another in too many places")
    mended = _only_surfaces(shapely.make_valid(drawn))
    if mended.area == 0:
        raise ValueError(f"area of {unit}: it encloses nothing")
    return mended


def _only_surfaces(mended: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shapely.get_parts(mended))
    return shapely.union_all([part for part in parts.tolist() if part.geom_type in ("Polygon", "MultiPolygon")])


def _metres_to(area: BaseGeometry, lat: float, lon: float) -> float:
    """Return the metres from the position to the nearest edge of `area`, 0 inside."""
    north, east = _metres_per_degree(lat)

    def plane(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray((points - (lon, lat)) * (east, north))

    return float(shapely.distance(shapely.transform(area, plane), shapely.Point(0, 0)))


def _metres_per_degree(lat: float) -> tuple[float, float]:
    """Return the metres in a degree of latitude and of longitude at `lat` (series for the WGS 84 ellipsoid)."""
    angle = radians(max(-89.0, min(89.0, lat)))  # at a pole a degree of longitude has no length; no unit is there
    north = 111_132.92 - 559.82 * cos(2 * angle) + 1.175 * cos(4 * angle)
    east = 111_412.84 * cos(angle) - 93.5 * cos(3 * angle) + 0.118 * cos(5 * angle)
    return north, east
