"""Distances on the ellipsoid, and the nearest of many."""

from __future__ import annotations

import random
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.places.distance import metres, nearest

positions = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
PONTIANAK = (-0.0263, 109.3425)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        # One degree along the equator is an arc of the ellipsoid's own radius; along the meridian, a series of it.
        ((0.0, 109.0), (0.0, 110.0), 111_319.491),
        ((0.0, 109.0), (1.0, 109.0), 110_574.389),
        ((-0.0263, 109.3425), (-0.0263, 109.3425), 0.0),
        ((0.0, 179.9), (0.0, -179.9), 22_263.898),
        # Karney's published example, Wellington to Salamanca (doi:10.1007/s00190-012-0578-z, geographiclib manual).
        ((-41.32, 174.81), (40.96, -5.50), 19_959_679.267),
    ],
)
def test_it_measures_on_the_ellipsoid(a: tuple[float, float], b: tuple[float, float], expected: float) -> None:
    assert metres(a, b) == pytest.approx(expected, abs=0.001)


@given(positions, st.lists(positions, max_size=60), st.integers(-1, 70))
def test_the_nearest_are_those_that_the_ellipsoid_says(
    origin: tuple[float, float], points: list[tuple[float, float]], n: int
) -> None:
    measured = sorted((metres(origin, point), index) for index, point in enumerate(points))
    assert nearest(origin, points, n) == [(index, far) for far, index in measured[: max(n, 0)]]


def test_those_at_one_station_come_in_their_given_order() -> None:
    points = [(-0.03, 109.34)] * 5
    assert [index for index, _ in nearest(PONTIANAK, points, 3)] == [0, 1, 2]


@pytest.mark.parametrize("stations", [20_000, 500, 1])
def test_twenty_thousand_officers_are_searched_in_milliseconds(stations: int) -> None:
    dice = random.Random(1)
    where = [(dice.uniform(-4, 1), dice.uniform(108, 115)) for _ in range(stations)]
    officers = [where[index % stations] for index in range(20_000)]
    start = perf_counter()
    found = nearest(PONTIANAK, officers, 10)
    assert perf_counter() - start < 0.25  # some 6 ms on a quiet machine; the bench holds the tight floor
    assert len(found) == 10
