"""Read one field at a time: from the text that people type into a sheet or a form to the value that is stored.

A reader takes text that is not empty and raises a Refusal, whose sentence follows the field's name. No Refusal repeats
the typed text: it may be an identity number or a PIN.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any, Self
from zoneinfo import available_timezones

from gateway.core import nik, phone
from gateway.core.languages import CODES
from gateway.core.sentences.refusal import Refusal

FARTHEST_M = 100_000  # the most metres for a volunteer's distance or a place's radius
PLAIN_MARK = "'"  # what Excel, and our own export, put before text that would be a formula
FORMULA = re.compile(r"[=+\-@\t\r]")  # how a formula begins
_SPREADSHEET = re.compile(r"\d+([.,]\d+)?[eE]\+?\d+")  # how Excel writes a long number

Reader = Callable[[str], Any]


class Was(Enum):
    """The kinds of cells of Excel that hold no text."""

    NUMBER, LONG, DATE, ERROR = "a number", "a number of more digits than Excel keeps", "a date", "an error"


class Odd(str):
    """The text of a cell of Excel that was something else there."""

    __slots__ = ("was",)
    was: Was

    def __new__(cls, text: str, was: Was) -> Self:
        self = super().__new__(cls, text)
        self.was = was
        return self


NEVER_TAKEN = {Was.LONG: "rounded", Was.DATE: "became_date", Was.ERROR: "excel_error"}  # what no column takes, and why


def read(
    readers: Mapping[str, Reader],
    typed: Mapping[str, str],
    needed: Sequence[str] = (),
    pairs: Sequence[tuple[str, str]] = (),
) -> tuple[dict[str, Any], list[Refusal]]:
    """Return the values of the filled fields, and a Refusal for each fault.

    Faults are an empty field that is `needed`, a field that cannot be read, and one of a pair without the other.
    """
    values: dict[str, Any] = {}
    wrong = [Refusal("missing", name) for name in needed if not typed.get(name)]
    for name, cell in typed.items():
        try:
            if cell:
                values[name] = readers[name](_storable(cell))
        except ValueError as why:
            wrong.append(why.of(name) if isinstance(why, Refusal) else Refusal("told", name, what=why))
    halves = [pair for pair in pairs if bool(typed.get(pair[0])) != bool(typed.get(pair[1]))]
    return values, wrong + [Refusal("pair", ", ".join(pair)) for pair in halves]


def _storable(cell: str) -> str:
    if "\x00" in cell:
        raise Refusal("nul")
    if isinstance(cell, Odd) and cell.was in NEVER_TAKEN:
        raise Refusal(NEVER_TAKEN[cell.was])
    return cell


def bare(cell: str) -> str:
    """Return the cell without the space around it, and without the mark that kept it from being a formula."""
    if isinstance(cell, Odd):
        return cell
    marked = cell.startswith(PLAIN_MARK) and FORMULA.match(cell, 1)
    return cell[1:].strip() if marked else cell.strip()


def several(reader: Reader) -> Reader:
    """Return a reader for values with a bar between them, as in the aliases of places; it gives a tuple."""
    return lambda typed: tuple(reader(one.strip()) for one in typed.split("|") if one.strip())


def text(most: int) -> Reader:
    """Return a reader for text of at most so many characters."""
    return lambda typed: _no_longer(typed, most)


def _no_longer(typed: str, most: int) -> str:
    if len(typed) > most:
        raise Refusal("too_long", most=most)
    return str(typed)


def number(region: str) -> Reader:
    """Return a reader for phone numbers, which gives E.164. A local number belongs to `region` (ISO 3166)."""

    def read(typed: str) -> str:
        known = phone.e164(typed, region)
        if known is None:
            raise Refusal("number_rounded" if _SPREADSHEET.fullmatch(typed) else "number")
        return known

    return read


def identity(typed: str) -> str:
    """Read an identity number. The import does not check its structure; the desk does."""
    if _SPREADSHEET.fullmatch(typed):
        raise Refusal("rounded")
    return _no_longer(nik.tidy(typed), 40)


def degrees(most: int) -> Reader:
    """Return a reader for degrees WGS 84 between -`most` and `most`. It accepts a decimal comma."""

    def read(typed: str) -> float:
        try:
            value = float(typed.replace(",", "."))
        except ValueError:
            value = float("nan")
        if not -most <= value <= most:
            raise Refusal("degrees", most=most, like="-0.0227" if most == 90 else "109.34")
        return value

    return read


latitude, longitude = degrees(90), degrees(180)


YES_NO = {  # how people write yes and no in a sheet
    **dict.fromkeys(("1", "ya", "y", "yes", "true", "ndiyo"), True),
    **dict.fromkeys(("0", "tidak", "t", "n", "no", "false", "hapana"), False),
}


def yes_no(typed: str) -> bool:
    if typed.casefold() not in YES_NO:
        raise Refusal("yes_no")
    return YES_NO[typed.casefold()]


def metres(least: int) -> Reader:
    """Return a reader for whole metres from `least` on."""

    def read(typed: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", typed) or not least <= int(typed) <= FARTHEST_M:
            raise Refusal("metres", least=least, most=FARTHEST_M)
        return int(typed)

    return read


def hour(typed: str) -> int:
    """Read an hour of the day, 0 to 23."""
    if not re.fullmatch(r"[0-9]{1,2}", typed) or int(typed) > 23:
        raise Refusal("hour")
    return int(typed)


def pin(typed: str) -> str:
    """Read a PIN. A number of Excel is none: 1234 may have been typed as 01234."""
    if isinstance(typed, Odd):
        raise Refusal("pin_number")
    if not re.fullmatch(r"[0-9]{4,8}", typed):
        raise Refusal("pin")
    return typed


def one_of(words: Collection[str]) -> Reader:
    def read(typed: str) -> str:
        if typed.lower() not in words:
            raise Refusal("one_of", words=", ".join(words))
        return typed.lower()

    return read


language = one_of(CODES)


def timezone(typed: str) -> str:
    if typed not in _zones():
        raise Refusal("timezone")
    return typed


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
