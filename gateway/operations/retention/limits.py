"""The retention settings as points in time: anything that ended before one of them is old enough to be forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


class Days(Protocol):
    """The settings in days; 0 means for ever."""

    @property
    def retain_texts_days(self) -> int: ...

    @property
    def retain_positions_days(self) -> int: ...

    @property
    def retain_incidents_days(self) -> int: ...

    @property
    def retain_register_days(self) -> int: ...


@dataclass(frozen=True)
class Limits:
    """The points in time: what ended before one of them is forgotten. None means that it is kept for ever."""

    texts: datetime | None
    positions: datetime | None
    incidents: datetime | None
    register: datetime | None


def limits(days: Days, now: datetime) -> Limits:
    """Return the limits for now.

    Forgetting the person of an incident also forgets its words and places, because they would show who it was.
    """
    incidents = _before(now, days.retain_incidents_days)
    return Limits(
        texts=_later(_before(now, days.retain_texts_days), incidents),
        positions=_later(_before(now, days.retain_positions_days), incidents),
        incidents=incidents,
        register=_before(now, days.retain_register_days),
    )


def _before(now: datetime, days: int) -> datetime | None:
    return now - timedelta(days=days) if days else None


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((at for at in (one, other) if at is not None), default=None)
