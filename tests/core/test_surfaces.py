"""Sizes of areas, against geodesic polygons and the Earth itself."""

from __future__ import annotations

import pytest
import shapely
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.places.surfaces import corners, square_km


def geodesic_km2(west: float, south: float, east: float, north: float) -> float:
    ring = Geodesic.WGS84.Polygon()
    for lat, lon in ((south, west), (south, east), (north, east), (north, west)):
        ring.AddPoint(lat, lon)
    return float(ring.Compute()[2]) / 1e6


@given(st.floats(-60, 60), st.floats(-170, 170), st.floats(0.001, 0.2), st.floats(0.001, 0.2))
def test_a_small_area_is_as_large_as_on_the_ellipsoid(lat: float, lon: float, high: float, wide: float) -> None:
    box = lon, lat, lon + wide, lat + high
    assert square_km(shapely.box(*box)) == pytest.approx(geodesic_km2(*box), rel=1e-4)


def test_the_whole_earth_is_as_large_as_it_is() -> None:
    assert square_km(shapely.box(-180, -90, 180, 90)) == pytest.approx(510_065_621.7, rel=1e-9)


def test_nothing_has_no_size() -> None:
    assert square_km(shapely.Polygon()) == 0
    assert square_km(shapely.LineString([(0, 0), (1, 1)])) == 0


def test_a_hole_is_not_counted_as_surface_and_its_corners_are() -> None:
    holed = shapely.box(0, 0, 1, 1).difference(shapely.box(0.2, 0.2, 0.4, 0.4))
    assert square_km(holed) == pytest.approx(square_km(shapely.box(0, 0, 1, 1)) * 0.96, rel=1e-4)
    assert corners(holed) == 8
    assert corners(shapely.union(holed, shapely.box(2, 2, 3, 3))) == 12
