"""Word what desks, officers and citizens read while the database is away: one GSM-7 segment each."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.core import phone as numbers
from gateway.core.outage import Said
from gateway.core.places.distance import Position
from gateway.core.sentences.ages import how_known_brief
from gateway.core.sentences.alert_text import coordinates
from gateway.core.sentences.phrases import say, sms
from gateway.core.words.pinwords import hide_pins


@dataclass(frozen=True)
class OutageFacts:
    """The facts that are told of somebody who asks for help. `hidden`: that phone must stay dark, so its number and
    words are not told. `code` is "" for an unknown number."""

    said: Said
    number: str  # E.164
    name: str = ""
    words: str = ""
    code: str = ""
    home: Position | None = None
    unit: str = ""
    hidden: bool = False
    reply_to: str | None = None  # E.164: the number to answer to when the sender's id cannot receive


# What is told, by: an unknown number, what was said, whether the phone stays dark, whether there are words.
_KEYS: dict[tuple[bool, Said, bool, bool], str] = {
    (False, Said.PANIC, False, True): "outage.alert",
    (False, Said.PANIC, False, False): "outage.alert_wordless",
    (False, Said.PANIC, True, False): "outage.alert_dark",
    (False, Said.UNCLEAR, False, True): "outage.unclear",
    (False, Said.UNCLEAR, False, False): "outage.alert_wordless",
    (False, Said.UNCLEAR, True, False): "outage.unclear_dark",
    (True, Said.PANIC, False, True): "outage.unknown",
    (True, Said.PANIC, False, False): "outage.unknown",
    (True, Said.PANIC, True, False): "outage.unknown_dark",
}


def outage_text(facts: OutageFacts, language: str) -> str:
    words = "" if facts.hidden else hide_pins(facts.words).strip()
    key = _KEYS[facts.code == "", facts.said, facts.hidden, bool(words)]
    return sms(
        key,
        language,
        name=facts.name,
        number=numbers.local(facts.number),
        place=_place(facts, language),
        words=words,
        code=_code(facts, language),
    )


def _code(facts: OutageFacts, language: str) -> str:
    if facts.reply_to is None:
        return facts.code
    return say("outage.code_to", language, code=facts.code, number=numbers.local(facts.reply_to))


def _place(facts: OutageFacts, language: str) -> str:
    if facts.home is None:
        return facts.unit
    return f"{coordinates(*facts.home)} ({how_known_brief('home', None, None, language)})"
