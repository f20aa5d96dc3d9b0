"""Limit what an unknown number may cost us: replies in a day, replies in an hour, and by destination.

People who fill our in-tray from foreign or premium ranges are paid for every answer (artificially inflated traffic),
and two gateways that answer each other never stop. So a reply to an unknown number is a courtesy with a budget; a panic
has none. The honest answer to an unknown number's cry ("nobody is on the way, ring 110") has a budget of its own: a
person who has used up the courtesies must still not wait for officers who do not come. Premium ranges are answered by
neither: see `core.phone.can_reply`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

GREETING_IN = timedelta(hours=24)  # "you are not registered" is said once within this to one number
NOBODY_SENT_IN = timedelta(hours=1)  # "nobody is sent" is said once within this to one verified number
DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
MOST_A_DAY = 5  # answers of any kind to one number
MOST_AN_HOUR = 300  # answers to all numbers together: about 5 USD at the price of a text in Indonesia
# Answers in an hour by dialling prefix; the longest prefix counts. A text is cheap where we serve; elsewhere it costs
# up to thirty times as much, and hardly anybody has a reason to write.
BY_PREFIX: Mapping[str, int] = {"+62": 300, "+254": 100, "+255": 100, "+256": 100, "+234": 100, "+60": 50, "": 10}


def prefix_of(phone: str) -> str:
    """Return the longest prefix of the table that an E.164 number begins with; "" for the rest of the world."""
    return max((prefix for prefix in BY_PREFIX if phone.startswith(prefix)), key=len)


# Forged numbers mostly come in runs. A range that floods uses up its own budget, and a part of everybody's is kept for
# ranges that do not.
RANGE_DIGITS = 5  # numbers that differ only in so many last digits are one range
MOST_OF_RANGE = 20  # answers in an hour to the numbers of one range
KEPT_FOR_QUIET_RANGES = 100  # of MOST_AN_HOUR
FEW = 3  # a range with fewer answers in this hour is a quiet one
FLOOD_FROM = MOST_OF_RANGE  # answers to one range in an hour from which the monitor tells of a flood


def range_of(phone: str) -> str:
    """Return what the E.164 numbers of one range begin with."""
    return phone[:-RANGE_DIGITS]


def within(today: int, this_hour: int, this_hour_there: int, phone: str, of_range: int = 0) -> bool:
    """Return whether one more answer is within bounds. The counts are of answers to this number in a day, and in an
    hour of answers to all numbers, to numbers of the same prefix and to those of the same range."""
    most = MOST_AN_HOUR - (KEPT_FOR_QUIET_RANGES if of_range >= FEW else 0)
    most_there = BY_PREFIX[prefix_of(phone)]
    return today < MOST_A_DAY and this_hour < most and this_hour_there < most_there and of_range < MOST_OF_RANGE


# --- help for officers and desks --------------------------------------------------------------------------------------

HELP_A_DAY = 5  # to one officer's or desk's number since its last real act


def may_help(told: int) -> bool:
    """Return whether an officer or a desk gets one more text of help (how to answer, and that nothing is open).

    `told` are those since its last real act, at most a DAY ago. A phone that answers by itself would otherwise be
    answered for ever. Not in the budget are the answer to a real act, a question about a possible emergency, and any
    answer to a verified citizen.
    """
    return told < HELP_A_DAY


# --- cries for help ---------------------------------------------------------------------------------------------------

CRY_AGAIN_AFTER = timedelta(minutes=10)  # the cries of one number are answered once within this
MOST_CRIES_AN_HOUR = 300  # full answers to all numbers together
# Full answers in an hour by dialling prefix; the prefixes are those of BY_PREFIX, so that both count the same ranges.
CRIES_BY_PREFIX: Mapping[str, int] = {"+62": 300, "+254": 100, "+255": 100, "+256": 100, "+234": 100, "+60": 50, "": 10}
ONE_BUNDLE_IN = timedelta(minutes=1)  # cries beyond these bounds reach a desk as one text within this
NAMED_IN_BUNDLE = 4  # so many numbers stand in that text, which stays one message; the monitor shows all


class CryAnswer(Enum):
    """The answers that an unknown number's cry can get."""

    FULL = auto()  # nobody is on the way, ring 110, and how to register
    SHORTEST = auto()  # nobody is on the way, ring 110; the desk is told of the number in a bundle
    NOTHING = auto()  # too dear; the desk is told of the number in a bundle
    KNOWN_ALREADY = auto()  # the number has its answer, or stands in a bundle, since less than CRY_AGAIN_AFTER


@dataclass(frozen=True)
class CriesSoFar:
    """The facts that decide about the answer to one cry. The counts are of full answers in the last hour."""

    here_lately: bool = False  # this number was answered, or bundled, within CRY_AGAIN_AFTER
    this_hour: int = 0
    this_hour_there: int = 0  # to numbers of the same prefix
    most_there: int = CRIES_BY_PREFIX[""]
    of_range: int = 0  # to numbers of the same range
    at_home: bool = False  # a number of the installation's own region, where a text is cheap


CRY_RULES: tuple[tuple[CryAnswer, Callable[[CriesSoFar], bool]], ...] = (
    (CryAnswer.KNOWN_ALREADY, lambda so_far: so_far.here_lately),
    (
        CryAnswer.FULL,
        lambda so_far: (
            so_far.this_hour < MOST_CRIES_AN_HOUR
            and so_far.this_hour_there < so_far.most_there
            and so_far.of_range < MOST_OF_RANGE
        ),
    ),
    (CryAnswer.SHORTEST, lambda so_far: so_far.at_home),
    (CryAnswer.NOTHING, lambda so_far: True),
)


def cry_answer(so_far: CriesSoFar) -> CryAnswer:
    """Return what this cry is answered with: the first line of CRY_RULES that holds."""
    return next(answer for answer, holds in CRY_RULES if holds(so_far))
