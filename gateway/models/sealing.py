"""Encryption of what must not be read off a stolen disk: MultiFernet, and keyed hashes to search by.

The keys are set once by the wiring (`use_keys`), before the first query; without them nothing can be read or written.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, MultiFernet

FORGOTTEN = "#"  # begins what stands for a number; no carrier's sender does
_ring: MultiFernet | None = None
_hash_keys: tuple[bytes, ...] = ()


def use_keys(keys: Sequence[str]) -> None:
    """Take Fernet keys: the first encrypts, all decrypt. Raises ValueError for a key that is none."""
    global _ring, _hash_keys
    _ring = MultiFernet([Fernet(key) for key in keys])
    _hash_keys = tuple(hashlib.sha256(b"search:" + key.encode()).digest() for key in keys)


def _keys() -> MultiFernet:
    if _ring is None:
        raise RuntimeError("no encryption keys yet: sealing.use_keys() comes before the first query")
    return _ring


def seal(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    """Raises cryptography.fernet.InvalidToken for what none of our keys made."""
    return _keys().decrypt(token.encode()).decode()


def reseal(token: str) -> str:
    """The same content under the first key (key rotation)."""
    return _keys().rotate(token.encode()).decode()


def pseudonym(number: str) -> str:
    """What stands for a number that is forgotten: always the same for one number, and with our keys alone to be had."""
    forgotten = not number or number.startswith(FORGOTTEN)
    return number if forgotten else f"{FORGOTTEN}{fingerprints(f'number:{number}')[0][:24]}"


def fingerprints(text: str) -> tuple[str, ...]:
    """Keyed hashes to search sealed text by, one per key; the first is the one to store."""
    _keys()
    return tuple(hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for key in _hash_keys)
