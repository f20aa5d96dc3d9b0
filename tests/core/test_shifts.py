"""The week's arithmetic, held against a week that is walked through minute by minute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.shifts import (
    DAY,
    HOUR,
    WEEK,
    Hole,
    Turn,
    between,
    headcount,
    holes,
    minute_of,
    next_boundary,
    on_now,
)

PONTIANAK, BERLIN = ZoneInfo("Asia/Pontianak"), ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, tzinfo=PONTIANAK)
EARLY, LATE, NIGHT = ((6 * HOUR, 14 * HOUR), (14 * HOUR, 22 * HOUR), (22 * HOUR, 6 * HOUR))

turns = st.builds(Turn, st.integers(0, 6), st.integers(0, DAY - 1), st.integers(1, DAY))
rosters = st.lists(turns, max_size=8)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds it


def minutes_of(week: Sequence[Turn]) -> set[int]:
    """Every minute of the week that these turns hold, counted out."""
    return {(turn.weekday * DAY + turn.starts + n) % WEEK for turn in week for n in range(turn.minutes)}


def minute_at(at: datetime, zone: ZoneInfo) -> int:
    wall = at.astimezone(zone)
    return wall.weekday() * DAY + wall.hour * HOUR + wall.minute


# --- drawn --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "minute"),
    [("06:00", 360), ("6.00", 360), ("0600", 360), ("600", 360), ("6", 360), (" 22.30 ", 1350), ("24:00", 0)],
)
def test_a_time_is_read_as_people_write_it(typed: str, minute: int) -> None:
    assert minute_of(typed) == minute


@pytest.mark.parametrize("typed", ["", "25", "24:01", "6:60", "6-14", "pagi", "½", "٦", "6:0", "-6"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="a time like"):
        minute_of(typed)


@pytest.mark.parametrize(
    ("hours", "minutes", "told"),
    [
        (EARLY, 480, "Sat 06:00-14:00"),
        (NIGHT, 480, "Sat 22:00-06:00"),
        ((0, 0), DAY, "Sat 00:00-00:00"),
        ((360, 360), DAY, "Sat 06:00-06:00"),
    ],
)
def test_what_does_not_end_later_that_day_ends_on_the_next(hours: tuple[int, int], minutes: int, told: str) -> None:
    turn = between(5, *hours)
    assert (turn.minutes, str(turn)) == (minutes, told)


@pytest.mark.parametrize("wrong", [(7, 0, 60), (-1, 0, 60), (0, DAY, 60), (0, -1, 60), (0, 0, 0), (0, 0, DAY + 1)])
def test_a_turn_that_no_roster_can_hold_is_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no turn"):
        Turn(*wrong)


# --- now and next -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "hour", "on"),
    [(5, 21.99, False), (5, 22, True), (6, 0, True), (6, 5.99, True), (6, 6, False), (4, 23, False)],
)
def test_a_night_runs_over_midnight(day: int, hour: float, on: bool) -> None:
    assert on_now([between(5, *NIGHT)], MONDAY + timedelta(days=day, hours=hour), PONTIANAK) is on


def test_sundays_night_ends_on_monday() -> None:
    night = [between(6, *NIGHT)]
    assert on_now(night, MONDAY + timedelta(hours=5), PONTIANAK)
    assert next_boundary(night, MONDAY + timedelta(hours=5), PONTIANAK) == MONDAY + timedelta(hours=6)
    assert next_boundary(night, MONDAY + timedelta(hours=6), PONTIANAK) == MONDAY + timedelta(days=6, hours=22)


def test_where_one_turn_follows_another_there_is_a_boundary_between_them() -> None:
    day = [between(0, *EARLY), between(0, *LATE)]
    assert next_boundary(day, MONDAY + timedelta(hours=8), PONTIANAK) == MONDAY + timedelta(hours=14)
    assert on_now(day, MONDAY + timedelta(hours=14), PONTIANAK)


def test_the_clock_is_that_of_the_zone() -> None:
    at = MONDAY + timedelta(hours=6)
    assert on_now([between(0, *EARLY)], at, PONTIANAK)
    assert not on_now([between(0, *EARLY)], at, BERLIN)


def test_without_turns_nothing_is_ever_due() -> None:
    assert not on_now([], MONDAY, PONTIANAK)
    assert next_boundary([], MONDAY, PONTIANAK) is None


@given(rosters, moments)
def test_whoever_is_on_now_is_so_by_the_wall_clock(week: list[Turn], at: datetime) -> None:
    assert on_now(week, at, PONTIANAK) == (minute_at(at, PONTIANAK) in minutes_of(week))


@given(rosters, moments, st.sampled_from([PONTIANAK, BERLIN]), st.floats(0, 0.999))
def test_nothing_changes_before_the_next_boundary(week: list[Turn], at: datetime, zone: ZoneInfo, part: float) -> None:
    boundary = next_boundary(week, at, zone)
    assert (boundary is None) == (not week)
    if boundary is not None:
        assert timedelta(0) < boundary - at <= timedelta(days=8)
        assert on_now(week, at + (boundary - at) * part, zone) == on_now(week, at, zone)


@given(rosters, moments)
def test_nobody_is_missed_where_clocks_are_put_forward_and_back(week: list[Turn], at: datetime) -> None:
    if minute_at(at, BERLIN) in minutes_of(week):
        assert on_now(week, at, BERLIN)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(datetime(2026, 3, 29, tzinfo=BERLIN), 7), (datetime(2026, 10, 25, tzinfo=BERLIN), 9)],
)
def test_a_night_is_as_long_as_its_clock_says(day: datetime, hours: int) -> None:
    begins = (day - timedelta(hours=2)).astimezone(UTC)
    assert next_boundary([between(5, *NIGHT)], begins, BERLIN) == begins + timedelta(hours=hours)


@pytest.mark.parametrize("day", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
def test_a_change_of_shift_within_that_hour_leaves_no_gap(day: datetime) -> None:
    half_past_two = 2 * HOUR + 30
    shifts = [between(5, 22 * HOUR, half_past_two), between(6, half_past_two, 8 * HOUR)]
    assert all(on_now(shifts, day + timedelta(minutes=n), BERLIN) for n in range(0, 6 * HOUR, 5))


# --- the whole week -----------------------------------------------------------------------------------------------


def test_the_holes_are_named_and_one_over_the_weeks_end_is_one() -> None:
    week = [between(day, *hours) for day in range(7) for hours in (EARLY, LATE, NIGHT)]
    assert holes(week) == []
    week.remove(between(5, *NIGHT))
    week.remove(between(6, *NIGHT))
    assert [str(hole) for hole in holes(week)] == ["Sat 22:00 to Sun 06:00", "Sun 22:00 to Mon 06:00"]


def test_a_week_without_turns_is_one_hole() -> None:
    assert holes([]) == [Hole(0, WEEK)]


@given(rosters)
def test_the_holes_are_the_minutes_that_nobody_has(week: list[Turn]) -> None:
    found = holes(week)
    missing = [(hole.begins + n) % WEEK for hole in found for n in range(hole.minutes)]
    assert len(missing) == len(set(missing))
    assert set(missing) == set(range(WEEK)) - minutes_of(week)
    assert not {hole.ends for hole in found} & {hole.begins for hole in found} or len(found) == 1


@given(st.lists(rosters, max_size=4))
def test_an_hour_counts_those_who_are_there_in_its_emptiest_minute(people: list[list[Turn]]) -> None:
    walked = [minutes_of(week) for week in people]
    present = [sum(minute in one for one in walked) for minute in range(WEEK)]
    assert headcount(people) == [min(present[hour : hour + HOUR]) for hour in range(0, WEEK, HOUR)]
