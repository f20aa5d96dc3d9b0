"""Say every sentence, per language, from the gettext catalogues in `catalogues/<language>/*.po`.

The msgid is a short key ("citizen.received"), the msgstr the sentence with named places for facts. A language's files
are read once, at first use, and need no compiling: a translator edits a .po and restarts. An operator's own wordings
(`reword`) go before the catalogues; they come out of the database and have passed `core.sentences.wordings.check`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from importlib import resources
from string import Formatter

from babel.messages.pofile import read_po

from gateway.core import defaults
from gateway.core.days import zone
from gateway.core.languages import menu_lines, spoken
from gateway.core.line_abilities import HERE, ReplyPath
from gateway.core.sentences.replying import Answerable, Asking, reworded
from gateway.core.sentences.segments import SINGLE, cut, fits, septets, to_gsm

# People's own words and names may be shortened, in this order, and to no fewer septets than this.
_SHORTENED = {"words": 20, "reason": 20, "place": 16, "unit": 16, "who": 16, "name": 16}
_ALWAYS_KNOWN = {"emergency": defaults.EMERGENCY, "languages": menu_lines()}  # a fact that is handed in comes first

_reworded: Mapping[tuple[str, str], str] = {}  # by key and language; exchanged as a whole, never changed


def say(key: str, language: str, **facts: object) -> str:
    """Return the sentence `key` with its facts filled in; an unknown language falls back to Indonesian.

    Raises KeyError for an unknown key or a missing fact. The facts are filled in as they are: see `sms`.
    """
    return say_by(HERE, key, language, **facts)


def say_by(path: ReplyPath, key: str, language: str, **facts: object) -> str:
    """Return the sentence as `say` does, for a phone that answers it in this way."""
    known = _ALWAYS_KNOWN | facts
    try:
        return _by(path, template(key, language), language).format_map(known)
    except (LookupError, ValueError, AttributeError, TypeError):  # a bad wording must never silence a panic
        return _by(path, original(key, language), language).format_map(known)


def _by(path: ReplyPath, told: str, language: str) -> str:
    if path is HERE:
        return told
    return reworded(told, path, Asking(*(original(f"reply.{name}", language) for name in Asking._fields)))


def sms(key: str, language: str, **facts: object) -> Answerable:
    """Return the sentence as one GSM-7 message: transliterated, and free words and names shortened until it fits.

    Codes, numbers and times are never shortened. A fact that is None is left out. Raises as `say` does.
    """
    return Answerable(lambda path: shortened(lambda plain: say_by(path, key, language, **plain), facts))


def whole(fill: Callable[[Mapping[str, str]], str], facts: Mapping[str, object]) -> str | None:
    """Return what `fill` makes of these facts as `sms` does, or None where a fact would have to be shortened: half a
    place's name may be the name of another place."""
    text = tidy(fill({name: tidy(fact) for name, fact in facts.items()}))
    return text if fits(text) else None


def shortened(fill: Callable[[Mapping[str, str]], str], facts: Mapping[str, object]) -> str:
    """Return what `fill` makes of these facts, with the facts shortened as `sms` does it."""
    plain = {name: tidy(fact) for name, fact in facts.items()}
    text = tidy(fill(plain))
    for name, least in _SHORTENED.items():
        if name in plain and (over := septets(text) - SINGLE) > 0:
            plain[name] = cut(plain[name], max(least, septets(plain[name]) - over))
            text = tidy(fill(plain))
    return text


def tidy(fact: object) -> str:
    """Return a fact as it goes into a text message: basic GSM-7, on one line, an empty string for None."""
    return "" if fact is None else " ".join(to_gsm(str(fact)).split())


def template(key: str, language: str) -> str:
    """Return the sentence with its places still open, in the operator's words where there are any. Raises KeyError for
    an unknown key."""
    short = spoken(language)
    return _reworded.get((key, short)) or original(key, short)


def original(key: str, language: str) -> str:
    """Return the catalogue's sentence, also where an operator's wording goes before it. Raises KeyError for an unknown
    key."""
    return _catalogue(spoken(language))[key]


def reword(changed: Mapping[tuple[str, str], str]) -> None:
    """Put these sentences (by key and language), and no others, before the catalogues from now on, in this whole
    process. Threads that are speaking finish with the wording they began with."""
    global _reworded
    _reworded = dict(changed)


def keys(language: str = defaults.LANGUAGE) -> frozenset[str]:
    """Return the keys of all sentences of a language."""
    return frozenset(_catalogue(spoken(language)))


def slots(sentence: str) -> frozenset[str]:
    """Return the names of the facts in a template; raises ValueError for anything but a plain name.

    `{name.attribute}` would let a person who edits phrases read our objects.
    """
    found = set()
    for _, name, spec, conversion in Formatter().parse(sentence):
        if name is None:
            continue
        if spec or conversion or not re.fullmatch(r"[a-z_]+", name):
            raise ValueError(f"only a plain name may stand in braces, not {name!r}, in: {sentence}")
        found.add(name)
    return frozenset(found)


def clock_text(at: datetime, timezone: str) -> str:
    """Return an aware time on the unit's own clock, with the zone's name: "14:32 WIB"."""
    return at.astimezone(zone(timezone)).strftime("%H:%M %Z")


@lru_cache
def _catalogue(language: str) -> Mapping[str, str]:
    folder = resources.files("gateway.core") / "catalogues" / language
    sentences: dict[str, str] = {}
    for file in sorted(folder.iterdir(), key=lambda found: found.name):
        if file.name.endswith(".po"):
            with file.open("rb") as opened:
                read = read_po(opened, locale=language, abort_invalid=True)
            fresh = {str(entry.id): str(entry.string) for entry in read if entry.id and not entry.fuzzy}
            if twice := fresh.keys() & sentences.keys():
                raise ValueError(
                    f"{language}/{file.name} says again what another file says: {', '.join(sorted(twice))}"
                )
            sentences |= fresh
    return sentences
