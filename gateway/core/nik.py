"""The Indonesian identity number (NIK): what its structure makes one doubt. A warning for whoever verifies, no more.

PPKKCC DDMMYY SSSS: area of the first registration, date of birth (women: day + 40), serial from 0001. There is no check
digit, it proves nothing about the person, and wrong birth dates are really in use; so nothing is ever refused for it.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

LENGTH = 16
# Kemendagri's province codes; 91 to 97 are Papua before and after its division.
_PROVINCES = frozenset(
    [*range(11, 20), 21, *range(31, 37), *range(51, 54), *range(61, 66), *range(71, 77), 81, 82, *range(91, 98)]
)


class Doubt(StrEnum):
    """What does not look right; the values end the keys of the sentences, `nik.<value>`."""

    LENGTH = "length"
    PROVINCE = "province"
    BIRTH = "birth"
    SERIAL = "serial"


def tidy(text: str) -> str:
    """The number as it is kept: without the blanks, dots and dashes that people put between the digits."""
    return re.sub(r"(?<=\w)[ .\-/]+(?=\w)", "", text.strip()).upper()


def doubts(text: str) -> tuple[Doubt, ...]:
    """What one would ask about this number at the desk; empty where nothing strikes. Takes anything, raises nothing."""
    number = tidy(text)
    if not re.fullmatch(rf"[0-9]{{{LENGTH}}}", number):
        return (Doubt.LENGTH,)
    found = {
        Doubt.PROVINCE: int(number[:2]) not in _PROVINCES,
        Doubt.BIRTH: not _is_date(_day(int(number[6:8])), int(number[8:10]), int(number[10:12])),
        Doubt.SERIAL: number[12:] == "0000",
    }
    return tuple(doubt for doubt, struck in found.items() if struck)


def _day(written: int) -> int:
    return written - 40 if written > 40 else written


def _is_date(day: int, month: int, year: int) -> bool:
    """In either century: 29 February is right if it was right in one of them."""
    return any(_exists(century + year, month, day) for century in (1900, 2000))


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def mask(text: str) -> str:
    """What may be shown without an audited look: the area and the last two digits of a long number."""
    number = tidy(text)
    return f"{number[:4]}{'*' * (len(number) - 6)}{number[-2:]}" if len(number) > 10 else "*" * len(number)
