"""PINs: stored as Argon2id hashes, and checked in the same time whether there is one to check or not.

A PIN has four to eight digits, so a hash alone would be read back in minutes: the columns that hold it are sealed too.
"""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's smallest advice for Argon2id: 19 MiB, 2 passes. Both PINs are checked on every try, inside a USSD second.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_pin(pin: str) -> str:
    """The hash to store; the same PIN gives another one each time."""
    return _HASHER.hash(pin)


def matches(pin: str, stored: str | None) -> bool:
    """Whether this is the PIN behind `stored`. With none stored, or a damaged hash, it takes as long and says no."""
    try:
        right = _HASHER.verify(stored or _nobodys(), pin)
    except InvalidHashError:
        return matches(pin, None)
    except VerificationError:
        return False
    return right and bool(stored)


@cache
def _nobodys() -> str:
    return hash_pin("nobody's PIN")
