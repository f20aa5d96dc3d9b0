"""The week of a roster: turns of duty on a wall clock, who has one now, and the hours without anybody.

A turn belongs to the day on which it begins and may end on the next; the week is a ring, so Sunday's night ends on
Monday. When clocks are put forward or back, a turn begins at the earliest and ends at the latest moment that its
figures can mean: in that hour both shifts are on duty, so there is no gap.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import accumulate

HOUR, DAY, WEEK = 60, 1440, 10080  # minutes
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")  # for logs and operators
_TIME = re.compile(r"([01]?[0-9]|2[0-4])(?:[.:]?([0-5][0-9]))?")


@dataclass(frozen=True, order=True)
class Turn:
    """A turn of duty, every week. Raises ValueError for one that no roster can hold."""

    weekday: int  # the day on which it begins, Monday = 0
    starts: int  # minute of that day
    minutes: int  # its length, a day at most

    def __post_init__(self) -> None:
        if not (0 <= self.weekday <= 6 and 0 <= self.starts < DAY and 1 <= self.minutes <= DAY):
            raise ValueError(f"no turn of a week: {self.weekday}, {self.starts}, {self.minutes}")

    @property
    def begins(self) -> int:
        """Return the minute of the week at which it begins; Monday 0:00 is 0."""
        return self.weekday * DAY + self.starts

    @property
    def ends(self) -> int:
        """Return the minute of the day at which it ends, on its own day or the next."""
        return (self.starts + self.minutes) % DAY

    def __str__(self) -> str:
        return f"{DAYS[self.weekday]} {clock(self.starts)}-{clock(self.ends)}"


@dataclass(frozen=True)
class Hole:
    """A time of the week in which nobody has a turn: its first minute of the week (Monday 0:00 = 0), and its length."""

    begins: int
    minutes: int

    @property
    def ends(self) -> int:
        return (self.begins + self.minutes) % WEEK

    def __str__(self) -> str:
        return " to ".join(f"{DAYS[at // DAY]} {clock(at % DAY)}" for at in (self.begins, self.ends))


def clock(minute: int) -> str:
    """Return a minute of the day as "06:00"."""
    return f"{minute // HOUR:02}:{minute % HOUR:02}"


def minute_of(typed: str) -> int:
    """Return the minute of the day for "06:00", "6.00", "0600" or "6"; "24:00" is the next day's 0.

    Raises ValueError.
    """
    found = _TIME.fullmatch(typed.strip())
    minute = int(found[1]) * HOUR + int(found[2] or 0) if found else -1
    if not 0 <= minute <= DAY:
        raise ValueError("must be a time like 06:00")
    return minute % DAY


def between(weekday: int, begins: int, ends: int) -> Turn:
    """Return the turn from one minute of the day to another.

    If the end is not later than the begin, it ends the next day.
    """
    return Turn(weekday, begins, (ends - begins) % DAY or DAY)


# --- now and next -------------------------------------------------------------------------------------------------


def on_now(turns: Iterable[Turn], at: datetime, zone: tzinfo) -> bool:
    """Return whether one of the turns runs at this moment (aware), on a wall clock in `zone`."""
    return any(begins <= at < ends for begins, ends in _around(turns, at, zone))


def next_boundary(turns: Iterable[Turn], at: datetime, zone: tzinfo) -> datetime | None:
    """Return when (UTC) a turn next begins or ends after this moment; None without turns."""
    edges = (edge for both in _around(turns, at, zone) for edge in both)
    return min((edge for edge in edges if edge > at), default=None)


def _around(turns: Iterable[Turn], at: datetime, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
    """Yield the begin and end of each turn, from a week before to a week after, as moments."""
    today = at.astimezone(zone).date()
    for turn in turns:
        ahead = (turn.weekday - today.weekday()) % 7
        for days in (ahead - 7, ahead, ahead + 7):
            day = today + timedelta(days=days)
            yield min(_moments(day, turn.starts, zone)), max(_moments(day, turn.starts + turn.minutes, zone))


def _moments(day: date, minute: int, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the two moments that a clock time can mean.

    They differ in the hour that is shown twice or left out, and are equal at any other time.
    """
    wall = datetime.combine(day, time(), zone) + timedelta(minutes=minute)
    return wall.replace(fold=0).astimezone(UTC), wall.replace(fold=1).astimezone(UTC)


# --- the whole week -----------------------------------------------------------------------------------------------


def holes(turns: Iterable[Turn]) -> list[Hole]:
    """Return the times of the week without any of these turns, in order; one across the week's end is one hole."""
    at, gaps = 0, []
    for begins, ends in sorted(piece for turn in turns for piece in _pieces(turn.begins, turn.minutes)):
        if begins > at:
            gaps.append(Hole(at, begins - at))
        at = max(at, ends)
    if at < WEEK:
        gaps.append(Hole(at, WEEK - at))
    return _joined(gaps)


def _joined(gaps: list[Hole]) -> list[Hole]:
    if len(gaps) > 1 and gaps[0].begins == 0 and gaps[-1].ends == 0:
        return [*gaps[1:-1], Hole(gaps[-1].begins, gaps[-1].minutes + gaps[0].minutes)]
    return gaps


def _pieces(begins: int, minutes: int) -> Iterator[tuple[int, int]]:
    """Yield begin and end within one week: two pieces if the week ends in between."""
    yield begins, min(begins + minutes, WEEK)
    if begins + minutes > WEEK:
        yield 0, begins + minutes - WEEK


def headcount(rosters: Collection[Iterable[Turn]]) -> Sequence[int]:
    """Return for each of the week's 168 hours the smallest number of people on duty in any of its minutes.

    Each roster holds the turns of one person. A quarter of an hour without anybody makes the hour 0.
    """
    steps = [len(rosters)] + [0] * WEEK
    for turns in rosters:
        for hole in holes(turns):
            for begins, ends in _pieces(hole.begins, hole.minutes):
                steps[begins] -= 1
                steps[ends] += 1
    people = list(accumulate(steps))
    return [min(people[hour : hour + HOUR]) for hour in range(0, WEEK, HOUR)]
