"""One field at a time: from what people type into a sheet to what is stored.

A reader takes text that is not empty and raises ValueError with the end of a sentence that begins with the column.
None of them repeats what was typed: it may be an identity number or a PIN.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from gateway.core import nik, phone

LANGUAGES = ("id", "en", "sw")
FARTHEST_M = 100_000  # metres that somebody may volunteer for, or a place may measure
_SPREADSHEET = re.compile(r"\d+([.,]\d+)?[eE]\+?\d+")  # what Excel makes of a long number

Reader = Callable[[str], Any]


def text(most: int) -> Reader:
    """Text of at most so many characters."""
    return lambda typed: _no_longer(typed, most)


def _no_longer(typed: str, most: int) -> str:
    if len(typed) > most:
        raise ValueError(f"is longer than {most} characters; shorten it")
    return typed


def number(region: str) -> Reader:
    """A telephone number as E.164; a local one is of `region` (ISO 3166)."""

    def read(typed: str) -> str:
        known = phone.e164(typed, region)
        if known is None:
            raise ValueError(f"is no telephone number; write it like +6281234567890{_spreadsheet(typed)}")
        return known

    return read


def identity(typed: str) -> str:
    """An identity number. Its structure is a matter for the desk, not for an import."""
    if _SPREADSHEET.fullmatch(typed):
        raise ValueError(f"has lost its digits{_spreadsheet(typed)}")
    return _no_longer(nik.tidy(typed), 40)


def _spreadsheet(typed: str) -> str:
    return "; the spreadsheet rounded it: format the column as text" if _SPREADSHEET.fullmatch(typed) else ""


def degrees(most: int) -> Reader:
    """Degrees WGS 84 between -`most` and `most`; a decimal comma is understood."""

    def read(typed: str) -> float:
        try:
            value = float(typed.replace(",", "."))
        except ValueError:
            value = float("nan")
        if not -most <= value <= most:
            raise ValueError(
                f"must be degrees between -{most} and {most}, like {'-0.0227' if most == 90 else '109.34'}"
            )
        return value

    return read


latitude, longitude = degrees(90), degrees(180)


def yes_no(typed: str) -> bool:
    if typed not in ("0", "1"):
        raise ValueError("must be 1 (yes) or 0 (no)")
    return typed == "1"


def metres(least: int) -> Reader:
    """Whole metres from `least` on."""

    def read(typed: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", typed) or not least <= int(typed) <= FARTHEST_M:
            raise ValueError(f"must be whole metres from {least} to {FARTHEST_M}")
        return int(typed)

    return read


def pin(typed: str) -> str:
    if not re.fullmatch(r"[0-9]{4,8}", typed):
        raise ValueError("must be 4 to 8 digits; a spreadsheet drops leading zeros unless the column is text")
    return typed


def one_of(words: Collection[str]) -> Reader:
    def read(typed: str) -> str:
        if typed.lower() not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return typed.lower()

    return read


language = one_of(LANGUAGES)


def timezone(typed: str) -> str:
    if typed not in _zones():
        raise ValueError("is no time zone; write it like Asia/Pontianak, Asia/Makassar or Asia/Jayapura")
    return typed


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
