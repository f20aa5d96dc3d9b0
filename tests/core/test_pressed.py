"""What was pressed while the connection was away is done late only if nothing has changed."""

from __future__ import annotations

import pytest

from gateway.core.pressed import not_meant


@pytest.mark.parametrize(
    ("age", "changed", "why"),
    [
        (-3.0, True, None),  # the page's clock is a little ahead
        (0.4, True, None),  # two desks press within a second: each is heard
        (2.0, True, None),
        (2.1, False, None),
        (2.1, True, "changed"),
        (10.0, False, None),
        (10.1, False, "late"),
        (600.0, True, "late"),
    ],
)
def test_a_press_is_done_at_once_or_unchanged_within_ten_seconds(age: float, changed: bool, why: str | None) -> None:
    assert not_meant(age, changed) == why
