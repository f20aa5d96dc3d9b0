"""Percentiles and shares: checked against what they are said to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.sentences.figures import Spread, percentile, share, spread, within

numbers = st.lists(st.floats(min_value=0, max_value=1e6), min_size=1, max_size=60)
parts = st.integers(min_value=1, max_value=100).map(lambda percent: percent / 100)


@pytest.mark.parametrize(
    ("values", "part", "told"),
    [
        ([], 0.5, None),
        ([7.0], 0.5, 7.0),
        ([7.0], 0.9, 7.0),
        ([1.0, 2.0], 0.5, 1.0),
        ([1.0, 2.0, 3.0], 0.5, 2.0),
        ([1.0, 2.0, 3.0, 4.0], 0.5, 2.0),
        ([float(n) for n in range(1, 11)], 0.9, 9.0),
        ([float(n) for n in range(1, 12)], 0.9, 10.0),
        ([float(n) for n in range(1, 101)], 0.9, 90.0),
        ([1.0, 2.0], 1.0, 2.0),
    ],
)
def test_a_percentile_is_the_nearest_rank(values: list[float], part: float, told: float | None) -> None:
    assert percentile(values, part) == told


@given(values=numbers, part=parts)
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(values: list[float], part: float) -> None:
    values.sort()
    found = percentile(values, part)
    assert found in values
    need = part * len(values) - 1e-9
    assert sum(value <= found for value in values) >= need
    assert sum(value < found for value in values) < need


def test_a_spread_leaves_out_who_has_no_value() -> None:
    assert spread([30.0, None, 10.0, 20.0]) == Spread(3, 20.0, 30.0, 30.0)
    assert spread([None]) == Spread(0, None, None, None)


@pytest.mark.parametrize(("part", "whole", "told"), [(1, 4, 0.25), (0, 4, 0.0), (4, 4, 1.0), (0, 0, None)])
def test_a_share_of_nothing_is_not_nought(part: int, whole: int, told: float | None) -> None:
    assert share(part, whole) == told


def test_within_counts_the_limit_itself_and_no_missing_value() -> None:
    assert within([59.9, 60.0, 60.1, None], 60) == 2
