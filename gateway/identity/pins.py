"""Hash and check the PINs of citizens.

A PIN has only four to eight digits, so a thief of the bare hash could try all of them in minutes. The columns that
hold a hash are therefore encrypted as well (`Sealed`). A check takes equally long whether a PIN is stored or not, so
that the time of our answer does not tell who has one.
"""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gateway.models.citizen import Citizen

# OWASP's minimum for Argon2id: 19 MiB, 2 passes. Each try checks the PIN and the duress PIN within a USSD second.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_pin(pin: str) -> str:
    """Return the Argon2id hash to store. The same PIN gives a different hash each time (random salt)."""
    return _HASHER.hash(pin)


def matches(pin: str, stored: str | None) -> bool:
    """Return whether `pin` is the PIN whose hash is `stored`.

    With no hash stored, or with a damaged one, the check takes as long as any other and returns False.
    """
    try:
        right = _HASHER.verify(stored or _nobodys(), pin)
    except InvalidHashError:
        return matches(pin, None)
    except VerificationError:
        return False
    return right and bool(stored)


def has_one(citizen: Citizen | None) -> bool:
    """Return whether this person has a PIN to give, the one or the other. Who has none is never asked for it."""
    return citizen is not None and bool(citizen.pin_hash or citizen.duress_hash)


@cache
def _nobodys() -> str:
    return hash_pin("nobody's PIN")
