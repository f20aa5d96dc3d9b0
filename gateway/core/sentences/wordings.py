"""Check sentences in an operator's own words: which may be changed, what a change must keep, and how much room it has.

A phone depends on more than the sense of a sentence: its facts, its length, its keys, the warning it begins with. A
wording that passes `check` formats with any facts and leaves as one message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway.core.languages import LANGUAGES
from gateway.core.sentences import phrases
from gateway.core.sentences.editable import MOST, Way, measure, overflow, plain, way_of
from gateway.core.sentences.numerals import digit
from gateway.core.sentences.segments import to_gsm

UNPROMISED = (  # when these leave, nobody has said yet that they come
    *(f"citizen.{name}" for name in ("received", "accepted_desk", "nobody_yet", "nobody_still", "still_open")),
    *("citizen.received_no_pin", "citizen.received_unclear_no_pin", "citizen.not_confirmed_open"),
    *("placed.received", "placed.received_no_pin"),
)
_WARNINGS = ("alert.duress", "alert.quiet", "alert.not_answered")
_SENDERS = tuple(dict.fromkeys(language.sender for language in LANGUAGES.values()))
# A number beside which a letter stands is copied wrong; a list that does not stand on lines of its own hides a key.
_GLUED = re.compile(
    r"[\w}]\{(?:code|number|station|emergency)}|\{(?:code|number|station|emergency)}[\w{]|[^\n]\{languages}|\{languages}[^\n]"
)
# The words that a phone can send (the contract's list): a sentence that asks for one of these asks for it letter by
# letter.
_COMMANDS = re.compile(
    r"\b(?:TOLONG|SOS|HELP|MSAADA|DIAM|YA|LOKASI|AMAN|BATAL|DAFTAR|LAPOR|INFO|OK|SIAP|TERIMA|OTW|MENUJU|TIBA|TKP"
    r"|SELESAI|PALSU|TOLAK|BANTUAN|HADIR|LEPAS|POSISI)\b"
)


class Fault(StrEnum):
    """Why a wording is refused."""

    UNKNOWN = "unknown"  # no such sentence, or one that may not be changed
    EMPTY = "empty"
    BRACES = "braces"
    MISSING = "missing"
    FOREIGN = "foreign"
    LONG = "long"
    OPENING = "opening"
    KEYS = "keys"
    PROMISE = "promise"
    GLUED = "glued"
    DIGITS = "digits"


class Doubt(StrEnum):
    """A point at which an operator should look once more."""

    CHANGED = "changed"  # characters that no message has
    SHORTENED = "shortened"  # the longest names and places will be shortened
    COMMANDS = "commands"  # words to send that it no longer names


@dataclass(frozen=True)
class Problem:
    kind: Fault | Doubt
    detail: str = ""  # the facts, keys or words that it is about


@dataclass(frozen=True)
class _Draft:
    key: str
    language: str
    text: str
    original: str


def check(key: str, language: str, text: str) -> list[Problem]:
    """Return the reasons why this wording may not replace the catalogue's; empty: it may. It is looked at as `plain`
    makes it."""
    if way_of(key) is None or language not in LANGUAGES:
        return [Problem(Fault.UNKNOWN)]
    draft = _Draft(key, language, plain(key, text), phrases.original(key, language))
    if not draft.text:
        return [Problem(Fault.EMPTY)]
    if not _is_open(draft.text):
        return [Problem(Fault.BRACES)]
    found = {fault: rule(draft) for fault, rule in _RULES.items()}
    return [Problem(fault, detail) for fault, detail in found.items() if detail]


def _is_open(text: str) -> bool:
    """Return whether every brace stands around a plain name: none alone, and none doubled, because that would be shown
    as one."""
    try:
        phrases.slots(text)
    except ValueError:
        return False
    return not re.search(r"\{\{|}}", text)


def advise(key: str, language: str, text: str) -> list[Problem]:
    """Return the points of an allowed wording that should be looked at. Raises KeyError for an unknown key."""
    kept, original = plain(key, text), phrases.original(key, language)
    doubts: dict[Doubt, str] = {
        Doubt.CHANGED: _replaced(key, text),
        Doubt.SHORTENED: overflow(key, language, kept),
        Doubt.COMMANDS: ", ".join(_lost(_COMMANDS.findall(original), _COMMANDS.findall(kept))),
    }
    return [Problem(doubt, detail) for doubt, detail in doubts.items() if detail]


# --- rules: what is wrong with a draft, or nothing ----------------------------------------------------------------


def _missing(draft: _Draft) -> str:
    return _named(phrases.slots(draft.original) - phrases.slots(draft.text))


def _foreign(draft: _Draft) -> str:
    return _named(phrases.slots(draft.text) - phrases.slots(draft.original))


def _long(draft: _Draft) -> str:
    room = measure(draft.key, draft.language, draft.text).room
    return str(-room) if room < 0 else ""


def _opening(draft: _Draft) -> str:
    """Return the warning or the sender with which it must begin and does not: a preview on a locked phone shows no
    more."""
    warnings = [phrases.original(key, draft.language) for key in _WARNINGS]
    first = next((word for word in (*warnings, *_SENDERS) if draft.original.startswith(word)), "")
    return "" if draft.text.startswith(first) else first


def _keys(draft: _Draft) -> str:
    """Return the keys that work here and are not named, or that are named and do not work."""
    if way_of(draft.key) is Way.CALL:
        words = [digit(char, draft.language) for char in "0123456789"]
        named = [[word for word in words if re.search(rf"\b{word}\b", text.casefold())] for text in _both(draft)]
        return ", ".join(_lost(*named))
    before, after = (re.findall(r"^(\d) ", text, re.MULTILINE) for text in _both(draft))
    return "" if sorted(before) == sorted(after) else ", ".join(before or after)


def _promise(draft: _Draft) -> str:
    found = re.search(rf"\w*{LANGUAGES[draft.language].coming}", draft.text, re.IGNORECASE)
    return found.group() if found and draft.key in UNPROMISED else ""


def _glued(draft: _Draft) -> str:
    """Return a code, number or list that would run into the characters beside it."""
    found = _GLUED.search(draft.text)
    return found.group() if found else ""


def _digits(draft: _Draft) -> str:
    """Return the digits in a spoken sentence: voices read digits each in their own way."""
    return " ".join(re.findall(r"\d+", draft.text)) if way_of(draft.key) is Way.CALL else ""


_RULES: Mapping[Fault, Callable[[_Draft], str]] = {
    Fault.MISSING: _missing,
    Fault.FOREIGN: _foreign,
    Fault.LONG: _long,
    Fault.OPENING: _opening,
    Fault.KEYS: _keys,
    Fault.PROMISE: _promise,
    Fault.GLUED: _glued,
    Fault.DIGITS: _digits,
}


# --- words --------------------------------------------------------------------------------------------------------


def _both(draft: _Draft) -> tuple[str, str]:
    return draft.original, draft.text


def _lost(before: list[str], after: list[str]) -> list[str]:
    """Return the words that were there and are not any more, each once and in its order."""
    return [word for word in dict.fromkeys(before) if word not in after]


def _named(names: frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))


def _replaced(key: str, text: str) -> str:
    """Return each character that no message can carry, and what it becomes."""
    if way_of(key) is Way.CALL:
        return ""
    strange = [char for char in dict.fromkeys(text[:MOST]) if char not in "{}\r\n\t" and to_gsm(char) != char]
    return ", ".join(f"{char} → {to_gsm(char) or '–'}" for char in strange)
