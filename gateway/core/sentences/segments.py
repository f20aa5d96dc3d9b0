"""Fit words into a text message: the GSM 7-bit alphabet, its price, and the way of any other character into it.

One character outside the alphabet turns the whole message into UCS-2, 70 units a part: a "±" makes an alert of 158
characters three messages. So everything that leaves is transliterated first and counted after. Source: 3GPP TS 23.038
(alphabet), TS 23.040 (parts).
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate

from anyascii import anyascii

SINGLE, PART = 160, 153  # septets
_SINGLE_UCS2, _PART_UCS2 = 70, 67  # UTF-16 units

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")

_CHEAPER = str.maketrans(
    {"[": "(", "]": ")", "{": "(", "}": ")", "~": "-", "|": "/", "\\": "/", "^": "'", "`": "'", "°": " ", "€": "EUR"}
    | {"\t": " ", "\f": " ", "\r": "", "´": "'", "±": "+-", "…": "..."}
)
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me", "Sk"})
_FIRST_PICTURE = "\u2190"  # symbols below it are signs with a reading (§ ©), above it emoji and dingbats


def to_gsm(text: str) -> str:
    """Return the same text in the basic alphabet only, every character one septet; GSM's own accents stay, emoji go."""
    return "".join(map(_to_gsm, unicodedata.normalize("NFKC", text.translate(_CHEAPER))))


def septets(text: str) -> int:
    """Return the length in septets; raises ValueError naming the first character that is not GSM-7."""
    return sum(_septets(text))


def segments(text: str) -> int:
    """Return as how many messages this is billed, in the alphabet that it needs; an empty one is still a message."""
    if all(char in _BASIC or char in _EXTENSION for char in text):
        return _parts(_septets(text), SINGLE, PART)
    return _parts((1 + (char > "\uffff") for char in text), _SINGLE_UCS2, _PART_UCS2)


def fits(text: str) -> bool:
    """Return whether this goes as one GSM-7 message."""
    return all(char in _BASIC or char in _EXTENSION for char in text) and septets(text) <= SINGLE


def cut(text: str, limit: int) -> str:
    """Return the beginning of a GSM-7 text in at most `limit` septets, cut between words unless that loses half of
    it."""
    end = bisect_right(list(accumulate(_septets(text))), limit)
    if end == len(text):
        return text
    head = text[:end]
    word = head if text[end] == " " else head.rpartition(" ")[0]
    return (word if len(word) * 2 >= len(head) else head).rstrip()


@lru_cache(maxsize=4096)
def _to_gsm(char: str) -> str:
    if char in _BASIC:
        return char
    category = unicodedata.category(char)
    if category in _INVISIBLE or (category == "So" and char >= _FIRST_PICTURE):
        return ""
    return "".join(letter for letter in anyascii(char).translate(_CHEAPER) if letter in _BASIC)


def _septets(text: str) -> Iterator[int]:
    for char in text:
        if char in _BASIC:
            yield 1
        elif char in _EXTENSION:
            yield 2
        else:
            raise ValueError(f"{char!r} is not in the GSM 7-bit alphabet")


def _parts(costs: Iterable[int], single: int, part: int) -> int:
    """Return the number of parts; a character of two units is never torn over two parts."""
    total, parts, room = 0, 1, part
    for cost in costs:
        total += cost
        if cost > room:
            parts, room = parts + 1, part
        room -= cost
    return parts if total > single else 1
