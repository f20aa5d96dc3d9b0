"""When a text was sent, and how old a PIN must be: the rules, as tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.carriers.wire import moment
from gateway.core.pin_ages import cancels
from gateway.core.text_ages import believed, came_late, ends, latest

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        (None, None),
        (NOW, NOW),
        (ago(hours=3), ago(hours=3)),
        (ago(hours=24), ago(hours=24)),
        (ago(hours=24, seconds=1), None),
        (ago(seconds=-1), None),
        (ago(hours=-7), None),
    ],
)
def test_a_time_in_the_future_or_over_a_day_old_is_not_believed(told: datetime | None, wanted: datetime | None) -> None:
    assert believed(told, NOW) == wanted


@pytest.mark.parametrize(
    ("sent_at", "late", "by"),
    [
        (None, False, NOW),
        (NOW, False, NOW),
        (ago(seconds=8), False, NOW),
        (ago(seconds=30), False, ago(seconds=20)),
        (ago(minutes=5), False, ago(minutes=5, seconds=-10)),
        (ago(minutes=5, seconds=1), True, ago(minutes=5, seconds=-9)),
        (ago(hours=3), True, ago(hours=3, seconds=-10)),
    ],
)
def test_a_text_is_late_after_five_minutes_and_a_clock_may_run_ten_seconds_behind(
    sent_at: datetime | None, late: bool, by: datetime
) -> None:
    assert came_late(sent_at, NOW) is late
    assert latest(sent_at, NOW) == by


def test_a_text_ends_only_what_was_there_when_it_was_sent() -> None:
    assert ends(ago(minutes=1), NOW)
    assert ends(NOW, NOW)
    assert not ends(NOW, ago(minutes=1))


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ("1795312800", datetime(2026, 11, 22, 2, 0, tzinfo=UTC)),
        ("2026-11-22 02:00:00", NOW),
        ("2026-11-22+02:00:00", NOW),
        ("2026-11-22T02:00:00Z", NOW),
        ("2026-11-22T09:00:00.000+07:00", NOW),
        ("", None),
        ("None", None),
        ("2026-11-22", None),
        ("kemarin", None),
        ("99999999999999", None),
        ("2026-13-45 99:00:00", None),
    ],
)
def test_carriers_write_times_in_their_own_ways(told: str, wanted: datetime | None) -> None:
    assert moment(told) == wanted


@pytest.mark.parametrize(
    ("set_at", "opened_at", "wanted"),
    [
        (None, ago(minutes=1), True),
        (ago(hours=24), ago(minutes=1), True),
        (ago(hours=23), ago(minutes=1), False),
        (ago(hours=24), ago(hours=25), False),  # changed while the incident was open
        (ago(minutes=1), ago(minutes=5), False),
    ],
)
def test_a_pin_of_a_day_or_of_this_incident_cancels_nothing(
    set_at: datetime | None, opened_at: datetime, wanted: bool
) -> None:
    assert cancels(set_at, opened_at, NOW) is wanted
