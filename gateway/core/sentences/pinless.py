"""The sentences that ask for a PIN, each with the one for a phone that has none: it is never told to send one."""

from __future__ import annotations

from collections.abc import Mapping

PINLESS: Mapping[str, str] = {
    "citizen.received": "citizen.received_no_pin",
    "citizen.received_unclear": "citizen.received_unclear_no_pin",
    "placed.received": "placed.received_no_pin",
    "citizen.info": "citizen.info_no_pin",
    "apply.left_not": "apply.left_not_no_pin",
}


def worded(key: str, has_pin: bool) -> str:
    """Return the sentence of this key as it is said to a phone with or without a PIN."""
    return key if has_pin else PINLESS.get(key, key)
