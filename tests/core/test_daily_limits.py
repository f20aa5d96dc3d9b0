"""Which texts may still leave on a line with a daily limit, as a table."""

from __future__ import annotations

import pytest

from gateway.core.daily_limits import is_near, may_send, waits


@pytest.mark.parametrize(
    ("sent", "limit", "purpose", "has_room", "is_held"),
    [
        (5000, 0, "help", True, False),  # no limit
        (159, 200, "help", True, False),
        (160, 200, "help", False, True),
        (160, 200, "register", False, True),
        (160, 200, "first", True, False),
        (189, 200, "reply", True, False),
        (190, 200, "reply", False, True),
        (190, 200, "notice", False, True),
        (190, 200, "a purpose that nobody has listed", False, True),
        (190, 200, "alert", True, False),
        (199, 200, "ask", True, False),
        (200, 200, "alert", False, False),  # another line first, and this one rather than none
        (200, 200, "ask", False, False),
    ],
)
def test_alerts_go_first_then_answers(sent: int, limit: int, purpose: str, has_room: bool, is_held: bool) -> None:
    assert (may_send(sent, limit, purpose), waits(sent, limit, purpose)) == (has_room, is_held)


@pytest.mark.parametrize(("sent", "limit", "near"), [(139, 200, False), (140, 200, True), (9, 0, False), (1, 1, True)])
def test_people_are_told_before_the_limit_is_reached(sent: int, limit: int, near: bool) -> None:
    assert is_near(sent, limit) is near
