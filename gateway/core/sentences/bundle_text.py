"""Make the one text for a phone that several incidents ask at the same moment.

It names every code and says how many incidents wait for this phone's answer; place, distance and number follow where
there is room, alike for all. How to treat the person (do not ring, drill) is never cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gateway.core import phone
from gateway.core.line_abilities import HERE, ReplyWay
from gateway.core.places import addresses
from gateway.core.sentences.ages import distance_brief
from gateway.core.sentences.alert_text import AlertFacts, answer_words, kind_words
from gateway.core.sentences.phrases import say, say_by, tidy
from gateway.core.sentences.replying import Passage
from gateway.core.sentences.segments import cut, fits

DIRECT = Passage(HERE)
_PLACES = (30, 20, 14, 9, 0)  # septets of each place, from the fullest text to the shortest

Level = tuple[int, bool, bool, bool]  # septets of the place; whether number, distance and kind are told
# What gives way, in this order: the places, the numbers, the distances, the kinds. The codes stay.
_LEVELS: tuple[Level, ...] = (
    *((most, True, True, True) for most in _PLACES),
    *((most, False, True, True) for most in _PLACES),
    (0, False, False, True),
    (0, False, False, False),
)


def bundle_text(several: Sequence[AlertFacts], waiting: int, language: str, passage: Passage = DIRECT) -> str:
    """Return the text about these incidents, the oldest first. `waiting` is how many incidents wait for the answer of
    this phone, and `passage` how the text goes over its line. It is one GSM-7 segment; of more than some twenty
    incidents the last codes are only counted."""
    for level in _LEVELS:
        text = _text([_item(facts, level, language) for facts in several], waiting, language, passage)
        if fits(text):
            return text
    return _only_codes(several, waiting, language, passage)


def _only_codes(several: Sequence[AlertFacts], waiting: int, language: str, passage: Passage) -> str:
    named = [facts.code for facts in several]
    for most in range(len(named), 0, -1):
        text = _text([*named[:most], f"+{len(named) - most}"], waiting, language, passage)
        if fits(text):
            return text
    return _text(named[:1], waiting, language, passage)


def _text(items: Sequence[str], waiting: int, language: str, passage: Passage) -> str:
    answer, profile = passage
    text = say_by(answer, "alert.bundle", language, count=waiting, items="; ".join(items))
    asks = answer.way in (ReplyWay.HERE, ReplyWay.TEXT)
    return profile.passing(tidy(text if asks else f"{text} {answer_words(answer, '', language)}"))


def _item(facts: AlertFacts, level: Level, language: str) -> str:
    most, number, distance, kind = level
    place = cut(tidy(addresses.shorten(tidy(facts.place))), most) if most else ""
    shown = (
        phone.local(facts.phone, facts.region) if number and facts.phone and not (facts.bare or facts.hushed) else ""
    )
    away = distance_brief(facts.distance_m, language) if distance and facts.distance_m is not None else ""
    said = kind_words(facts.kind, "alert", language) if kind else ""
    return " ".join(filter(None, (*_cautions(facts, language), facts.code, said, shown, place, away)))


def _cautions(facts: AlertFacts, language: str) -> list[str]:
    told: tuple[tuple[str, Callable[[AlertFacts], bool]], ...] = (
        ("alert.drill", lambda one: one.drill),
        ("alert.uncertain", lambda one: one.uncertain),
        ("alert.duress", lambda one: one.duress),
        ("alert.quiet", lambda one: one.quiet),
        ("alert.not_answered", lambda one: one.not_answered and not one.hushed),
    )
    return [say(key, language) for key, holds in told if holds(facts)]
