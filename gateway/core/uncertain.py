"""Say what happens to an uncertain call, and when: a text of a verified number that may be a panic.

How well we understand a text decides how fast officers come, never whether. So an uncertain call that nobody settles
becomes an incident by itself. Only a flood is different: then the calls beyond the policy's number reach the desks and
an officer as lines of one text a minute (`handling`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum, auto

from gateway.core.policy import Policy

FLOOD = timedelta(minutes=10)  # the policy's `unclear_most` counts within this
ANSWERABLE = timedelta(minutes=30)  # so long after our question a YA is a yes
AFTER_CLOSING = timedelta(hours=2)  # so long after a closing thanks and "sudah aman" are about that incident


class Handling(StrEnum):
    """The ways in which an uncertain call is handled."""

    ALONE = auto()  # the desk is told of it by itself, and silence makes it an incident
    LISTED = auto()  # it becomes a line of the next bundle


@dataclass(frozen=True)
class Call:
    """The facts of an uncertain call by which it is handled."""

    needs: bool = False  # its words hold a sign of need or of violence at home
    quiet: bool = False  # nothing may make that phone ring or light up
    desk_first: bool = False  # the profile says that officers at the door may be dangerous
    low: bool = False  # it hardly reads like an emergency
    unknown: bool = False  # the number is on no list: nothing opens by itself
    has_desk: bool = True  # somebody at a desk can be told

    @property
    def always_opens(self) -> bool:
        """Return whether no flood holds it back, and no word of no settles it."""
        return self.needs or self.quiet


@dataclass(frozen=True)
class Waits:
    """How long after the text something happens. None: never."""

    ring: timedelta | None  # the desk's phone rings
    above: timedelta | None  # the desk above is told and rung
    opens: timedelta | None  # it becomes an incident by itself


AT_ONCE, NEVER = timedelta(0), None


def waits(call: Call, policy: Policy) -> Waits:
    """Return the waits of a call that is handled alone, by the policy of its unit."""
    if call.unknown:
        return Waits(AT_ONCE, NEVER, NEVER)
    if not call.has_desk:
        return Waits(NEVER, NEVER, AT_ONCE)
    ring = timedelta(seconds=policy.unclear_ring_low if call.low and not call.always_opens else policy.unclear_ring)
    silence = timedelta(seconds=policy.unclear_open)
    if call.desk_first:
        return Waits(ring, silence, timedelta(seconds=policy.desk_first))
    return Waits(ring, NEVER, silence)


def handling(call: Call, others: int, same_words: bool, policy: Policy) -> Handling:
    """Return how a new call is handled.

    `others` counts the unit's calls of the last ten minutes that hold one of the policy's places: they wait, or have
    opened by themselves, and neither need nor quiet opened them. `same_words`: another number has just sent the same
    words, which makes them one call.
    """
    if call.always_opens or call.desk_first or call.unknown or not call.has_desk:
        return Handling.ALONE
    return Handling.LISTED if same_words or others >= policy.unclear_most else Handling.ALONE


def a_no_settles(call: Call) -> bool:
    """Return whether a word of no ends the question. Where the text before showed need, or the number is quiet,
    somebody else may have written it."""
    return not call.always_opens
