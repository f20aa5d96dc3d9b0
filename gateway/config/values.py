"""One setting at a time: from what people type to what the house works with.

A reader takes the text (or, for a default, the value itself) and raises ValueError with the end of a sentence that
begins with the setting's name. None of them repeats what was typed: a mistyped secret is still a secret.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import phonenumbers
from pydantic import AfterValidator, BeforeValidator, SecretStr, ValidationInfo
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from gateway.core import defaults, phone
from gateway.core.languages import CODES

SIMULATOR = "simulator"
LINES = ("twilio", "africastalking", "kannel", "smsgate", SIMULATOR)
PACES: Mapping[str, tuple[float, float]] = dict.fromkeys(LINES, (0.0, 0.0)) | {"twilio": (10.0, 1.0)}
MOST_DAYS = 36500
TWICE = "holds something twice, or nothing between two commas"
NO_SECRET = SecretStr("")
NEW_KEY = 'make one with: python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
# Fernet itself would read two keys with anything but a comma between them as the first alone, and drop the other.
FERNET_KEY = re.compile(r"[A-Za-z0-9+/_-]{43}=")
# What people and platforms write for PostgreSQL; psycopg is the driver that we install.
DATABASES = {
    "postgres://": "postgresql+psycopg://",
    "postgresql://": "postgresql+psycopg://",
    "postgresql+psycopg://": "postgresql+psycopg://",
    "sqlite:///": "sqlite:///",
}


def _flag(value: str | bool) -> bool:
    if value not in ("1", "0", True, False):
        raise ValueError("must be 1 (on) or 0 (off)")
    return value in ("1", True)


def _port(value: str | int) -> int:
    with suppress(ValueError):
        if 1 <= int(value) <= 65535:
            return int(value)
    raise ValueError("must be a number from 1 to 65535")


def _days(value: str | int) -> int:
    with suppress(ValueError):
        if 0 <= int(value) <= MOST_DAYS:
            return int(value)
    raise ValueError(f"must be a number of days from 1 to {MOST_DAYS}, or 0 to keep it for ever")


def _names(value: str | tuple[str, ...]) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value
    if "" in parts:
        raise ValueError(TWICE)
    return _each_once(parts)


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise ValueError(TWICE)
    return names


def read_lines(names: Iterable[str], known: Collection[str] = LINES) -> tuple[str, ...]:
    """Lines by their names, in the same order. Raises ValueError for one that is not known."""
    lines = tuple(name.strip().lower() for name in names)
    if not set(lines) <= set(known):
        raise ValueError(f"may only name these lines here: {', '.join(known)}")
    return _each_once(lines)


def _lines(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return read_lines(_names(value))


def _url(value: str) -> str:
    if value and not _is_address(value, ("http", "https")):
        raise ValueError("must be a whole address that begins with http:// or https://")
    return value


def _is_address(value: str, schemes: Collection[str]) -> bool:
    """Whether it names a host by one of these schemes and, if any, a port that can be."""
    with suppress(ValueError):  # a port that is no number, a bracket without its other half
        parts = urlsplit(value)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0 and " " not in value
    return False


def _base_url(value: str) -> str:
    if set(value) & set("?#"):
        raise ValueError("must be an address without a query")
    return _url(value).rstrip("/")


def _database(value: str) -> str:
    for written, meant in DATABASES.items():
        if value.startswith(written):
            return _findable(meant + value.removeprefix(written))
    if value:
        raise ValueError("must begin with postgresql+psycopg:// or sqlite:///")
    return value


def _findable(value: str) -> str:
    """A file is the same for every process, wherever it was started."""
    try:
        url = make_url(value)
    except (ArgumentError, ValueError) as error:
        raise ValueError("must be like postgresql+psycopg://siaga@db.example:5432/siaga") from error
    if url.get_backend_name() != "sqlite":
        return value
    if url.database in (None, "", ":memory:"):
        raise ValueError("must name a file, like sqlite:////srv/siaga.db: what is in memory no other process sees")
    return value.replace(f"///{url.database}", f"///{Path(str(url.database)).absolute()}", 1)


def _redis(value: str | None) -> str | None:
    if value is not None and not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    return value


def _hook_token(value: SecretStr) -> SecretStr:
    if set(value.get_secret_value()) & set("/?#% \t\r\n"):  # it is one piece of a path
        raise ValueError("must be letters, digits, - and _ only: it stands in the hooks' path")
    return value


def _region(value: str) -> str:
    if value.upper() not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("must be an ISO region like ID, KE or NG")
    return value.upper()


def _language(value: str) -> str:
    if value.lower() not in CODES:
        raise ValueError(f"must be one of {', '.join(CODES)}")
    return value.lower()


def _number(value: str, info: ValidationInfo) -> str:
    number = phone.e164(value, info.data.get("default_region", defaults.REGION)) if value else ""
    if number is None:
        raise ValueError("must be a telephone number like +628125550100")
    return number


def _numbers(value: str | tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    return tuple(_number(number, info) for number in _names(value))


def _routes(value: str | Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, str):
        return value
    routes: dict[str, tuple[str, ...]] = {}
    for route in value.strip("; ").split(";"):
        prefix, _, names = (part.strip() for part in route.partition("="))
        digits = prefix.removeprefix("+")
        if digits == prefix or not digits.isascii() or not digits.isdigit() or prefix in routes:
            raise ValueError("must be like +62=smsgate,twilio;+254=africastalking, each prefix once")
        routes[prefix] = _lines(names)
    return routes


def _paces(value: str | Mapping[str, tuple[float, float]]) -> Mapping[str, tuple[float, float]]:
    if not isinstance(value, str):
        return value
    paces = tuple(_pace(part) for part in _names(value))
    _each_once(tuple(line for line, _ in paces))
    return {**PACES, **dict(paces)}


def _pace(part: str) -> tuple[str, tuple[float, float]]:
    line, _, speed = part.partition("=")
    texts, _, calls = ("0/0" if speed.strip() == "0" else speed).partition("/")
    try:
        pace = float(texts), float(calls)
    except ValueError:
        pace = math.nan, math.nan
    if not all(0 <= number < math.inf for number in pace):
        raise ValueError("must be like twilio=10/1,kannel=0: texts/calls a second, 0 = unpaced")
    return read_lines([line])[0], pace


def _fernet_keys(keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    for place, key in enumerate(keys, start=1):
        if not FERNET_KEY.fullmatch(key.get_secret_value()):
            raise ValueError(f"holds something else than a Fernet key in place {place}; {NEW_KEY}")
    return keys


def _file(value: Path | None) -> Path | None:
    if value is not None and not value.is_file():
        raise ValueError("names no file that is there")
    return value


Days = Annotated[int, BeforeValidator(_days)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Port = Annotated[int, BeforeValidator(_port)]
Folder = Annotated[Path, AfterValidator(Path.absolute)]
File = Annotated[Path | None, AfterValidator(_file)]
Url = Annotated[str, AfterValidator(_url)]
BaseUrl = Annotated[str, AfterValidator(_base_url)]  # never ends with a slash
DatabaseUrl = Annotated[str, AfterValidator(_database)]
RedisUrl = Annotated[str | None, AfterValidator(_redis)]
FernetKeys = Annotated[tuple[SecretStr, ...], BeforeValidator(_names), AfterValidator(_fernet_keys)]
HookToken = Annotated[SecretStr, AfterValidator(_hook_token)]
Region = Annotated[str, AfterValidator(_region)]
Language = Annotated[str, AfterValidator(_language)]
Number = Annotated[str, AfterValidator(_number)]  # E.164; a local one is of DEFAULT_REGION
Numbers = Annotated[tuple[str, ...], BeforeValidator(_numbers)]
Lines = Annotated[tuple[str, ...], BeforeValidator(_lines)]
Routes = Annotated[Mapping[str, tuple[str, ...]], BeforeValidator(_routes)]  # dialling prefix -> lines in order
Paces = Annotated[Mapping[str, tuple[float, float]], BeforeValidator(_paces)]  # texts, calls a second; 0 = unpaced
