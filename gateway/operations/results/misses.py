"""Say which of the promised times a case missed, and why, as far as its own times tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.operations.results.cases import Case
from gateway.operations.results.sections import PROMISES

Rule = tuple[str, Callable[[Case], bool]]


@dataclass(frozen=True)
class Miss:
    """One promise that was not kept: `promise` is a key of PROMISES, `took` seconds (None: it never happened), `reason`
    a key of `console.results.miss`."""

    promise: str
    took: float | None
    reason: str


@dataclass(frozen=True)
class Missed:
    """A case with every promise that it missed."""

    case: Case
    misses: Sequence[Miss]


def _otherwise(case: Case) -> bool:
    return True


LATE = {"to_ring": "late_ring", "to_officer": "late_yes", "to_scene": "late_scene"}
# Why a time is missing: the first of these that is true.
NEVER: Mapping[str, Sequence[Rule]] = {
    "to_ring": (("not_asked", lambda case: case.to_alert is None), ("no_ring", _otherwise)),
    "to_officer": (
        ("same_event", lambda case: case.to_event is not None),
        ("desk_only", lambda case: case.to_desk is not None),
        ("no_yes", _otherwise),
    ),
    "to_scene": (
        ("same_event", lambda case: case.to_event is not None),
        ("not_reported", lambda case: case.to_officer is not None),
        ("nobody_came", _otherwise),
    ),
}


def missed(real: Sequence[Case], now: datetime) -> list[Missed]:
    """Return the cases that missed a promise, those with the most and the longest first.

    A case that was withdrawn before a yes needed no answer; one that is open still has time until the promise is over.
    """
    found = [Missed(case, list(_misses(case, now))) for case in real if not case.withdrawn]
    return sorted((one for one in found if one.misses), key=_worst_first)


def _misses(case: Case, now: datetime) -> Iterator[Miss]:
    age = (now - case.opened_at).total_seconds()
    for promise, limit in PROMISES.items():
        took: float | None = getattr(case, promise)
        if took is None and (case.is_closed or age > limit):
            yield Miss(promise, None, next(reason for reason, holds in NEVER[promise] if holds(case)))
        elif took is not None and took > limit:
            yield Miss(promise, took, LATE[promise])


def _worst_first(one: Missed) -> tuple[int, int, float, datetime]:
    never = sum(miss.took is None for miss in one.misses)
    return -never, -len(one.misses), -sum(miss.took or 0 for miss in one.misses), one.case.opened_at
