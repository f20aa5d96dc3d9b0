"""Read plus codes (Open Location Code): full ones, and short ones near a known position."""

from __future__ import annotations

import re
from collections.abc import Iterator

from openlocationcode import openlocationcode

from gateway.core.places.spots import HANDSET_METRES, METRES_PER_DEGREE, Found, Source, Spot, plausible

_DIGIT = "[23456789CFGHJMPQRVWX]"
_CODE = re.compile(rf"(?<![\w+])(?:{_DIGIT}{{4}}|{_DIGIT}{{6}}|{_DIGIT}{{8}})\+(?:{_DIGIT}{{2,7}})?(?![\w+])", re.I)
_SHORT = 8  # digits before the plus of a full code


def plus_codes(text: str, near: tuple[float, float] | None = None) -> Iterator[Found]:
    """Yield every plus code in `text`; short ones only with `near` (lat, lon), which must be within some 50 km of them.

    A code without a letter ("2222+22") is skipped: it is more likely some other number.
    """
    for match in _CODE.finditer(text):
        code = match[0].upper()
        short = code.index("+") < _SHORT
        if not re.search("[A-Z]", code) or (short and (near is None or code.endswith("+"))):
            continue
        if short and near is not None:
            code = openlocationcode.recoverNearest(code, *near)
        spot = _spot(code, match[0]) if openlocationcode.isFull(code) else None
        if spot is not None:
            yield Found(match.start(), spot)


def _spot(code: str, raw: str) -> Spot | None:
    area = openlocationcode.decode(code)
    lat, lon = area.latitudeCenter, area.longitudeCenter
    half = max(area.latitudeHi - area.latitudeLo, area.longitudeHi - area.longitudeLo) / 2
    radius = max(HANDSET_METRES, round(METRES_PER_DEGREE * half * 2**0.5, 1))
    return Spot(lat, lon, radius, Source.PLUS_CODE, raw) if plausible(lat, lon) else None
