"""Incident codes: short enough to type on a feature phone, and never a word or a command (contract.md)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "23456789"
ALPHABET = LETTERS + DIGITS
SHORT = 3
# the number of codes of three characters with a letter and a digit
ROOM = len(ALPHABET) ** SHORT - len(LETTERS) ** SHORT - len(DIGITS) ** SHORT
CROWDED = -(-ROOM // 10)  # so many short codes in use are a tenth of them
MOST_NAMED = 4  # codes that one text names beside the words to answer with
DRAWN = 8  # codes that are drawn at once: with a tenth in use a second draw is next to never needed


def is_code(token: str) -> bool:
    """Return whether the token is three or four characters of the alphabet in upper case, with a letter and a digit."""
    return (
        len(token) in (SHORT, SHORT + 1)
        and all(char in ALPHABET for char in token)
        and any(char in LETTERS for char in token)
        and any(char in DIGITS for char in token)
    )


def in_brief(codes: Sequence[str]) -> str:
    """Return codes for a text that has more to say: the first few, and how many more there are ("K7Q, M3P +2")."""
    more = len(codes) - MOST_NAMED
    return ", ".join(codes[:MOST_NAMED]) + (f" +{more}" if more > 0 else "")


def fresh(
    in_use: int,
    taken: Callable[[Sequence[str]], Collection[str]],
    is_clear: Callable[[str], bool],
    choose: Callable[[Sequence[str]], str] = secrets.choice,
) -> str:
    """Return a code that is not taken; it has four characters once a tenth of the short codes are `in_use`. `taken`
    says which of some drawn codes are taken, so that nobody has to know all of them; `is_clear` whether a code is read
    as one in an answer (`words.reading.names_an_incident`)."""
    length = SHORT if in_use < CROWDED else SHORT + 1
    while True:
        drawn = ["".join(choose(ALPHABET) for _ in range(length)) for _ in range(DRAWN)]
        found = [code for code in drawn if is_code(code)]
        held = taken(found) if found else ()
        free = next((code for code in found if code not in held and is_clear(code)), None)
        if free is not None:
            return free
