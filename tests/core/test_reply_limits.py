"""What a stranger's number may cost."""

from __future__ import annotations

import pytest

from gateway.core.phone import can_reply
from gateway.core.words.reply_limits import (
    BY_PREFIX,
    CRIES_BY_PREFIX,
    FEW,
    KEPT_FOR_QUIET_RANGES,
    MOST_A_DAY,
    MOST_AN_HOUR,
    MOST_CRIES_AN_HOUR,
    MOST_OF_RANGE,
    CriesSoFar,
    CryAnswer,
    cry_answer,
    may_help,
    prefix_of,
    within,
)


@pytest.mark.parametrize(
    ("phone", "prefix"), [("+6281234567890", "+62"), ("+254712345678", "+254"), ("+6591234567", ""), ("+881612345", "")]
)
def test_the_longest_prefix_counts(phone: str, prefix: str) -> None:
    assert prefix_of(phone) == prefix


@pytest.mark.parametrize(
    ("today", "this_hour", "there", "phone", "allowed"),
    [
        (0, 0, 0, "+6281234567890", True),
        (MOST_A_DAY - 1, 0, 0, "+6281234567890", True),
        (MOST_A_DAY, 0, 0, "+6281234567890", False),
        (0, MOST_AN_HOUR, 0, "+6281234567890", False),
        (0, 20, BY_PREFIX[""] - 1, "+6591234567", True),
        (0, 20, BY_PREFIX[""], "+6591234567", False),
        (0, 20, BY_PREFIX[""], "+6281234567890", True),
    ],
)
def test_each_bound_holds_by_itself(today: int, this_hour: int, there: int, phone: str, allowed: bool) -> None:
    assert within(today, this_hour, there, phone) is allowed


FULL, SHORTEST, NOTHING, KNOWN = CryAnswer.FULL, CryAnswer.SHORTEST, CryAnswer.NOTHING, CryAnswer.KNOWN_ALREADY
ALL, DEAR = MOST_CRIES_AN_HOUR, CRIES_BY_PREFIX[""]


@pytest.mark.parametrize(
    ("so_far", "answer"),
    [
        (CriesSoFar(), FULL),
        (CriesSoFar(here_lately=True), KNOWN),
        (CriesSoFar(here_lately=True, at_home=True, this_hour=ALL), KNOWN),
        (CriesSoFar(this_hour=ALL - 1, this_hour_there=DEAR - 1), FULL),
        (CriesSoFar(of_range=MOST_OF_RANGE - 1), FULL),
        (CriesSoFar(of_range=MOST_OF_RANGE, at_home=True), SHORTEST),
        (CriesSoFar(of_range=MOST_OF_RANGE), NOTHING),
        (CriesSoFar(this_hour_there=DEAR), NOTHING),
        (CriesSoFar(this_hour=ALL), NOTHING),
        (CriesSoFar(this_hour_there=DEAR, most_there=CRIES_BY_PREFIX["+62"]), FULL),
        (CriesSoFar(this_hour=ALL, most_there=CRIES_BY_PREFIX["+62"], at_home=True), SHORTEST),
        (CriesSoFar(this_hour_there=CRIES_BY_PREFIX["+62"], most_there=CRIES_BY_PREFIX["+62"], at_home=True), SHORTEST),
    ],
)
def test_a_cry_is_answered_in_full_then_shortly_at_home_and_abroad_not_at_all(
    so_far: CriesSoFar, answer: CryAnswer
) -> None:
    assert cry_answer(so_far) is answer


def test_cries_and_courtesies_count_the_same_ranges() -> None:
    assert CRIES_BY_PREFIX.keys() == BY_PREFIX.keys()


@pytest.mark.parametrize("phone", ["+628091234567", "+979123456789", "+449012345678", "+19005551234"])
def test_no_premium_range_is_ever_answered(phone: str) -> None:
    assert not can_reply(phone)


@pytest.mark.parametrize(("told", "may"), [(0, True), (4, True), (5, False), (60, False)])
def test_help_has_a_budget(told: int, may: bool) -> None:
    assert may_help(told) is may


@pytest.mark.parametrize(
    ("this_hour", "of_range", "allowed"),
    [
        (MOST_OF_RANGE, MOST_OF_RANGE - 1, True),
        (MOST_OF_RANGE, MOST_OF_RANGE, False),
        (MOST_AN_HOUR - KEPT_FOR_QUIET_RANGES, FEW, False),
        (MOST_AN_HOUR - KEPT_FOR_QUIET_RANGES, FEW - 1, True),
        (MOST_AN_HOUR - 1, 0, True),
        (MOST_AN_HOUR, 0, False),
    ],
)
def test_a_range_that_floods_uses_up_its_own_budget_and_not_everybodys(
    this_hour: int, of_range: int, allowed: bool
) -> None:
    assert within(0, this_hour, 0, "+6281234567890", of_range) is allowed
