"""Say which sentences an operator may put into own words, how each reaches a phone, and how much room that leaves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from gateway.core.sentences import phrases
from gateway.core.sentences.longest import LINE, LONGEST, PIECE, for_the_ear, on_screen
from gateway.core.sentences.segments import SINGLE, segments, septets, to_gsm


class Way(Enum):
    """How a sentence reaches a phone."""

    TEXT = "text"  # one SMS
    FITTED = "fitted"  # one SMS, whose names and places are always shortened
    SCREEN = "screen"  # a whole USSD screen
    LINE = "line"  # quoted on a screen, above its keys
    PIECE = "piece"  # a few words inside other sentences
    CALL = "call"  # spoken


@dataclass(frozen=True)
class Measure:
    """A wording with the longest facts: its length on the phone, and its price."""

    example: str
    units: int  # septets; characters of what is spoken
    limit: int
    messages: int  # SMS that are paid; 1 for anything else

    @property
    def room(self) -> int:
        """Return how much room is left, in the same units; negative: too long."""
        return self.limit - self.units


# A sentence that is not here may not be changed: an alert's pieces give way to one another by length, the letters of a
# code must stay 26, and the words of the consent are a version of their own (gateway/register/applications.py).
GROUPS: Mapping[str, Way] = {
    "citizen": Way.TEXT,
    "placed": Way.FITTED,
    "unknown": Way.TEXT,
    "apply": Way.TEXT,
    "tip": Way.TEXT,
    "volunteer": Way.FITTED,
    "officer": Way.TEXT,
    "desk": Way.TEXT,
    "step": Way.PIECE,
    "ussd": Way.SCREEN,
    "ussd_text": Way.LINE,
    "voice": Way.CALL,
}
_PIECES = frozenset(f"ussd_text.{word}" for word in ("backup", "decline", "crime", "fire", "accident", "medical"))
_FIXED = frozenset(
    {"ussd_text.hushed", "ussd_text.threatened", "ussd_text.not_answered"}  # the warnings themselves
    | {"voice.quiet", "voice.duress", "voice.not_answered"}
    | {"ussd.told"}  # nothing but what it quotes, which may fill the whole screen
    | {"ussd_text.or_choose"}  # the room of a list is counted around it
)
MOST = 1000  # characters of a wording that are looked at, at all
_SPOKEN = 300  # characters of one spoken sentence, about twenty seconds


def way_of(key: str) -> Way | None:
    """Return how this sentence reaches a phone, or None if it may not be changed or there is no sentence of that
    name."""
    known = phrases.keys()
    if key in _FIXED or key not in known:
        return None
    return Way.PIECE if key in _PIECES else GROUPS.get(key.partition(".")[0])


def editable() -> list[str]:
    """Return the keys of every sentence that may be changed, in the order of the groups."""
    groups = list(GROUPS)
    return sorted(filter(way_of, phrases.keys()), key=lambda key: (groups.index(key.partition(".")[0]), key))


def plain(key: str, text: str) -> str:
    """Return a wording as it is kept and sent: characters that no message can carry are replaced, braces stay, spaces
    are single; only a screen has lines."""
    way = way_of(key)
    text = text[:MOST].replace("\r\n", "\n")
    if way is Way.CALL:
        text = "".join(char if char.isprintable() else " " for char in text)
    else:
        text = "".join(part if part in "{}" else to_gsm(part) for part in re.split(r"([{}])", text))
    lines = text.splitlines() if way is Way.SCREEN else [text]
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


def _longest(key: str, language: str) -> Mapping[str, object]:
    """Return the longest facts that this sentence must have room for."""
    ways = {Way.SCREEN: lambda: on_screen(key, language), Way.CALL: lambda: for_the_ear(language)}
    return ways.get(way_of(key) or Way.TEXT, lambda: LONGEST)()


def _limit(key: str, language: str) -> int:
    """Return its room with the longest facts: septets, or characters of a spoken sentence. A piece may be as long as it
    was."""
    limits = {Way.CALL: _SPOKEN, Way.LINE: LINE, Way.PIECE: max(PIECE, septets(phrases.original(key, language)))}
    return limits.get(way_of(key) or Way.TEXT, SINGLE)


# --- with the longest facts ---------------------------------------------------------------------------------------


def measure(key: str, language: str, text: str) -> Measure:
    """Return the measure of a wording filled with the longest facts. One whose braces are wrong is measured as it
    stands."""
    way, kept = way_of(key), plain(key, text)
    facts = _longest(key, language)
    example = _fitted(kept, facts) if way is Way.FITTED else _filled(kept, facts)
    if way is Way.CALL:
        return Measure(example, len(example), _limit(key, language), 1)
    sent = "\n".join(phrases.tidy(line) for line in example.splitlines())
    return Measure(sent, septets(sent), _limit(key, language), segments(sent))


def facts_of(key: str, language: str) -> dict[str, str]:
    """Return the facts that a sentence must name, each with its longest example. Raises KeyError for an unknown key."""
    known = _longest(key, language)
    return {name: str(known[name]) for name in sorted(phrases.slots(phrases.original(key, language)))}


class _Open(dict[str, object]):
    """Facts of which unknown ones stay as they were written."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def _filled(text: str, facts: Mapping[str, object]) -> str:
    """Return the text filled with facts; a text with anything but plain names in braces stays as it is, because
    `{code:999999999}` would be as long as it says."""
    try:
        phrases.slots(text)
    except ValueError:
        return text
    return text.format_map(_Open(facts))


def _fitted(text: str, facts: Mapping[str, object]) -> str:
    return phrases.shortened(lambda shorter: _filled(text, shorter), facts)


def overflow(key: str, language: str, text: str) -> str:
    """Return by how many septets it is too long before names and places are shortened."""
    over = septets(phrases.tidy(_filled(text, _longest(key, language)))) - SINGLE
    return str(over) if way_of(key) is Way.FITTED and over > 0 else ""
