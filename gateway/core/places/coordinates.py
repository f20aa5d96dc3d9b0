"""Read degrees as people and phones write them: decimals, degrees and minutes, points of the compass.

A number becomes a position only with evidence: four decimals, a minus sign, a label or a point of the compass. Three
bare decimals ("12.500 15.000") are Indonesian thousands, two are a time of day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.core.places.spots import Box, Found, Source, Spot, put_in_order, radius_of

# Words and letters beside a number that give its axis and sign. LS, LU, BT, BB are the Indonesian ones
# (lintang selatan/utara, bujur timur/barat), U, T and B their short letters.
_AXES: dict[str, tuple[str, int]] = {
    **dict.fromkeys(("lintang utara", "lu", "north", "n", "u"), ("lat", 1)),
    **dict.fromkeys(("lintang selatan", "ls", "south", "s"), ("lat", -1)),
    **dict.fromkeys(("bujur timur", "bt", "east", "e", "t"), ("lon", 1)),
    **dict.fromkeys(("bujur barat", "bb", "west", "w", "b"), ("lon", -1)),
}
_LABELS: dict[str, tuple[str, int]] = {
    **dict.fromkeys(("latitude", "lintang", "lat"), ("lat", 1)),
    **dict.fromkeys(("longitude", "bujur", "long", "lng", "lon"), ("lon", 1)),
}
_FEWEST_DECIMALS = {1: 3}  # decimals needed beside a single letter, which may be the name of a block; else two
_LOOKALIKES = str.maketrans("−‐‑–º˚′´’‘`″”“\u00a0\u202f", "----°°'''''\"\"\"  ")

_AFTER = rf"(?:{'|'.join(sorted(map(re.escape, _AXES), key=len, reverse=True))})(?![A-Za-z])"
_BEFORE = rf"(?:{'|'.join(sorted(map(re.escape, _AXES | _LABELS), key=len, reverse=True))})(?![A-Za-z])"
_LABEL = rf"(?:{'|'.join(sorted(_LABELS, key=len, reverse=True))})(?![A-Za-z])"
_START, _STOP = r"(?<![\d°'])(?<!\d[.,])", r"(?!\d)(?![.,]\d)"
_GAP = r"(?:\s{0,3}[,;/|&]\s{0,3}|\s{0,3}\bdan\s{1,3}|\s{0,3})"
_IS = r"[\s:.=]{0,3}"


_LOOSE = (r"(?:\s?(?:°|derajat|deg)\s?|\s|-)", r"(?:\s?(?:'(?!')|menit|min))?")  # beside a point of the compass
_STRICT = (r"\s?°\s?", r"\s?'(?!')")  # for angles without a point of the compass


def _angle(nth: int, marks: tuple[str, str] = _LOOSE) -> str:
    """Return a pattern for one number: decimal degrees, or degrees and minutes with or without seconds."""
    degree, minute = marks
    fraction = r"(?:[.,]\d{1,20})?"
    seconds = rf"(?:\s?(?P<s{nth}>\d{{1,2}}{fraction})\s?(?:\"|''|detik|sec)?)?"
    return (
        rf"(?P<sign{nth}>[-+]?)(?:(?P<d{nth}>\d{{1,3}}){degree}(?P<m{nth}>\d{{1,2}}{fraction})(?!\d){minute}{seconds}"
        rf"|(?P<x{nth}>\d{{1,3}}[.,]\d{{1,20}})\s?°?)"
    )


def _decimals(mark: str) -> str:
    number = rf"\d{{1,3}}{mark}\d{{3,20}}"
    return (
        rf"(?<![\d+-])(?<!\d{mark})(?P<sign1>[-+]?)(?P<x1>{number})°?"
        rf"(?:\s{{0,3}}[,;/|]\s{{0,3}}|\s{{1,3}}-\s{{1,3}}|\s{{1,3}})(?P<sign2>[-+]?)(?P<x2>{number})°?(?!\d)(?!{mark}\d)"
    )


_COMPASS_AFTER = re.compile(
    rf"{_START}{_angle(1)}\s?(?P<axis1>{_AFTER}){_GAP}(?:{_LABEL}{_IS})?{_angle(2)}\s?(?P<axis2>{_AFTER})", re.I
)
_COMPASS_BEFORE = re.compile(
    rf"(?<![A-Za-z])(?P<axis1>{_BEFORE}){_IS}{_angle(1)}{_GAP}(?P<axis2>{_BEFORE}){_IS}{_angle(2)}{_STOP}", re.I
)
_MARKED = re.compile(rf"{_START}{_angle(1, _STRICT)}{_GAP}{_angle(2, _STRICT)}{_STOP}")
_PLAIN = (re.compile(_decimals(r"\.")), re.compile(_decimals(",")))

# Text around a bare pair that gives it another meaning: geo: with another datum, money, a possible dash, a point of the
# compass on one side only.
_NOT_AFTER = re.compile(
    rf"(?:\bgeo:|\brp\.?|\bidr|\busd|\$|\bharga|\bkurs|[^\s:=(]\s*-\s|^\s*-\s|\b{_AFTER})[\s:]*$", re.I
)
_NOT_BEFORE = re.compile(rf"\s?(?:%|(?:km|kg|rb|ribu|jt|juta|rupiah|usd)\b|{_AFTER})", re.I)


@dataclass(frozen=True)
class _Angle:
    degrees: float
    resolution: float  # the degrees of one unit of the last written digit
    decimals: int | None  # None if minutes were given


def written(text: str, box: Box | None = None) -> Iterator[Found]:
    """Yield every position written as numbers in `text`, format by format; `box` is the served region."""
    text = text.translate(_LOOKALIKES)
    readers = ((_COMPASS_AFTER, _by_axis), (_COMPASS_BEFORE, _by_axis), (_MARKED, _by_order))
    for pattern, read in readers:
        for match in pattern.finditer(text):
            yield from _found(match, read(match, box))
    for pattern in _PLAIN:
        for match in pattern.finditer(text):
            if _bare(text, match):
                yield from _found(match, _by_order(match, box))


def _found(match: re.Match[str], position: tuple[float, float] | None) -> Iterator[Found]:
    if position is not None:
        resolution = max(_read(match, 1).resolution, _read(match, 2).resolution)
        yield Found(match.start(), Spot(*position, radius_of(resolution), Source.COORDINATES, match[0].strip()))


def _bare(text: str, match: re.Match[str]) -> bool:
    """Return whether two bare decimals mean a position: they have enough decimals or a minus, and no text denies it."""
    exact = max(_read(match, 1).decimals or 0, _read(match, 2).decimals or 0) > 3
    padded = not match["sign1"] and re.match(r"0\d", match["x1"]) is not None  # an area code such as "021.5551234"
    if padded or not (exact or match["sign1"] == "-"):
        return False
    before = text[max(0, match.start() - 24) : match.start()]
    return not _NOT_AFTER.search(before) and not _NOT_BEFORE.match(text, match.end())


def _by_order(match: re.Match[str], box: Box | None) -> tuple[float, float] | None:
    angles = _read(match, 1), _read(match, 2)
    signs = [-1 if match[f"sign{nth}"] == "-" else 1 for nth in (1, 2)]
    if _MARKED is match.re and any(angle.decimals is not None for angle in angles):
        return None  # minutes on one side only: two different things
    return put_in_order(signs[0] * angles[0].degrees, signs[1] * angles[1].degrees, box)


def _by_axis(match: re.Match[str], box: Box | None) -> tuple[float, float] | None:
    told = {}
    for nth in (1, 2):
        name = match[f"axis{nth}"].lower()
        axis, sign = (_AXES | _LABELS)[name]
        angle = _read(match, nth)
        if not _enough(angle, name) or (match[f"sign{nth}"] == "-" and name in _AXES and sign > 0):
            return None
        told[axis] = angle.degrees * (-1 if match[f"sign{nth}"] == "-" else sign)
    return put_in_order(told["lat"], told["lon"]) if len(told) == 2 and abs(told["lat"]) <= 90 else None


def _enough(angle: _Angle, name: str) -> bool:
    return angle.decimals is None or angle.decimals >= _FEWEST_DECIMALS.get(len(name), 2)


def _read(match: re.Match[str], nth: int) -> _Angle:
    """Return the nth number of a match, without its sign; minutes or seconds of 60 and more put it out of range."""
    parts = match.groupdict()
    if parts[f"x{nth}"]:
        places = len(re.split("[.,]", parts[f"x{nth}"])[1])
        return _Angle(_number(parts[f"x{nth}"]), 10.0**-places, places)
    minutes, seconds = parts[f"m{nth}"], parts[f"s{nth}"]
    last, unit = (seconds, 3600) if seconds else (minutes, 60)
    places = len(last) - len(re.split("[.,]", last)[0] + ".") if re.search("[.,]", last) else 0
    if _number(minutes) >= 60 or _number(seconds or "0") >= 60:
        return _Angle(float("inf"), 1.0, None)
    degrees = _number(parts[f"d{nth}"]) + _number(minutes) / 60 + _number(seconds or "0") / 3600
    return _Angle(degrees, 10.0**-places / unit, None)


def _number(digits: str) -> float:
    return float(digits.replace(",", "."))
