"""Choose which of several positions to believe, by its source, its radius and its age.

Distances are metres, positions degrees WGS 84, times aware UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum
from functools import reduce
from typing import Protocol, TypeVar

from gateway.core.places.distance import metres
from gateway.core.places.spots import Source

WALKING = 1.0  # metres per second by which an old position's radius grows: walking speed, since nobody runs for hours
WIDEST = 50_000.0  # metres at which growing ends: beyond that the position only means "somewhere around there"
EXACT_M = 500.0  # metres; only a given position within this radius is more exact than a mast


class Standing(IntEnum):
    """The kind of knowledge behind a position, the weakest first."""

    PRESUMED = 0  # an earlier position or the home; it says nothing about now
    WORDS = 1  # we matched words with a name
    MEASURED = 2  # an operator or a mast gave it
    GIVEN = 3  # a phone or a person gave the exact point
    FIXED = 4  # a desk put the pin there


STANDINGS: dict[str, Standing] = {
    Source.DESK: Standing.FIXED,
    Source.NETWORK: Standing.MEASURED,
    Source.CELL: Standing.MEASURED,
    Source.PLACE: Standing.WORDS,
    Source.LAST_KNOWN: Standing.PRESUMED,
    Source.USUAL: Standing.PRESUMED,
    Source.HOME: Standing.PRESUMED,
}


class Known(Protocol):
    """A position with its source, radius and times; rows of fixes are such positions."""

    @property
    def source(self) -> str: ...

    @property
    def lat(self) -> float: ...

    @property
    def lon(self) -> float: ...

    @property
    def radius_m(self) -> float: ...

    @property
    def taken_at(self) -> datetime: ...


K = TypeVar("K", bound=Known)


def grown(radius_m: float, age_seconds: float) -> float:
    """Return the radius after so many seconds, because the person may have walked on."""
    return max(radius_m, min(WIDEST, radius_m + WALKING * max(0.0, age_seconds)))


def standing(known: Known) -> Standing:
    """Return the kind of knowledge; an inexact point that somebody gave counts as measured."""
    kind = STANDINGS.get(known.source, Standing.GIVEN)
    return Standing.MEASURED if kind is Standing.GIVEN and known.radius_m > EXACT_M else kind


def best(found: Iterable[K]) -> K | None:
    """Return the position to believe; None if there is none.

    The newest wins unless it says less. A mast or words must be at least as exact as the older position has become by
    then. Words never replace a position measured later, or in the same message, where they contradict it. Only a point
    that somebody gave moves the desk's pin.
    """
    in_order = sorted(found, key=lambda one: (standing(one) is not Standing.PRESUMED, one.taken_at, standing(one)))
    return reduce(_better, in_order) if in_order else None


def _better(older: K, newer: K) -> K:
    return newer if _replaces(newer, older) else older


def _replaces(newer: Known, older: Known) -> bool:
    new, old = standing(newer), standing(older)
    if new >= Standing.GIVEN or old is Standing.PRESUMED:
        return True
    if old is Standing.FIXED:
        return False
    if old is Standing.WORDS and new is Standing.MEASURED and not _agree(newer, older):
        return True
    return newer.radius_m <= grown(older.radius_m, (newer.taken_at - older.taken_at).total_seconds())


def _agree(a: Known, b: Known) -> bool:
    return metres((a.lat, a.lon), (b.lat, b.lon)) <= a.radius_m + b.radius_m
