"""Take out of a text what could tell who wrote it: digits, links, and names that are on a list.

What is left may still tell somebody who knows the case. So it is kept only where the installation has switched it on,
sealed, and no longer than the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import cache

from gateway.core.places.placewords import CARDINALS, EDGES, GENERIC, HEADS, LOCATORS
from gateway.core.words.lexicon import lists
from gateway.core.words.spelling import LINK

_LETTERS = re.compile(r"[^\W\d_]+")
_SHORTEST = 3  # letters: shorter words of names ("al", "bin" apart) are words of every language
_SUFFIXES = ("nya", "ku", "mu", "lah", "kah")
_NAME, _LINKED = "[nama]", "[tautan]"


def name_words(names: Iterable[str]) -> frozenset[str]:
    """Return the words of these names (of people, of places) that are to be masked. A word that our lists know in
    another role ("Aman", "Ibu") or that every street has tells of nobody and stays."""
    words = {word.casefold() for name in names for word in _LETTERS.findall(name) if len(word) >= _SHORTEST}
    return frozenset(words - _ordinary())


def masked(text: str, names: Collection[str]) -> str:
    """Return the text on one line with every digit as "#", links and the words in `names` (from `name_words`) as
    placeholders."""

    def hidden(found: re.Match[str]) -> str:
        word = found[0].casefold()
        stems = (word.removesuffix(suffix) for suffix in ("", *_SUFFIXES))
        return _NAME if any(stem in names for stem in stems) else found[0]

    plain = re.sub(r"\d", "#", LINK.sub(_LINKED, text))
    return " ".join(_LETTERS.sub(hidden, plain).split())


@cache
def _ordinary() -> frozenset[str]:
    known = {form for form, roles in lists("citizen").items() if roles and " " not in form}
    return frozenset(known | GENERIC | HEADS | CARDINALS | LOCATORS | EDGES)
