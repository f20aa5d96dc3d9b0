"""One setting at a time: from what people type to what the house works with.

A reader takes the text (or, for a default, the value itself) and raises ValueError with the end of a sentence that
begins with the setting's name. None of them repeats what was typed: a mistyped secret is still a secret.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr, ValidationInfo

from gateway.core import defaults, phone

TWICE = "holds something twice, or nothing between two commas"
NO_SECRET = SecretStr("")


def read_names(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """The parts between commas. Raises ValueError for an empty one and for one that is there twice."""
    parts = tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value
    if "" in parts:
        raise ValueError(TWICE)
    return each_once(parts)


def each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    """The same names. Raises ValueError where one is there twice."""
    if len(set(names)) < len(names):
        raise ValueError(TWICE)
    return names


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


def _hook_token(value: SecretStr) -> SecretStr:
    if set(value.get_secret_value()) & set("/?#% \t\r\n"):  # it is one piece of a path
        raise ValueError("must be letters, digits, - and _ only: it stands in the hooks' path")
    return value


def _number(value: str, info: ValidationInfo) -> str:
    region = (info.context or {}).get("region", defaults.REGION)
    number = phone.e164(value, region) if value else ""
    if number is None:
        raise ValueError("must be a telephone number like +628125550100")
    return number


def _numbers(value: str | tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    return tuple(_number(number, info) for number in read_names(value))


Url = Annotated[str, AfterValidator(_url)]
BaseUrl = Annotated[str, AfterValidator(_base_url)]  # never ends with a slash
HookToken = Annotated[SecretStr, AfterValidator(_hook_token)]
Number = Annotated[str, AfterValidator(_number)]  # E.164; a local one is of the validation context's "region" (ISO)
Numbers = Annotated[tuple[str, ...], BeforeValidator(_numbers)]
