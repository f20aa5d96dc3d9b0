"""Figures about many cases: spreads, shares, counts by hour. Plain numbers in, plain numbers out."""

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
    """Of the values that are there; None stands for a case that has none."""
    known = sorted(value for value in values if value is not None)
    return Spread(len(known), percentile(known, 0.5), percentile(known, 0.9), known[-1] if known else None)


def percentile(values: Sequence[float], part: float) -> float | None:
    """The smallest of the sorted `values` that at least `part` (0 to 1) of them do not exceed; None of none.

    By nearest rank, so it is always a value that really occurred: of five cases nobody reads an invented one.
    """
    if not values:
        return None
    return values[max(0, math.ceil(round(part * len(values), 9)) - 1)]


def share(part: int, whole: int) -> float | None:
    """`part` of `whole`, 0 to 1; None of nothing."""
    return part / whole if whole else None


def within(values: Iterable[float | None], limit: float) -> int:
    """How many of the values are there and no larger than `limit`."""
    return sum(value is not None and value <= limit for value in values)
