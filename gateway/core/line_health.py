"""Decide what a line's answers and the network's reports say of the line. This module owns the question.

A request that the line refuses or does not answer is the line's fault, unless it says that the number is. One phone
that was not reached says nothing: it may be off, or gone. Only when many numbers are not reached is it the line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from gateway.core.messages import Outcome, Sent


class Evidence(Enum):
    """The meaning of one answer for the line that gave it."""

    WELL = auto()
    FAULT = auto()
    NOTHING = auto()


ANSWERS: dict[Outcome, Evidence] = {
    Outcome.ACCEPTED: Evidence.WELL,
    Outcome.REFUSED: Evidence.FAULT,
    Outcome.UNKNOWN: Evidence.FAULT,
    Outcome.PERMANENT: Evidence.NOTHING,  # it is the number; a bad one was not even sent
}


def of_answer(sent: Sent) -> Evidence:
    """Return what the answer to a request says of its line."""
    return Evidence.NOTHING if sent.about_number else ANSWERS[sent.outcome]


LOOKS_BACK = timedelta(minutes=10)  # reports that are older say nothing of now
MOST_NUMBERS = 20  # so many numbers, the newest, are counted
FAILS_FROM_NUMBERS = 3  # fewer phones that were not reached never make a line a failing one
FAILS_FROM_SHARE = 0.5  # of the numbers that were tried
WELL_FROM_SHARE = 0.25  # a failing line counts as well only at or below this: it would flap otherwise


@dataclass(frozen=True)
class Report:
    """The newest that a line's network reports of one number; `at` is when the text or call had left."""

    arrived: bool
    at: datetime


@dataclass(frozen=True)
class Told:
    """The news of a line's texts, or calls, from all processes together."""

    refused_at: datetime | None = None  # when a request failed, if none went well since
    reaches_few: bool = False  # by the network's reports


WELL = Told()


def is_failing(reports: Iterable[Report], now: datetime, was_failing: bool) -> bool:
    """Return whether a line fails to reach people, by the newest report of each number."""
    counted = sorted((one for one in reports if now - one.at <= LOOKS_BACK), key=lambda one: one.at)[-MOST_NUMBERS:]
    failed = sum(not one.arrived for one in counted)
    if was_failing:
        return failed > WELL_FROM_SHARE * len(counted)
    return failed >= FAILS_FROM_NUMBERS and failed >= FAILS_FROM_SHARE * len(counted)
