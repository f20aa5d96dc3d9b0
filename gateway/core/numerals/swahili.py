"""Swahili numbers as words."""

from __future__ import annotations

_ONES = ["sifuri", "moja", "mbili", "tatu", "nne", "tano", "sita", "saba", "nane", "tisa"]
_TENS = ["kumi", "ishirini", "thelathini", "arobaini", "hamsini", "sitini", "sabini", "themanini", "tisini"]


def cardinal(n: int) -> str:
    """Return a number from 0 to 9999 as words: thousands, hundreds, tens and ones in a row, "na" only before the
    last."""
    if n < 10:
        return _ONES[n]
    thousands, hundreds, tens, ones = n // 1000, n // 100 % 10, n // 10 % 10, n % 10
    parts = [
        f"elfu {_ONES[thousands]}" if thousands else "",
        f"mia {_ONES[hundreds]}" if hundreds else "",
        _TENS[tens - 1] if tens else "",
        _ONES[ones] if ones else "",
    ]
    *before, last = filter(None, parts)
    return " ".join([*before, "na", last]) if before and (ones or tens) else " ".join([*before, last])
