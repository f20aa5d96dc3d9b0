"""The closed list of what is clearly no emergency. Any other text of a verified number that is neither a panic nor a
command is an uncertain call.

The list is closed on purpose: an entry more must be something that nobody in need ever writes. An empty text is not on
it.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from gateway.core.words import triage
from gateway.core.words.commands import Role
from gateway.core.words.lexicon import Heard


class Occasion(StrEnum):
    """The reasons why a text needs nobody."""

    GREETING = "greeting"
    THANKS = "thanks"
    WISH = "wish"
    CHAIN = "chain"  # a text that asks to be forwarded
    ADVERT = "advert"  # advertising and fraud
    STOP = "stop"  # a word by which people unsubscribe at their carrier


# Twilio's and Africa's Talking's opt-out and opt-in words; the carrier has acted on them before we read them.
_STOP_WORDS = frozenset({"STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "OPTOUT", "REVOKE", "START", "UNSTOP"})
_LEAST_CHAIN = 8  # words: a shorter text with "teruskan ke" may be somebody's own
_LEAST_MARKS = 2  # different words of advertising or fraud
_POLITE = frozenset({Role.GREETING, Role.HELLO, Role.EMPHASIS, Role.PLEA})


def _greets(heard: Heard) -> bool:
    return heard.has(Role.HELLO) and all(tag.is_any(_POLITE) for tag in heard.tags)


def _thanks(heard: Heard) -> bool:
    kind = _POLITE | {Role.THANKS, Role.WISH, Role.AROUND}
    return heard.has(Role.THANKS) and all(tag.is_any(kind) for tag in heard.tags)


def _wishes(heard: Heard) -> bool:
    return heard.has(Role.WISH) and not triage.needs(heard) and not heard.has(Role.POLICE)


def _is_chain(heard: Heard) -> bool:
    long = len(heard.tags) >= _LEAST_CHAIN
    return long and heard.has(Role.CHAIN) and not heard.has(Role.ALARM) and not triage.asks_quiet(heard)


def _advertises(heard: Heard) -> bool:
    marks = {tag.form for tag in heard.tags if tag.is_any({Role.MARK})}
    grave = heard.has(Role.INCIDENT, Role.ALARM, Role.GRAVE, Role.POLICE) or triage.asks_quiet(heard)
    return len(marks) >= _LEAST_MARKS and not grave


def _stops(heard: Heard) -> bool:
    return " ".join(heard.text.upper().split()) in _STOP_WORDS


# The first that fits names the text.
TABLE: tuple[tuple[Occasion, Callable[[Heard], bool]], ...] = (
    (Occasion.STOP, _stops),
    (Occasion.GREETING, _greets),
    (Occasion.THANKS, _thanks),
    (Occasion.CHAIN, _is_chain),
    (Occasion.WISH, _wishes),
    (Occasion.ADVERT, _advertises),
)


def occasion_of(heard: Heard) -> Occasion | None:
    """Return why a text needs nobody, or None: it is then an uncertain call. `heard` is the text as a citizen's."""
    return next((occasion for occasion, fits in TABLE if fits(heard)), None)
