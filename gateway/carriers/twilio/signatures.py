"""Prove a hook of Twilio whose form holds bytes that are no UTF-8: the sum is then taken over the bytes as they came.

The SDK's validator takes text and sums it as UTF-8, which is no longer what was signed. The rule is the SDK's own: the
address, with and without its port, then each name in order and behind it its values.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urlparse

from twilio.request_validator import RequestValidator, add_port, remove_port

from gateway.carriers import wire
from gateway.core.messages import Hook


def proves_bytes(hook: Hook, validators: Iterable[RequestValidator]) -> bool:
    """Return whether the signature is that of the form's raw bytes; False for a form that is UTF-8 throughout, which
    the validators themselves have judged. Raises nothing."""
    if not hook.form:
        return False
    fields = wire.form_bytes(hook.body)
    told = b"".join(name + value for name in sorted(fields) for value in sorted(set(fields[name])))
    if _is_utf8(told):
        return False
    try:
        address = urlparse(hook.url)
        addresses = {remove_port(address).encode(), add_port(address).encode()}
    except ValueError:
        return False
    sums = [
        base64.b64encode(hmac.new(validator.token, at + told, hashlib.sha1).digest()).decode()
        for validator in validators
        for at in addresses
    ]
    return any(wire.same_secret(hook.header("X-Twilio-Signature"), one) for one in sums)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
