"""Read the features of a GeoJSON file, each with the line of the file on which it begins.

No JSON library gives these lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from gateway.register.imports.outcome import Unusable

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def read_features(text: str) -> list[tuple[int, Any]]:
    """Return the line and content of each feature of a FeatureCollection, in order.

    Raises Unusable for anything else.
    """
    try:
        whole = dict(_members(text))
    except (ValueError, RecursionError) as error:  # a number of thousands of digits raises ValueError too
        line = getattr(error, "lineno", 1)
        raise Unusable("not_json", line=line) from error
    if whole.get("type") != "FeatureCollection" or not isinstance(whole.get("features"), list):
        raise Unusable("no_collection")
    return list(whole["features"])


def _members(text: str) -> Iterator[tuple[str, Any]]:
    """Yield the members of the outermost object; each element of `features` comes with its line."""
    at = _past(text, 0, "{")
    while not text.startswith("}", at):
        name, at = _DECODER.raw_decode(text, at)
        at = _past(text, at, ":")
        value, at = _elements(text, at) if name == "features" and text.startswith("[", at) else _value(text, at)
        yield str(name), value
        at = _next(text, at, "}")
    if text[at + 1 :].strip():
        raise json.JSONDecodeError("something stands behind the end", text, at + 1)


def _elements(text: str, at: int) -> tuple[list[tuple[int, Any]], int]:
    found, line, counted = [], 1, 0
    at = _past(text, at, "[")
    while not text.startswith("]", at):
        line, counted = line + text.count("\n", counted, at), at
        value, at = _value(text, at)
        found.append((line, value))
        at = _next(text, at, "]")
    return found, _blank(text, at + 1)


def _value(text: str, at: int) -> tuple[Any, int]:
    value, at = _DECODER.raw_decode(text, at)
    return value, _blank(text, at)


def _next(text: str, at: int, end: str) -> int:
    """Return the position after a comma, or the same position if `end` stands there."""
    return at if text.startswith(end, at) else _past(text, at, ",")


def _past(text: str, at: int, sign: str) -> int:
    at = _blank(text, at)
    if not text.startswith(sign, at):
        raise json.JSONDecodeError(f"{sign} is missing", text, at)
    return _blank(text, at + 1)


def _blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at
