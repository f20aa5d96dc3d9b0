"""Measure the size of an area."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gateway.core.places.distance import EQUATOR_RADIUS_M, FLATTENING

_E2 = FLATTENING * (2 - FLATTENING)  # the ellipsoid's eccentricity, squared
_E = _E2**0.5


def square_km(area: BaseGeometry) -> float:
    """Return the square kilometres of an area in degrees WGS 84 (longitude first), its edges straight on the map."""
    return float(shapely.transform(area, _equal_area).area) / 1e6


def corners(area: BaseGeometry) -> int:
    """Return the number of points of a drawing; a ring's last point, which repeats its first, does not count."""
    return int(shapely.get_num_coordinates(area)) - int(sum(_rings(area)))


def _rings(area: BaseGeometry) -> list[int]:
    return [1 + int(shapely.get_num_interior_rings(part)) for part in shapely.get_parts(area)]


def _equal_area(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the points in metres on a map with true areas.

    Lambert's cylindrical projection of the ellipsoid (Snyder 1987, 10-14 to 10-17, with 3-12).
    """
    lon, lat = np.radians(points).T
    sin = _E * np.sin(lat)
    q = (1 - _E2) * (np.sin(lat) / (1 - sin**2) + np.arctanh(sin) / _E)
    return np.column_stack([EQUATOR_RADIUS_M * lon, EQUATOR_RADIUS_M * q / 2])
