"""Decide which phone of the roster is tested next. This module owns the question.

A delivery report proves nothing; what proves a phone is that its human answers: by text, and by a key on a call where a
line of ours can ask for one. An answer to an alert or a drill proves it as well as a test does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

PROVEN_FOR = timedelta(days=28)  # then a phone is tested again, some days before it counts as unheard
NO_ANSWER_FOR = timedelta(days=7)  # who did not answer a test is tested again after this
HOURS = range(9, 17)  # of the unit's own day


@dataclass(frozen=True)
class Proof:
    """The moments at which a phone's human last answered by text and by call, and a test last asked."""

    text_at: datetime | None = None
    call_at: datetime | None = None
    asked_at: datetime | None = None


UNKNOWN = Proof()


def needs_test(known: Proof, takes_keys: bool, now: datetime, hour: int) -> bool:
    """Return whether this phone is tested now. `takes_keys`: a call of ours to it can ask for a key; `hour` is that of
    its unit's clock."""
    ways = (known.text_at, known.call_at) if takes_keys else (known.text_at,)
    proven = all(at is not None and now - at <= PROVEN_FOR for at in ways)
    asked_lately = known.asked_at is not None and now - known.asked_at <= NO_ANSWER_FOR
    return hour in HOURS and not proven and not asked_lately
