"""Count figures about many cases: spreads, shares, counts by hour. Plain numbers in, plain numbers out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """How a measure is spread over the cases that have it; None where none has."""

    count: int
    median: float | None
    ninetieth: float | None
    worst: float | None


def spread(values: Iterable[float | None]) -> Spread:
    """Return the spread of the values that are there; None stands for a case that has none."""
    known = sorted(value for value in values if value is not None)
    return Spread(len(known), percentile(known, 0.5), percentile(known, 0.9), known[-1] if known else None)


def percentile(values: Sequence[float], part: float) -> float | None:
    """Return the smallest of the sorted `values` that at least `part` (0 to 1) of them do not exceed; None if there are
    none.

    This is the nearest rank, so it is always a value that really occurred: an invented value between five cases would
    tell nobody anything.
    """
    if not values:
        return None
    return values[max(0, math.ceil(round(part * len(values), 9)) - 1)]


def share(part: int, whole: int) -> float | None:
    """Return `part` of `whole` as a number from 0 to 1; None if `whole` is nothing."""
    return part / whole if whole else None


def within(values: Iterable[float | None], limit: float) -> int:
    """Return how many of the values are there and no larger than `limit`."""
    return sum(value is not None and value <= limit for value in values)
