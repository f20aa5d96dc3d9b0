"""Indonesian numbers as words."""

from __future__ import annotations

_ONES = ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"]


def cardinal(n: int) -> str:
    """Return a number from 0 to 9999 as words: 125 -> "seratus dua puluh lima"."""
    if n < 12:
        return _ONES[n]
    if n < 20:
        return f"{_ONES[n - 10]} belas"
    for size, name in ((1000, "ribu"), (100, "ratus"), (10, "puluh")):
        if n >= size:
            count, rest = divmod(n, size)
            head = f"se{name}" if count == 1 else f"{cardinal(count)} {name}"
            return f"{head} {cardinal(rest)}" if rest else head
    raise AssertionError("every number from 12 up has a size")
