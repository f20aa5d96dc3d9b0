"""Distances between positions. Positions are (lat, lon) in degrees WGS 84, distances in metres."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from geographiclib.geodesic import Geodesic
from numpy.typing import NDArray

Position = tuple[float, float]

EQUATOR_RADIUS_M, FLATTENING = 6_378_137.0, 1 / 298.257223563  # WGS 84
EARTH_RADIUS_M = 6_371_008.8  # the mean radius of WGS 84
# A sphere is at most 0.56 % off the ellipsoid in either direction, so the true nearest lie within twice that.
SPHERE_SLACK = 1.0115


def metres(a: Position, b: Position) -> float:
    """Return the shortest way over the WGS 84 ellipsoid, good to nanometres (Karney 2013, geographiclib)."""
    return float(Geodesic.WGS84.Inverse(*a, *b, Geodesic.DISTANCE)["s12"])


def nearest(origin: Position, points: Sequence[Position], n: int) -> list[tuple[int, float]]:
    """Return the `n` nearest of `points` as (index, metres), nearest first, equals in their given order.

    All points are first measured on a sphere at once. Only those that can be among the `n` are measured on the
    ellipsoid, and a position shared by many (officers at their station) only once.
    """
    if n <= 0 or not points:
        return []
    rough = _sphere(origin, np.asarray(points, dtype=np.float64))
    reach = np.partition(rough, min(n, len(rough)) - 1)[min(n, len(rough)) - 1] * SPHERE_SLACK
    candidates: list[int] = np.flatnonzero(rough <= reach).tolist()
    exact = {point: metres(origin, point) for point in {points[i] for i in candidates}}
    return sorted(((i, exact[points[i]]) for i in candidates), key=lambda found: (found[1], found[0]))[:n]


def metres_to_all(origin: Position, points: Sequence[Position]) -> list[float]:
    """Return the distance to many points at once, good to a ten-thousandth: exact enough to show people.

    Lambert's formula for long lines: the great circle between reduced latitudes, corrected for the flattening.
    """
    if not points:
        return []
    to = np.asarray(points, dtype=np.float64)
    lats = np.degrees(np.arctan((1 - FLATTENING) * np.tan(np.radians(np.append(to[:, 0], origin[0])))))
    angle = _sphere((lats[-1], origin[1]), np.column_stack([lats[:-1], to[:, 1]])) / EARTH_RADIUS_M
    middle, half = np.radians(lats[:-1] + lats[-1]) / 2, np.radians(lats[:-1] - lats[-1]) / 2
    with np.errstate(invalid="ignore", divide="ignore"):  # for two equal points there is nothing to correct
        x = (angle - np.sin(angle)) * (np.sin(middle) * np.cos(half) / np.cos(angle / 2)) ** 2
        y = (angle + np.sin(angle)) * (np.cos(middle) * np.sin(half) / np.sin(angle / 2)) ** 2
    flattened = np.where(angle > 0, angle - FLATTENING / 2 * (x + y), 0.0)
    found: list[float] = (EQUATOR_RADIUS_M * flattened).tolist()
    return found


def _sphere(origin: Position, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return great-circle metres from `origin` to every row of `points` (haversine, exact for near ones too)."""
    lat, lon = np.radians(points).T
    here_lat, here_lon = np.radians(origin)
    half = np.sin((lat - here_lat) / 2) ** 2 + np.cos(here_lat) * np.cos(lat) * np.sin((lon - here_lon) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0, 1))))
