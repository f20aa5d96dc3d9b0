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


def is_code(token: str) -> bool:
    """Return whether the token is three or four characters of the alphabet in upper case, with a letter and a digit."""
    return (
        len(token) in (SHORT, SHORT + 1)
        and all(char in ALPHABET for char in token)
        and any(char in LETTERS for char in token)
        and any(char in DIGITS for char in token)
    )


def fresh(taken: Collection[str], choose: Callable[[Sequence[str]], str] = secrets.choice) -> str:
    """Return a code that is not taken; it has four characters once a tenth of the short codes are taken."""
    length = SHORT if sum(len(code) == SHORT for code in taken) * 10 < ROOM else SHORT + 1
    while True:
        code = "".join(choose(ALPHABET) for _ in range(length))
        if is_code(code) and code not in taken:
            return code
