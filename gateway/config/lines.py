"""Read the settings about lines: which are in use, in which order, how fast; and each line's own, as its carrier
describes them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from typing import Annotated

from pydantic import BeforeValidator, ValidationError, ValidationInfo

from gateway.carriers.description import CarrierDescription, LineSettings
from gateway.carriers.registry import CARRIERS, carrier_of, setting_name
from gateway.config.sources import BadSetting, complaint
from gateway.core.filters import PROFILES, Profile
from gateway.core.setting_values import each_once, read_names

Pace = tuple[float, float]  # texts, calls a second; 0 = unpaced
REAL = tuple(name for name, carrier in CARRIERS.items() if not carrier.demo)
SIMULATED = tuple(name for name, carrier in CARRIERS.items() if carrier.demo)
LINES = (*REAL, *SIMULATED)  # the name of each carrier's first line


def read_lines(names: Iterable[str], among: Collection[str] | None = None) -> tuple[str, ...]:
    """Return lines by their names, in the same order. Raises ValueError for a name that no carrier has, or that is not
    `among` these."""
    lines = tuple(name.strip().lower() for name in names)
    if not all(carrier_of(line) if among is None else line in among for line in lines):
        raise ValueError(f"may only name these lines here: {', '.join(LINES if among is None else among)}")
    return each_once(lines)


def _lines(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return read_lines(read_names(value))


def _routes(value: str | Mapping[str, tuple[str, ...]], info: ValidationInfo) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, str):
        return value
    routes: dict[str, tuple[str, ...]] = {}
    for route in value.strip("; ").split(";"):
        prefix, _, names = (part.strip() for part in route.partition("="))
        digits = prefix.removeprefix("+")
        if digits == prefix or not digits.isascii() or not digits.isdigit() or prefix in routes:
            raise ValueError("must be like +62=smsgate,twilio;+254=africastalking, each prefix once")
        routes[prefix] = read_lines(_lines(names), among=info.data.get("carriers"))
    return routes


def _paces(value: str | Mapping[str, Pace], info: ValidationInfo) -> Mapping[str, Pace]:
    if not isinstance(value, str):
        return value
    paces = tuple(_pace(part) for part in read_names(value)) if value else ()
    each_once(tuple(line for line, _ in paces))
    usual = {line: carrier.pace for line, carrier in _described(info.data.get("carriers", ())).items()}
    return {**usual, **dict(paces)}


def _calls_at_once(value: str | Mapping[str, int], info: ValidationInfo) -> Mapping[str, int]:
    if not isinstance(value, str):
        return value
    usual = {line: carrier.calls_at_once for line, carrier in _described(info.data.get("carriers", ())).items()}
    return {**usual, **_counts(value, "twilio=2: how many calls a line may have at one time, 0 = no limit")}


def _daily_limits(value: str | Mapping[str, int]) -> Mapping[str, int]:
    if not isinstance(value, str):
        return value
    return _counts(value, "smsgate=200,smsgate-2=200: how many texts a line may send in a day, 0 = no limit")


def _counts(value: str, like: str) -> Mapping[str, int]:
    told = [_count(part, like) for part in read_names(value)] if value else []
    each_once(tuple(line for line, _ in told))
    return dict(told)


def _count(part: str, like: str) -> tuple[str, int]:
    line, _, most = part.partition("=")
    if not most.strip().isascii() or not most.strip().isdigit():
        raise ValueError(f"must be like {like}")
    return read_lines([line])[0], int(most)


def _filters(value: str | Mapping[str, Profile]) -> Mapping[str, Profile]:
    if not isinstance(value, str):
        return value
    told = [part.partition("=") for part in read_names(value)] if value else []
    each_once(tuple(line.strip() for line, _, _ in told))
    if {name.strip() for _, _, name in told} - PROFILES.keys():
        raise ValueError(f"must be like kannel=indonesia, with one of {', '.join(PROFILES)} for each line")
    return {read_lines([line])[0]: PROFILES[name.strip()] for line, _, name in told}


def _pace(part: str) -> tuple[str, Pace]:
    line, _, speed = part.partition("=")
    texts, _, calls = ("0/0" if speed.strip() == "0" else speed).partition("/")
    try:
        pace = float(texts), float(calls)
    except ValueError:
        pace = math.nan, math.nan
    if not all(0 <= number < math.inf for number in pace):
        raise ValueError("must be like twilio=10/1,kannel=0: texts/calls a second, 0 = unpaced")
    return read_lines([line])[0], pace


Lines = Annotated[tuple[str, ...], BeforeValidator(_lines)]
Routes = Annotated[Mapping[str, tuple[str, ...]], BeforeValidator(_routes)]  # dialling prefix -> lines in order
Paces = Annotated[Mapping[str, Pace], BeforeValidator(_paces)]  # by line
Filters = Annotated[Mapping[str, Profile], BeforeValidator(_filters)]  # by line
CallsAtOnce = Annotated[Mapping[str, int], BeforeValidator(_calls_at_once)]  # by line; 0 = no limit
DailyLimits = Annotated[Mapping[str, int], BeforeValidator(_daily_limits)]  # by line; 0 = no limit


# --- each line's own -------------------------------------------------------------------------------------------------


def _described(in_use: Iterable[str]) -> Mapping[str, CarrierDescription]:
    """Return each carrier's first line and the lines in use, with the carrier of each."""
    lines = {line: carrier_of(line) for line in (*LINES, *in_use)}
    return {line: carrier for line, carrier in lines.items() if carrier}


def line_setting_names(in_use: Iterable[str] = ()) -> list[str]:
    """Return the names in the environment of all settings that each carrier's first line, and the lines in use, may
    have."""
    lines = _described(in_use).items()
    return [setting_name(line, field) for line, carrier in lines for field in carrier.settings.model_fields]


def read_line_settings(given: Mapping[str, str], in_use: Collection[str], region: str) -> Mapping[str, LineSettings]:
    """Return the settings of every line in use, by its name. `given` holds texts by their names in the environment, and
    `region` is the region (ISO) of local numbers.

    The settings of a line that is not in use are looked at too: a mistake shows today, not on the day when the line is
    needed. Raises BadSetting, which names every fault.
    """
    read: dict[str, LineSettings] = {}
    complaints: dict[str, str] = {}
    for line, carrier in _described(in_use).items():
        names = {field: setting_name(line, field) for field in carrier.settings.model_fields}
        texts = {field: given[name] for field, name in names.items() if name in given}
        try:
            read[line] = carrier.settings.model_validate(texts, context={"region": region})
        except ValidationError as error:
            complaints |= _complaints(line, error, line in in_use)
    if complaints:
        raise BadSetting(complaints)
    return {line: read[line] for line in in_use}


def _complaints(line: str, error: ValidationError, in_use: bool) -> dict[str, str]:
    """Return what is wrong with this line's settings; a missing setting is a fault only while the line is in use."""
    complaints = {}
    for fault in error.errors(include_input=False, include_url=False):
        missing = fault["type"] == "missing"
        if in_use or not missing:
            told = f"is missing, and CARRIERS names {line}" if missing else complaint(fault)
            complaints[setting_name(line, str(fault["loc"][0]))] = told
    return complaints
