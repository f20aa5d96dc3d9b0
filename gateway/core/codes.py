"""Incident codes: short enough to key in on a feature phone, never a word, never a command (contract.md)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "23456789"
ALPHABET = LETTERS + DIGITS
SHORT = 3
# codes of three that have a letter and a digit
ROOM = len(ALPHABET) ** SHORT - len(LETTERS) ** SHORT - len(DIGITS) ** SHORT


def is_code(token: str) -> bool:
    """Upper case, three or four characters of the alphabet, a letter and a digit among them."""
    return (
        len(token) in (SHORT, SHORT + 1)
        and all(char in ALPHABET for char in token)
        and any(char in LETTERS for char in token)
        and any(char in DIGITS for char in token)
    )


def fresh(taken: Collection[str], choose: Callable[[Sequence[str]], str] = secrets.choice) -> str:
    """A code that is not taken; four characters once a tenth of the short ones are."""
    length = SHORT if sum(len(code) == SHORT for code in taken) * 10 < ROOM else SHORT + 1
    while True:
        code = "".join(choose(ALPHABET) for _ in range(length))
        if is_code(code) and code not in taken:
            return code
