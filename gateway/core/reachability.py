"""Decide whether a phone may be reached now, and if not, why. This module owns the question; every room, page and
sender asks it.

`RULES` is the whole rule. Each line names a reason, tells when it holds, and lists the ways that it bars. The first
line that bars a way is the reason that people are told. Nothing else in the house looks at quiet, duress or a PIN in
order to decide whether a phone may ring or light up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto


class Way(Enum):
    """A way in which we can reach a phone."""

    FIRST = auto()  # the text that tells a panic that it was received, and asks where, if nobody knows
    NEWS = auto()  # any other text about its incident that nobody at that phone has just asked for
    ANSWER = auto()  # a text that answers what that phone has just sent
    WRITE = auto()  # a text that a human sends there: a desk's own words, or an officer's key 2
    CONNECT = auto()  # an officer's key or a desk's click makes the phone ring
    SHOW = auto()  # the monitor shows the number as a link that can be rung
    DUTY = auto()  # the phone is an officer's: a text or a call about somebody else's incident


class Why(StrEnum):
    """The reason why a phone may not be reached."""

    NO_NUMBER = "no_number"
    DRILL = "drill"
    QUIET_NUMBER = "quiet_number"
    DURESS = "duress"
    QUIET = "quiet"
    DISMISSED = "dismissed"
    IN_MENU = "in_menu"
    NOT_ANSWERED = "not_answered"
    AT_HOME = "violence_at_home"
    AFTER_PIN = "after_pin"
    NO_RING_BACK = "no_ring_back"


class Question(Enum):
    """The state of the menu's question whether the phone must be quiet."""

    NONE = auto()  # the question was never put, or it was answered
    ON_SCREEN = auto()  # the USSD session may still be open
    NOT_ANSWERED = auto()  # the session is over, or counts as over, without an answer


@dataclass(frozen=True)
class PhoneFacts:
    """Everything that decides whether a phone may be reached.

    The `believed_` fields are what the phone believes after a PIN; see gateway.models.caller_view.
    """

    number: bool = True  # it is a telephone number, and none of ours
    ring_back: bool = True  # the register says that a call is safe
    # A quiet word of the last 12 hours, or an open incident that its phone believes is quiet.
    quiet_number: bool = False
    quiet: bool = False  # this incident is quiet
    duress: bool = False
    at_home: bool = False  # violence at home, by the incident's kind or by words in any of its texts
    asking: bool = False  # it has written more after the first answer, and waits for what we say
    drill: bool = False
    after_pin: bool = False  # a PIN, of either kind, was given in the 12 hours before this incident
    dismissed: bool = False  # after a PIN, the phone believes that the incident is over
    believed_open: bool = False  # since then it has sent another panic, and believes that this one is open
    believed_quiet: bool = False  # and that this one is quiet
    question: Question = Question.NONE


@dataclass(frozen=True)
class Reach:
    """The answer for one way. `why` is None where the phone may be reached."""

    why: Why | None = None

    @property
    def allowed(self) -> bool:
        return self.why is None


BY_ITSELF = frozenset({Way.FIRST, Way.NEWS})
UNASKED = BY_ITSELF | {Way.WRITE, Way.CONNECT, Way.SHOW}
CITIZEN = UNASKED | {Way.ANSWER}
EVERY_WAY = frozenset(Way)

RULES: tuple[tuple[Why, Callable[[PhoneFacts], bool], frozenset[Way]], ...] = (
    (Why.NO_NUMBER, lambda phone: not phone.number, EVERY_WAY),
    (Why.DRILL, lambda phone: phone.drill, CITIZEN),
    (Why.DURESS, lambda phone: phone.duress, UNASKED),
    (Why.QUIET_NUMBER, lambda phone: phone.quiet_number, EVERY_WAY),
    (Why.QUIET, lambda phone: phone.quiet, UNASKED),
    (Why.QUIET, lambda phone: phone.quiet and not phone.dismissed, frozenset({Way.ANSWER})),
    (Why.DISMISSED, lambda phone: phone.dismissed, UNASKED),
    (Why.DISMISSED, lambda phone: phone.dismissed and not phone.believed_open, frozenset({Way.ANSWER})),
    (Why.QUIET, lambda phone: phone.dismissed and phone.believed_quiet, frozenset({Way.ANSWER})),
    (Why.IN_MENU, lambda phone: phone.question is Question.ON_SCREEN, EVERY_WAY),
    (Why.NOT_ANSWERED, lambda phone: phone.question is Question.NOT_ANSWERED, BY_ITSELF | {Way.DUTY}),
    # Under duress no news comes by itself. If it came to a phone that asks again after the right PIN, whoever holds the
    # phone would only have to wait in order to learn which PIN it was.
    (Why.AFTER_PIN, lambda phone: phone.after_pin, frozenset({Way.NEWS})),
    (Why.AT_HOME, lambda phone: phone.at_home, frozenset({Way.NEWS})),
    (Why.AT_HOME, lambda phone: phone.at_home and not phone.asking, frozenset({Way.WRITE})),
    (Why.NO_RING_BACK, lambda phone: not phone.ring_back, frozenset({Way.CONNECT, Way.SHOW})),
)


def reach(phone: PhoneFacts, way: Way) -> Reach:
    """Return whether a phone may be reached in this way now, and if not, the first reason of `RULES` that bars it."""
    return Reach(next((why for why, holds, bars in RULES if way in bars and holds(phone)), None))


def open_lines(lines: Sequence[str], stopped: Collection[str]) -> list[str]:
    """Return the lines on which texts go to a phone, in their order: none on which its number has opted out. If that
    were all of them, all stay: a text that the carrier refuses costs nothing, and one that it takes may save somebody.
    Calls are not barred by an opt-out."""
    return [line for line in lines if line not in stopped] or list(lines)


class Caution(Enum):
    """The warning that officers read about a phone before they think of ringing it."""

    NONE = auto()
    NOT_ANSWERED = auto()  # the menu's question whether it must be quiet is not answered
    QUIET = auto()
    DURESS = auto()


CAUTIONS: dict[Why | None, Caution] = {
    None: Caution.NONE,
    Why.NO_NUMBER: Caution.NONE,
    Why.DRILL: Caution.NONE,
    Why.DURESS: Caution.DURESS,
    Why.QUIET_NUMBER: Caution.QUIET,
    Why.QUIET: Caution.QUIET,
    Why.DISMISSED: Caution.QUIET,
    Why.NO_RING_BACK: Caution.QUIET,
    Why.IN_MENU: Caution.NOT_ANSWERED,
}


def caution(phone: PhoneFacts) -> Caution:
    """Return the warning for officers about ringing this phone: the reason why nobody may be put through to it."""
    found = CAUTIONS[reach(phone, Way.CONNECT).why]
    unsure = phone.question is not Question.NONE and not phone.drill
    return Caution.NOT_ANSWERED if found is Caution.NONE and unsure else found


def may_be_posted(phone: PhoneFacts) -> bool:
    """Return whether a screen that a whole room reads may name the incident of this phone: where news would leave for
    it by itself. So nobody can tell the PINs apart there. Violence at home bars news to that phone, but no code."""
    return reach(replace(phone, number=True, drill=False), Way.NEWS).why in (None, Why.AT_HOME)


def question(asked_until: datetime | None, answered: bool, now: datetime) -> Question:
    """Return the state of the question whether a phone must be quiet.

    `asked_until` is when the USSD session counts as over: three minutes after its last screen, or the moment that the
    carrier reported its end. None means that the question was never put.
    """
    if asked_until is None or answered:
        return Question.NONE
    return Question.ON_SCREEN if now < asked_until else Question.NOT_ANSWERED


PIN_HOLDS = timedelta(hours=12)  # so long after either PIN a phone hears nothing by itself that duress would keep away


def is_after_pin(given_at: datetime | None, now: datetime) -> bool:
    """Return whether a PIN (given at `given_at`; None: never) keeps news away from an incident that begins now."""
    return given_at is not None and now - given_at <= PIN_HOLDS


ASKS_FOR = timedelta(minutes=5)  # so long after it wrote, words for a phone answer what it asked


def is_asking(asked_at: datetime | None, now: datetime) -> bool:
    """Return whether a phone waits for words: it has written after the first answer (`asked_at`; None: never), and not
    too long ago."""
    return asked_at is not None and now - asked_at <= ASKS_FOR


# The purposes of an outbound, each as a way to reach the phone. A purpose that is not listed here concerns an
# officer or a desk.
WAY_OF_PURPOSE: dict[str, Way] = {
    "first": Way.FIRST,
    "news": Way.NEWS,
    "reply": Way.ANSWER,
    "help": Way.ANSWER,
    "stranger": Way.ANSWER,
    "volunteer": Way.NEWS,
    "written": Way.WRITE,
    "register": Way.NEWS,
}


def way_of(purpose: str) -> Way:
    """Return the way in which an outbound of this purpose reaches its phone."""
    return WAY_OF_PURPOSE.get(purpose, Way.DUTY)
