"""Where a day and a month begin on somebody's own clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.days import day_start, month_start


def utc(*at: int) -> datetime:
    return datetime(*at, tzinfo=UTC)  # type: ignore[arg-type, misc]  # year, month, day, hour, minute


@pytest.mark.parametrize(
    ("at", "timezone", "day", "month"),
    [
        (utc(2026, 11, 22, 7), "Asia/Pontianak", utc(2026, 11, 21, 17), utc(2026, 10, 31, 17)),
        (utc(2026, 11, 30, 17), "Asia/Pontianak", utc(2026, 11, 30, 17), utc(2026, 11, 30, 17)),
        (utc(2026, 11, 30, 16, 59), "Asia/Pontianak", utc(2026, 11, 29, 17), utc(2026, 10, 31, 17)),
        (utc(2026, 11, 30, 17), "Asia/Jayapura", utc(2026, 11, 30, 15), utc(2026, 11, 30, 15)),
        (utc(2026, 11, 22, 7), "Bulan/Purnama", utc(2026, 11, 22), utc(2026, 11, 1)),
        (utc(2026, 3, 29, 12), "Europe/Berlin", utc(2026, 3, 28, 23), utc(2026, 2, 28, 23)),
    ],
)
def test_a_day_begins_at_midnight_where_the_reader_is(
    at: datetime, timezone: str, day: datetime, month: datetime
) -> None:
    assert day_start(at, timezone) == day
    assert month_start(at, timezone) == month


@given(
    st.integers(946_800_000, 4_102_444_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Africa/Nairobi", "Europe/Berlin", "Asia", ""]),
)
def test_now_is_never_before_its_own_day_nor_the_day_before_its_month(at: datetime, timezone: str) -> None:
    assert month_start(at, timezone) <= day_start(at, timezone) <= at
    assert (at - day_start(at, timezone)).total_seconds() < 25 * 3600
