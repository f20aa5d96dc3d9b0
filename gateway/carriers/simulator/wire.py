"""The simulated line's wire: signed JSON bodies, and a way to read their fields that never raises."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from functools import partial

from gateway.carriers import wire
from gateway.core.messages import BadHook, Hook

LINE = "simulator"
SIGNATURE = "X-Simulator-Signature"
JSON = "application/json"


def sign(key: bytes, body: bytes) -> str:
    """Return the value of `X-Simulator-Signature`: the hex HMAC-SHA256 over the raw body."""
    return hmac.new(key, body, hashlib.sha256).hexdigest()


def read_fields(hook: Hook) -> Callable[[str], str]:
    """Return a reader of the fields of a hook's JSON: each is text that a database takes, empty if it is missing or not
    a plain value."""
    return partial(_field, wire.json_fields(hook.body))


def _field(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    return _clean(str(value)) if isinstance(value, str | int | float) else ""


def _clean(text: str) -> str:
    """Return the text without the characters that PostgreSQL refuses: NUL, and halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def read_sender(phone: str) -> str:
    if not phone.strip():
        raise BadHook("nobody sent this")
    return phone.strip()[: wire.PHONE_LENGTH]


def read_raw(hook: Hook) -> str:
    return _clean(wire.letters(hook.body))
