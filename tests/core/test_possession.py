"""What counts without proof: the tables, line by line."""

from __future__ import annotations

import pytest

from gateway.core.intent.facts import Standing
from gateway.core.possession import PROOF_KEY, YES_COUNTS, Closer, Closing, closing, may_leave

DESK, PROVEN_DESK = Closer(desk=True), Closer(desk=True, proven=True)
OFFICER, PROVEN, THERE = Closer(), Closer(proven=True), Closer(proven=True, on_scene=True)
CLOSES, UNPROVEN, NOTED = Closing


def test_a_yes_counts_of_who_was_asked_and_of_nobody_else() -> None:
    assert set(YES_COUNTS) == {(standing, led) for standing in Standing for led in (False, True)}
    needs_proof = {pair for pair, counts in YES_COUNTS.items() if not counts}
    assert needs_proof == {
        (Standing.NOT_ASKED, False),
        (Standing.NOT_ASKED, True),
        (Standing.DECLINED, True),
        (Standing.STOOD_DOWN, True),
    }


@pytest.mark.parametrize(
    ("careful", "by", "before", "wanted"),
    [
        (False, OFFICER, (), UNPROVEN),
        (False, PROVEN, (), CLOSES),
        (False, DESK, (), UNPROVEN),
        (False, PROVEN_DESK, (), CLOSES),
        (True, OFFICER, (), NOTED),
        (True, PROVEN, (), NOTED),
        (True, THERE, (), NOTED),
        (True, DESK, (), NOTED),
        (True, PROVEN_DESK, (), CLOSES),
        (True, THERE, (OFFICER,), NOTED),
        (True, OFFICER, (THERE, PROVEN), NOTED),
        (True, PROVEN, (PROVEN,), NOTED),
        (True, PROVEN, (THERE,), CLOSES),
        (True, THERE, (PROVEN,), CLOSES),
    ],
)
def test_who_closes_what(careful: bool, by: Closer, before: tuple[Closer, ...], wanted: Closing) -> None:
    assert closing(careful, by, before) is wanted


@pytest.mark.parametrize(
    ("remaining", "proven", "wanted"), [(2, False, True), (1, False, False), (0, False, False), (0, True, True)]
)
def test_who_leaves_an_almost_empty_station_needs_proof(remaining: int, proven: bool, wanted: bool) -> None:
    assert may_leave(remaining, 2, proven) is wanted


def test_the_key_that_proves_is_none_that_people_press_by_habit() -> None:
    assert PROOF_KEY not in ("1", "4")
