"""Moments reckoned from now, as parameters of queries that are built once.

A worker asks some queries each second, idle or not, and building one with SQLAlchemy takes longer than running it. Such
a query names its times by `from_now`, and is run with `moments(now)`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import BindParameter, bindparam

from gateway.models.base import UtcDateTime

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
