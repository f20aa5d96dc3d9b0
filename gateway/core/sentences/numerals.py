"""Say numbers as words, for a voice that would read digits each in its own way."""

from __future__ import annotations

from gateway.core.languages import LANGUAGES, spoken

_LARGEST = 9999


def digit(char: str, language: str) -> str:
    """Return one decimal digit as its word: "0" -> "nol"."""
    return cardinal(int(char), language)


def cardinal(number: int, language: str) -> str:
    """Return a number from 0 to 9999 as words; any other as its digits, for the voice to read as it can."""
    return LANGUAGES[spoken(language)].cardinal(number) if 0 <= number <= _LARGEST else str(number)
