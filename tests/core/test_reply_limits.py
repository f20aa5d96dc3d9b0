"""What a stranger's number may cost."""

from __future__ import annotations

import pytest

from gateway.core.words.reply_limits import BY_PREFIX, MOST_A_DAY, MOST_AN_HOUR, prefix_of, within


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
