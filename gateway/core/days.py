"""The clock of a person or unit: its time zone, and the beginning of a day and a month there."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone(name: str) -> tzinfo:
    """Return the zone with this IANA name.

    An unknown name gives UTC, because a wrong setting must not stop an alert.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # unknown; malformed; the name of a directory
        return UTC


def day_start(at: datetime, timezone: str) -> datetime:
    """Return midnight before the aware time `at`, in UTC."""
    return _local(at, timezone).astimezone(UTC)


def month_start(at: datetime, timezone: str) -> datetime:
    """Return midnight before the first day of the month of `at`, in UTC."""
    return _local(at, timezone).replace(day=1).astimezone(UTC)


def _local(at: datetime, timezone: str) -> datetime:
    return at.astimezone(zone(timezone)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
