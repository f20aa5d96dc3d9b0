"""Numbers as words, for a voice that would read digits each in its own way."""

from __future__ import annotations

from collections.abc import Callable

from gateway.core.sentences.phrases import spoken

_LARGEST = 9999

_ID = ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"]
_EN = [
    *["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
    *["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"],
]
_EN_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SW = ["sifuri", "moja", "mbili", "tatu", "nne", "tano", "sita", "saba", "nane", "tisa"]
_SW_TENS = ["kumi", "ishirini", "thelathini", "arobaini", "hamsini", "sitini", "sabini", "themanini", "tisini"]


def digit(char: str, language: str) -> str:
    """One decimal digit as its word: "0" -> "nol"."""
    return cardinal(int(char), language)


def cardinal(number: int, language: str) -> str:
    """A number from 0 to 9999 as words; any other as its digits, for the voice to read as it can."""
    return _SPEAKERS[spoken(language)](number) if 0 <= number <= _LARGEST else str(number)


def _indonesian(n: int) -> str:
    if n < 12:
        return _ID[n]
    if n < 20:
        return f"{_ID[n - 10]} belas"
    for size, name in ((1000, "ribu"), (100, "ratus"), (10, "puluh")):
        if n >= size:
            count, rest = divmod(n, size)
            head = f"se{name}" if count == 1 else f"{_indonesian(count)} {name}"
            return f"{head} {_indonesian(rest)}" if rest else head
    raise AssertionError("every number from 12 up has a size")


def _english(n: int) -> str:
    if n < 20:
        return _EN[n]
    if n < 100:
        tens, rest = divmod(n, 10)
        return _EN_TENS[tens - 2] + (f"-{_EN[rest]}" if rest else "")
    size, name = (1000, "thousand") if n >= 1000 else (100, "hundred")
    count, rest = divmod(n, size)
    joined = " and " if rest < 100 else " "
    return f"{_english(count)} {name}" + (f"{joined}{_english(rest)}" if rest else "")


def _swahili(n: int) -> str:
    """Thousands, hundreds, tens and ones in a row, "na" only before the last of them."""
    if n < 10:
        return _SW[n]
    thousands, hundreds, tens, ones = n // 1000, n // 100 % 10, n // 10 % 10, n % 10
    parts = [
        f"elfu {_SW[thousands]}" if thousands else "",
        f"mia {_SW[hundreds]}" if hundreds else "",
        _SW_TENS[tens - 1] if tens else "",
        _SW[ones] if ones else "",
    ]
    *before, last = filter(None, parts)
    return " ".join([*before, "na", last]) if before and (ones or tens) else " ".join([*before, last])


_SPEAKERS: dict[str, Callable[[int], str]] = {"id": _indonesian, "en": _english, "sw": _swahili}
