"""The keyword of a unit: the word at the head of a text to a number that several units share ("PTK TOLONG").

It only says whom the text is for, and is taken off before the text is read. So it must be a word that says nothing: one
of no list in any language, and of no place name. That is asked when it is chosen and again when a text comes, because
the lists grow.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from gateway.core.places import placewords
from gateway.core.words.lexicon import first_words, listed
from gateway.core.words.reading import read

LONGEST = 12  # letters
_FORM = re.compile(r"[A-Z]{3,12}")  # no digit: an incident code has one
# The minus of a southern latitude stays with its number.
_HEAD = re.compile(r"\s*([A-Za-z]{3,12})(?:[\s.,;:!?=*#]|-(?!\d))+(?=\S)")


def has_form(keyword: str) -> bool:
    return _FORM.fullmatch(keyword) is not None


@lru_cache(maxsize=1024)
def says_nothing(keyword: str) -> bool:
    """Return whether this word may be taken off a text: no list knows it, also not misspelt, glued or at the head of
    a phrase, and no place name is made with it."""
    word = listed(keyword)
    if word in first_words() or keyword.casefold() in placewords.words():
        return False
    return not read(keyword).is_known


def taken_off(body: str, is_units: Callable[[str], bool]) -> tuple[str, str]:
    """Return the keyword at the head of a text (upper case) and the text behind it; "" and the whole text where no word
    of a unit's stands there, or nothing behind it. `is_units` says whether a unit has this keyword."""
    found = _HEAD.match(body)
    keyword = found[1].upper() if found is not None else ""
    if found is None or not is_units(keyword) or not says_nothing(keyword):
        return "", body
    return keyword, body[found.end() :]
