"""Say when a desk is warned of a hole in its roster: a day and an hour before nobody is on duty."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from gateway.core.shifts import DAY, WEEK, Hole

AHEAD = (timedelta(days=1), timedelta(hours=1))


@dataclass(frozen=True, order=True)
class HoleWarning:
    """A hole of which a desk is told: since when that is due, and when the hole begins and ends (aware)."""

    due: datetime
    begins: datetime
    ends: datetime


def warnings_due(holes: Collection[Hole], now: datetime, zone: tzinfo, told: datetime | None) -> list[HoleWarning]:
    """Return the warnings that are due and were not told, the oldest first; `told` is when the newest one that was told
    was due. Of one hole only the newest is told, and none once it has begun; but that the whole week is a hole is told
    at once, and again each day."""
    if any(hole.minutes >= WEEK for hole in holes):
        late = told is None or now - told >= max(AHEAD)
        return [HoleWarning(now, now, now + timedelta(minutes=WEEK))] if late else []
    found = (max(_of_hole(hole, now, zone), default=None) for hole in holes)
    return sorted(one for one in found if one is not None and (told is None or one.due > told))


def _of_hole(hole: Hole, now: datetime, zone: tzinfo) -> Iterator[HoleWarning]:
    begins = _next(hole, now, zone)
    for ahead in AHEAD:
        if begins - ahead <= now:
            yield HoleWarning(begins - ahead, begins, begins + timedelta(minutes=hole.minutes))


def _next(hole: Hole, now: datetime, zone: tzinfo) -> datetime:
    """Return when (UTC) this hole next begins, after `now`, on a wall clock in `zone`."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    for week in (0, 1, 2):
        day = monday + timedelta(days=hole.begins // DAY + 7 * week)
        begins = datetime.combine(day, time(), zone) + timedelta(minutes=hole.begins % DAY)
        if begins.astimezone(UTC) > now:
            break
    return begins.astimezone(UTC)
