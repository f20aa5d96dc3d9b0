"""Which of several positions to believe, by how each is known, how exact it was and how old it is.

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

WALKING = 1.0  # metres a second by which an old position grows: on foot, and nobody runs for hours
WIDEST = 50_000.0  # where growing ends: beyond that only "somewhere around there" is left, whatever the age
EXACT_M = 500.0  # what somebody gave us is only then sharper than what a mast says


class Standing(IntEnum):
    """What kind of knowledge a position is."""

    PRESUMED = 0  # where somebody was or lives; no word about now
    WORDS = 1  # a name that we matched
    MEASURED = 2  # an operator or a mast says so
    GIVEN = 3  # a phone or a person named the very point
    FIXED = 4  # the desk put the pin there


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
    """A position with what is known about it; rows of fixes are."""

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
    """The radius after so long: whoever was there may have walked on."""
    return max(radius_m, min(WIDEST, radius_m + WALKING * max(0.0, age_seconds)))


def standing(known: Known) -> Standing:
    """What kind of knowledge this is; a vague point that somebody gave counts as measured."""
    kind = STANDINGS.get(known.source, Standing.GIVEN)
    return Standing.MEASURED if kind is Standing.GIVEN and known.radius_m > EXACT_M else kind


def best(found: Iterable[K]) -> K | None:
    """The position to believe; None of none.

    The newest wins unless it says less: a mast or words must be at least as sharp as the older position has become
    by then, words never push out what was measured later (or in the same message, where they contradict it), and only
    a point that somebody named moves the desk's pin.
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
