"""Say which texts may still leave on a line that may send only so many a day, as most SIMs do.

Near the limit alerts go first, then answers to somebody who may be in need; everything else stops earlier. An alert is
never held: beyond the limit it leaves on the line if no other can bring it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum

# Any 24 hours, not a date: then no operator's midnight has to be known.
DAY = timedelta(days=1)
NEAR = 0.7  # share of the limit from which people are told


class Urgency(Enum):
    ALERT = "it brings help"
    ANSWER = "it may answer somebody in need, or somebody who goes to them"
    OTHER = "it can wait a day"


# What a text is for, as its outbound says; what is not listed is an answer.
URGENCIES: Mapping[str, Urgency] = {
    "alert": Urgency.ALERT,
    "ask": Urgency.ALERT,
    "bundle": Urgency.ALERT,
    "help": Urgency.OTHER,
    "register": Urgency.OTHER,
    "synthetic": Urgency.OTHER,
    "phone_test": Urgency.OTHER,
    "test": Urgency.OTHER,
}
SHARES = {Urgency.ALERT: 1.0, Urgency.ANSWER: 0.95, Urgency.OTHER: 0.8}  # of the limit


def urgency_of(purpose: str) -> Urgency:
    return URGENCIES.get(purpose, Urgency.ANSWER)


def may_send(sent: int, limit: int, purpose: str) -> bool:
    """Return whether the line has room for a text of this purpose after `sent` texts of the day; a limit of 0 is
    none."""
    return not limit or sent < limit * SHARES[urgency_of(purpose)]


def waits(sent: int, limit: int, purpose: str) -> bool:
    """Return whether a text of this purpose does not leave on the line now, even if no other can bring it."""
    return urgency_of(purpose) is not Urgency.ALERT and not may_send(sent, limit, purpose)


def is_near(sent: int, limit: int) -> bool:
    return bool(limit) and sent >= limit * NEAR
