"""Which telephones may ring somebody out, and how long citizens find one busy."""

from __future__ import annotations

import pytest

from gateway.core.missed_calls import Handset, is_shut_by_ringing, may_ring_out, shut_for

OWN, OTHER = "+628110001200", "+628110001100"


@pytest.mark.parametrize(
    ("says", "tells_of_waiting", "doors", "may", "shut"),
    [
        ("no citizen is told this number", False, {OTHER}, True, False),
        ("nobody is told any number", False, set(), True, False),
        ("the only door", False, {OWN}, False, False),
        ("the only door, and it tells of waiting calls", True, {OWN}, True, False),
        ("one of two doors", False, {OWN, OTHER}, True, True),
        ("one of two doors, and it tells of waiting calls", True, {OWN, OTHER}, True, False),
    ],
)
def test_the_only_door_stays_open(says: str, tells_of_waiting: bool, doors: set[str], may: bool, shut: bool) -> None:
    handset = Handset(OWN, tells_of_waiting)
    assert (may_ring_out(handset, doors), is_shut_by_ringing(handset, doors)) == (may, shut), says


@pytest.mark.parametrize(("phones", "pool", "seconds"), [(0, 1, 0), (1, 1, 27), (13, 1, 351), (13, 2, 189), (3, 4, 27)])
def test_a_door_is_shut_as_long_as_phones_are_rung_one_after_the_other(phones: int, pool: int, seconds: int) -> None:
    assert shut_for(phones, pool, ring_seconds=25) == seconds
