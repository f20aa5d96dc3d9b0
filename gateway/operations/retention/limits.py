"""How long what is kept: the settings as moments, before which something is old enough to be forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


class Days(Protocol):
    """The settings, in days; 0 = for ever."""

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
    """Whatever ended before its moment is forgotten; None: it is kept for ever."""

    texts: datetime | None
    positions: datetime | None
    incidents: datetime | None
    register: datetime | None


def limits(days: Days, now: datetime) -> Limits:
    """Whoever forgets the person behind an incident forgets its words and places too: they would tell who it was."""
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
