"""The closed list of what is clearly no emergency. Any other text of a verified number that is neither a panic nor a
command is an uncertain call.

The list is closed on purpose: an entry more must be something that nobody in need ever writes. An empty text is not on
it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

from gateway.core.words import opt_out, triage
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
_LEAST_CHAIN = 6  # words: a shorter text with "teruskan ke" may be somebody's own
_LEAST_MARKS = 2  # different words of advertising or fraud
# What stands in advertising and fraud beside its words, and hardly ever in a cry. Each counts as one word.
_SIGNALS = (
    re.compile(r"(?:https?://|www\.)\S|\S\.(?:com|net|org|id|co)\b", re.I),
    re.compile(r"(?<!\d)(?:\+?62|0)\d{8,12}(?!\d)"),  # a telephone number
    re.compile(r"\brp\.? ?\d|(?<!\d)\d{1,3} ?(?:rb|ribu|jt|juta)\b|\d%", re.I),  # money, per cent
    re.compile(r"\*\d{3,4}[*#]"),  # a USSD code
    re.compile(r"\S@\S"),
    re.compile(r"\brek(?:ening)?\b|\ba/?n\b", re.I),
)
_LONGEST_THANKS = 12  # words: a longer text is a story
_CALLS_OUT = frozenset({"halo", "hai", "hay", "helo", "hi", "permisi"})  # "halo polisi" may be a cry
_POLITE = frozenset({Role.GREETING, Role.HELLO, Role.EMPHASIS, Role.PLEA})


def _greets(heard: Heard) -> bool:
    calls_out = any(tag.form in _CALLS_OUT for tag in heard.tags)
    kind = _POLITE if calls_out else _POLITE | {Role.POLICE}
    return heard.has(Role.HELLO) and all(tag.is_any(kind) for tag in heard.tags)


def _thanks(heard: Heard) -> bool:
    kind = _POLITE | {Role.THANKS, Role.WISH, Role.AROUND}
    return heard.has(Role.THANKS) and (all(tag.is_any(kind) for tag in heard.tags) or _thanks_for_what_is_done(heard))


def _thanks_for_what_is_done(heard: Heard) -> bool:
    """Return whether a short text opens or ends with thanks and tells of something done: "makasih pak motornya udah
    ketemu". Whatever may still go on, or somebody else who acts, makes it more than thanks."""
    told = [tag for tag in heard.tags if not tag.is_any(_POLITE)]
    thanks = bool(told) and (told[0].is_any({Role.THANKS}) or told[-1].is_any({Role.THANKS}))
    done = heard.has(Role.AROUND, Role.PAST)
    goes_on = heard.has(Role.NEGATION, Role.PROHIBITION, Role.QUESTION, Role.PRESENT, Role.THIRD, Role.LATER)
    short = len(heard.tags) <= _LONGEST_THANKS
    return thanks and done and short and not goes_on and not triage.needs(heard)


def _wishes(heard: Heard) -> bool:
    return heard.has(Role.WISH) and not triage.needs(heard) and not heard.has(Role.POLICE)


def _is_chain(heard: Heard) -> bool:
    long = len(heard.tags) >= _LEAST_CHAIN
    return long and heard.has(Role.CHAIN) and not heard.has(Role.ALARM) and not triage.asks_quiet(heard)


def _advertises(heard: Heard) -> bool:
    marks = {tag.form for tag in heard.tags if tag.is_any({Role.MARK, Role.SALES})}
    signals = sum(bool(signal.search(heard.text)) for signal in _SIGNALS)
    police = any(
        tag.is_any({Role.POLICE}) and not tag.form.isdigit() for tag in heard.tags
    )  # "Rp 500.000" calls nobody
    grave = police or heard.has(Role.INCIDENT, Role.ALARM, Role.GRAVE) or triage.asks_quiet(heard)
    return len(marks) + signals >= _LEAST_MARKS and not grave


def _stops(heard: Heard) -> bool:
    return opt_out.read(heard.text) is not None


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
