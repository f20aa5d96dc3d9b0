"""Incident codes: short enough to type on a feature phone, and never a word or a command (contract.md)."""

from __future__ import annotations

import re
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
# Distances, times, house numbers and a word said twice ("apa2") have the form of a code too.
_EVERYDAY = re.compile(
    r"(?:APA|ADA)2|\d+(?:KM|M|MT|MTR|MN|MNT|MEN|MIN|HR|X|ST|ND|RD|TH)|(?:KM|RT|RW|GG|GANG|PS|RS|JL|AK|SD|TKP)\d+"
)
# "tolong", "help" and "bantu" as people shorten them, with digits for letters.
_CRIES = re.compile(r"7+LG+|7LLG|7LNG|7?T7?LG\d?|HLP\d|H[34]+LP|H3PL|BN7U")
DRAWN = 8  # codes that are drawn at once: with a tenth in use a second draw is next to never needed


def is_code(token: str) -> bool:
    """Return whether the token is three or four characters of the alphabet in upper case, with a letter and a digit."""
    return (
        len(token) in (SHORT, SHORT + 1)
        and all(char in ALPHABET for char in token)
        and any(char in LETTERS for char in token)
        and any(char in DIGITS for char in token)
    )


def is_everyday(token: str) -> bool:
    """Return whether people write this token, in upper case, for something else than a code ("GG3", "5KM")."""
    return _EVERYDAY.fullmatch(token) is not None


def may_be_drawn(token: str) -> bool:
    """Return whether the token is a code that nobody's answer holds by chance: "OK GG3" of somebody who was not asked
    would name no incident, and "OK 7LG" would be a cry for help."""
    return is_code(token) and not is_everyday(token) and _CRIES.fullmatch(token) is None


def in_brief(codes: Sequence[str]) -> str:
    """Return codes for a text that has more to say: the first few, and how many more there are ("K7Q, M3P +2")."""
    more = len(codes) - MOST_NAMED
    return ", ".join(codes[:MOST_NAMED]) + (f" +{more}" if more > 0 else "")


def fresh(
    in_use: int,
    taken: Callable[[Sequence[str]], Collection[str]],
    choose: Callable[[Sequence[str]], str] = secrets.choice,
) -> str:
    """Return a code that is not taken; it has four characters once a tenth of the short codes are `in_use`. `taken`
    says which of some drawn codes are taken, so that nobody has to know all of them."""
    length = SHORT if in_use < CROWDED else SHORT + 1
    while True:
        drawn = ["".join(choose(ALPHABET) for _ in range(length)) for _ in range(DRAWN)]
        found = [code for code in drawn if may_be_drawn(code)]
        held = taken(found) if found else ()
        free = [code for code in found if code not in held]
        if free:
            return free[0]
