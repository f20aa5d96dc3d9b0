"""The Indonesian identity number (NIK): find doubts in its structure, as a warning for the user who verifies it.

PPKKCC DDMMYY SSSS: area of the first registration, date of birth (women: day + 40), serial from 0001. There is no check
digit, the number proves nothing about the person, and wrong birth dates are really in use. So it is never a reason to
refuse.
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
    """A kind of doubt; the values end the keys of the sentences, `nik.<value>`."""

    LENGTH = "length"
    PROVINCE = "province"
    BIRTH = "birth"
    SERIAL = "serial"


def tidy(text: str) -> str:
    """Return the number as it is stored: without the blanks, dots and dashes that people put between the digits."""
    return re.sub(r"(?<=\w)[ .\-/]+(?=\w)", "", text.strip()).upper()


def doubts(text: str) -> tuple[Doubt, ...]:
    """Return the doubts that a desk should ask about; empty if there are none. It takes any text and never raises."""
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
    """Return whether the date exists in one of the two centuries: 29 February counts if it exists in either."""
    return any(_exists(century + year, month, day) for century in (1900, 2000))


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def mask(text: str) -> str:
    """Return the part that may be shown without an audited look: the area and the last two digits of a long number."""
    number = tidy(text)
    return f"{number[:4]}{'*' * (len(number) - 6)}{number[-2:]}" if len(number) > 10 else "*" * len(number)
