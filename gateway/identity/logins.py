"""ROOM: logging in. A password, then a one-time code (RFC 6238); whoever guesses is locked out for a while.

Argon2 is slow on purpose, so a password is checked between two short transactions and never inside one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import pyotp
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from gateway.identity.users import HASHER
from gateway.models import user as accounts
from gateway.models.user import User
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork

FREE_TRIES = 5
LOCK = timedelta(seconds=30)  # after that many failures in a row; doubled by each more
LONGEST_LOCK = timedelta(minutes=15)  # no longer: locking a desk out must not be a weapon


@dataclass(frozen=True)
class Entry:
    """A password that was right; `needs_code`: the second page comes next."""

    user_id: int
    needs_code: bool


def check_password(open_uow: OpenUnitOfWork, name: str, password: str) -> Entry | None:
    """None for a wrong name or password, or while locked out: whoever guesses cannot tell these apart."""
    with open_uow() as uow:
        user = accounts.by_name(uow.db, name)
        barred = user is None or user.suspended or is_locked(user, uow.now())
        stored = _nobody() if user is None else user.password_hash
    fits = _fits(stored, password)  # also for nobody, which takes as long
    if user is None or barred:
        return None
    with open_uow() as uow:
        fresh = _note_try(uow, user.id, fits, done=not user.totp_on)
    return Entry(user.id, user.totp_on) if fits and fresh is not None else None


def check_code(open_uow: OpenUnitOfWork, user_id: int, code: str, *, once: bool = True) -> bool:
    """Whether a one-time code is right, half a minute early or late allowed; with `once` it cannot be used twice."""
    with open_uow() as uow:
        user = accounts.lock(uow.db, user_id)
        if user is None or user.suspended or is_locked(user, uow.now()):
            return False
        step = _step_of(user, code, uow.now())
        good = step is not None and (not once or step > user.totp_step)
        _note_try(uow, user_id, good, done=True)
        if good and step is not None:
            user.totp_step = step
        return good


def _step_of(user: User, code: str, now: datetime) -> int | None:
    """The half-minute that a code belongs to, among this one and its two neighbours."""
    totp, typed = pyotp.TOTP(user.totp_secret), "".join(code.split())
    steps = (totp.timecode(now) + shift for shift in (0, -1, 1))
    return next((step for step in steps if pyotp.utils.strings_equal(typed, totp.generate_otp(step))), None)


def _note_try(uow: UnitOfWork, user_id: int, good: bool, done: bool) -> User | None:
    """Count a failure, or forget them once the last question was answered."""
    user = accounts.lock(uow.db, user_id)
    if user is None:
        return None
    if not good:
        user.failures += 1
        user.locked_until = lock_end(user.failures, uow.now())
    elif done:
        user.failures, user.locked_until, user.signed_in_at = 0, None, uow.now()
    return user


def lock_end(failures: int, now: datetime) -> datetime | None:
    """Until when so many failures in a row lock a user out; None = not at all."""
    over = failures - FREE_TRIES
    return now + min(LOCK * 2 ** min(over, 10), LONGEST_LOCK) if over >= 0 else None


def is_locked(user: User, now: datetime) -> bool:
    return user.locked_until is not None and user.locked_until > now


def _fits(stored: str, password: str) -> bool:
    try:
        return HASHER.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


@lru_cache
def _nobody() -> str:
    return HASHER.hash(pyotp.random_base32())
