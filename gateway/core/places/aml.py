"""Positions that phones and handset apps report themselves: emergency location texts, and cell identities.

AML (ETSI TS 103 625) and Android's ELS use the same text. The identity that it contains (IMSI, IMEI) is never read
here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from gateway.core.places.spots import HANDSET_METRES, Source, Spot, plausible

# --- emergency location texts -----------------------------------------------------------------------------------

_REPORT = re.compile(r"(?<!\w)A[\"”“'’`]?ML=(?P<version>\d+)(?P<fields>(?:;[A-Za-z]{2,4}=[^;\r\n]*)*)")
_SECRET = re.compile(r"((?:^|;)\s*(?:si|ei)=)[^;\s]*", re.I)
_NUMBER = re.compile(r"[-+]?\d{1,7}(?:\.\d{1,20})?")
# The radius in metres if the phone gives none, by the method that it names: G(NSS), W(i-Fi) or C(ell).
_RADIUS_BY_METHOD = {"G": 50.0, "W": 200.0}
_UNKNOWN_RADIUS = 2_000.0
_OLDEST_SAID = 9_999  # seconds before the call; ELS writes this for "older" or "unknown"


@dataclass(frozen=True)
class AmlReport:
    """One AML or ELS text. `spot` is None if the phone has no position; it then writes 0,0.

    `taken_at` is when the position was measured (aware UTC), `confidence` the percentage that the phone claims for the
    radius, `cell` a cell identity written beside the report.
    """

    version: int
    spot: Spot | None
    cell: CellId | None
    taken_at: datetime | None
    confidence: float | None


def aml_in(text: str) -> AmlReport | None:
    """Return the first AML (`A"ML=1`) or ELS beta (`A"ML=2`) report in `text`, or None; never raise.

    Every field may be missing or "N". The stated length `ml` is not checked, because the vendor's own example is wrong.
    Source: developers.google.com/android/els/reference/sms-spec; there `lt` is a time in version 2.
    """
    match = _REPORT.search(text)
    if match is None:
        return None
    fields = dict(field.split("=", 1) for field in match["fields"].split(";")[1:])
    position, taken_at = _VERSIONS.get(match["version"], (_nowhere, _never))
    spot = position(fields)
    spot = replace(spot, raw=redact(match[0])) if spot else None
    return AmlReport(int(match["version"][:4]), spot, cell_in(text), taken_at(fields), _number(fields.get("lc")))


def redact(text: str) -> str:
    """Return `text` with the values of `si=` (IMSI) and `ei=` (IMEI) masked; it is then safe to store and to show."""
    return _SECRET.sub(r"\1***", text)


def _first_version(fields: Mapping[str, str]) -> Spot | None:
    method = fields.get("pm", "").upper()
    return None if method == "N" else _spot(fields.get("lt"), fields.get("lg"), fields.get("rd"), method)


def _second_version(fields: Mapping[str, str]) -> Spot | None:
    lat, lon, radius = [*fields.get("lo", "").split(","), "", "", ""][:3]
    return _spot(lat, lon, radius, fields.get("ls", "").upper())


def _nowhere(fields: Mapping[str, str]) -> None:
    return None


def _spot(lat: str | None, lon: str | None, radius: str | None, method: str) -> Spot | None:
    north, east = _number(lat), _number(lon)
    if north is None or east is None or not plausible(north, east):
        return None
    stated = _number(radius) or _RADIUS_BY_METHOD.get(method, _UNKNOWN_RADIUS)  # a stated 0 means unknown
    return Spot(north, east, max(HANDSET_METRES, stated), Source.AML, "")


def _top(fields: Mapping[str, str]) -> datetime | None:
    try:
        return datetime.strptime(fields.get("top", ""), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _before_the_call(fields: Mapping[str, str]) -> datetime | None:
    called, before = (fields.get(name, "") for name in ("et", "lt"))
    if not re.fullmatch(r"\d{1,10}", called) or not re.fullmatch(r"[-+]?\d{1,5}", before):
        return None
    ago = abs(int(before))
    return datetime.fromtimestamp(int(called), UTC) - timedelta(seconds=ago) if ago < _OLDEST_SAID else None


def _never(fields: Mapping[str, str]) -> None:
    return None


def _number(value: str | None) -> float | None:
    return float(value) if value and _NUMBER.fullmatch(value) else None


_Position = Callable[[Mapping[str, str]], Spot | None]
_Time = Callable[[Mapping[str, str]], datetime | None]
_VERSIONS: dict[str, tuple[_Position, _Time]] = {"1": (_first_version, _top), "2": (_second_version, _before_the_call)}

# --- cell identities -------------------------------------------------------------------------------------------

_RADIOS = {
    **dict.fromkeys(("GSM", "2G"), "GSM"),
    **dict.fromkeys(("UMTS", "WCDMA", "3G"), "UMTS"),
    **dict.fromkeys(("LTE", "4G"), "LTE"),
    **dict.fromkeys(("NR", "5G"), "NR"),
}
_VALUE = r"(?:0x[0-9a-f]{1,9}|\d{1,11})"
_RADIO = rf"(?:{'|'.join(_RADIOS)})"
_CELL = re.compile(
    rf"\b(?:(?:cell|sel)(?:[\s:=/-]{{1,3}}(?P<radio>{_RADIO})\b)?|(?P<alone>{_RADIO})|(?=mcc))[\s:=/-]{{0,3}}"
    rf"(?:mcc[\s:=]?)?(?P<mcc>\d{{3}})[\s,;:/-]{{1,3}}(?:mnc[\s:=]?)?(?P<mnc>\d{{1,3}})"
    rf"[\s,;:/-]{{1,3}}(?:(?:lac|tac)[\s:=]?)?(?P<area>{_VALUE})"
    rf"[\s,;:/-]{{1,3}}(?:(?:eci|lcid|cid|ci|nci)[\s:=]?)?(?P<cell>{_VALUE})\b",
    re.I,
)
# The largest area and cell numbers per radio (3GPP TS 23.003); the very largest mean "unknown".
_LARGEST = {
    "GSM": (0xFFFE, 0xFFFF),
    "UMTS": (0xFFFE, 0xFFFFFFF),
    "LTE": (0xFFFE, 0xFFFFFFF),
    "NR": (0xFFFFFE, 2**36 - 1),
}


@dataclass(frozen=True)
class CellId:
    """A cell's identity.

    `radio` is GSM, UMTS, LTE, NR or None (any); `area` is LAC or TAC; `cell` is CID, LCID, ECI or NCI.
    """

    radio: str | None
    mcc: int
    mnc: int
    area: int
    cell: int


def cell_in(text: str) -> CellId | None:
    """Return the first cell identity in `text`, like `CELL 510-01-1234-567890` (area and cell also as 0x…), or None.

    CELL, a radio's name or MCC must stand before it: digits alone are a telephone number.
    """
    for match in _CELL.finditer(text):
        radio = _RADIOS.get((match["radio"] or match["alone"] or "").upper())
        area, cell = (int(match[name], 16 if match[name].lower().startswith("0x") else 10) for name in ("area", "cell"))
        most_area, most_cell = _LARGEST[radio or "NR"]
        if 200 <= int(match["mcc"]) < 800 and 0 < area < most_area and 0 < cell < most_cell:
            return CellId(radio, int(match["mcc"]), int(match["mnc"]), area, cell)
    return None


def alternatives(cell: CellId) -> tuple[CellId, ...]:
    """Return the identities by which to look `cell` up, in order: as given, UMTS without its RNC, then with any radio.

    A UMTS phone reports 28 bits (RNC << 16 | CID), but many tables hold only the 16 bits of the CID.
    """
    short = replace(cell, cell=cell.cell & 0xFFFF)
    given = (cell, short) if cell.radio in ("UMTS", None) and short.cell else (cell,)
    return tuple(dict.fromkeys((*given, *(replace(one, radio=None) for one in given))))
