"""How far it is to many points at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.places.distance import metres, metres_to_all

degrees = st.tuples(st.floats(-60, 60), st.floats(-179, 179))
near = st.tuples(st.floats(-1, 1), st.floats(-1, 1))


@given(degrees, st.lists(near, min_size=1, max_size=5))
def test_within_a_province_it_is_the_geodesic_to_a_ten_thousandth(
    origin: tuple[float, float], steps: list[tuple[float, float]]
) -> None:
    points = [(origin[0] + lat, origin[1] + lon) for lat, lon in steps]
    exact = [metres(origin, point) for point in points]
    assert metres_to_all(origin, points) == pytest.approx(exact, rel=1e-4, abs=0.5)


def test_where_we_stand_is_no_way_and_nowhere_has_no_distances() -> None:
    assert metres_to_all((-0.02, 109.3), [(-0.02, 109.3), (0.0, 0.0)])[0] == 0.0
    assert metres_to_all((-0.02, 109.3), []) == []
