"""Moments reckoned from now, as parameters of queries that are built once.

A worker asks some queries each second, idle or not, and building one with SQLAlchemy takes longer than running it. Such
a query names its times by `from_now`, and is run with `moments(now)`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, bindparam
from sqlalchemy.orm import InstrumentedAttribute

from gateway.models.base import UtcDateTime

HELD = datetime(9000, 1, 1, tzinfo=UTC)  # a moment that never comes: see gateway.models.hold
_AFTER_ALL = HELD - timedelta(days=365)  # a clock that is put back moves its timers too
_AHEAD: dict[str, timedelta] = {}  # every moment that a query names, as its distance from now


def from_now(ahead: timedelta = timedelta()) -> BindParameter[datetime]:
    """Return the parameter for the moment that is so far ahead of now; a negative distance lies in the past."""
    sign = "before" if ahead < timedelta() else "after"
    name = f"{abs(ahead) // timedelta(milliseconds=1)}_ms_{sign}_now"
    _AHEAD[name] = ahead
    return bindparam(name, type_=UtcDateTime())


def moments(now: datetime) -> dict[str, datetime]:
    """Return the values of all these parameters."""
    return {name: now + ahead for name, ahead in dict(_AHEAD).items()}  # a copy: threads add to it


def is_held(time: InstrumentedAttribute[datetime | None] | InstrumentedAttribute[datetime]) -> ColumnElement[bool]:
    """Return the condition that a time is held."""
    return time > _AFTER_ALL


def is_held_at(time: datetime | None) -> bool:
    """Return whether this time is held."""
    return time is not None and time > _AFTER_ALL
