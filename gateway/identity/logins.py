"""ROOM: logging in to the console with a password and then a one-time code (RFC 6238).

A wrong password locks nobody out: strangers who guess wait at the door (gateway.core.login_lanes). Five wrong codes in
a row, which need the right password first, lock every device but the known ones out for a while. Argon2 is slow on
purpose: the password is checked between two short transactions, never inside one.
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

FREE_TRIES = 5  # wrong codes
LOCK = timedelta(seconds=30)  # after FREE_TRIES failures in a row; each further failure doubles it
LONGEST_LOCK = timedelta(minutes=15)


@dataclass(frozen=True)
class Entry:
    """The result of a right password.

    If `needs_code` is true, the user must still enter a one-time code on the next page.
    """

    user_id: int
    needs_code: bool


def check_password(open_uow: OpenUnitOfWork, name: str, password: str) -> Entry | None:
    """Check a name and a password.

    Return None when the name or the password is wrong and while the user is suspended: all these look the same to
    somebody who guesses.
    """
    with open_uow() as uow:
        user = accounts.by_name(uow.db, name)
        barred = user is None or user.suspended
        stored = _nobody() if user is None else user.password_hash
    fits = _fits(stored, password)  # also when there is no such user, so that both cases take equally long
    if user is None or barred or not fits:
        return None
    if not user.totp_on:
        with open_uow() as uow:
            _note_entry(uow, user.id)
    return Entry(user.id, user.totp_on)


def _note_entry(uow: UnitOfWork, user_id: int) -> None:
    user = accounts.lock(uow.db, user_id)
    if user is not None:
        user.signed_in_at = uow.now()


def check_code(open_uow: OpenUnitOfWork, user_id: int, code: str, *, once: bool = True, known: bool = False) -> bool:
    """Check a one-time code, count the try, and return whether it is right.

    The codes of the present half-minute, the one before and the one after are right. With `once` a code that was used
    before is refused. A lock-out does not bar a `known` device of the user, whose tries have a budget of their own.
    """
    with open_uow() as uow:
        user = accounts.lock(uow.db, user_id)
        if user is None or user.suspended or (is_locked(user, uow.now()) and not known):
            return False
        step = _step_of(user, code, uow.now())
        good = step is not None and (not once or step > user.totp_step)
        if good and step is not None:
            user.failures, user.locked_until, user.signed_in_at, user.totp_step = 0, None, uow.now(), step
        elif not known:
            user.failures += 1
            user.locked_until = lock_end(user.failures, uow.now())
        return good


def is_still(open_uow: OpenUnitOfWork, user_id: int, code: str) -> bool:
    """Return whether this code proves that a logged-in user is who sits there; a user of the demo, who has no
    authenticator, needs none."""
    with open_uow() as uow:
        user = uow.db.get_one(User, user_id)
        needed = user.totp_on
    return not needed or check_code(open_uow, user_id, code)


def _step_of(user: User, code: str, now: datetime) -> int | None:
    """Return the number of the half-minute that `code` belongs to: the present one or a neighbour.

    None if it fits none.
    """
    totp, typed = pyotp.TOTP(user.totp_secret), "".join(code.split())
    steps = (totp.timecode(now) + shift for shift in (0, -1, 1))
    return next((step for step in steps if pyotp.utils.strings_equal(typed, totp.generate_otp(step))), None)


def lock_end(failures: int, now: datetime) -> datetime | None:
    """Return the time until which so many wrong codes in a row lock a user out; None if they do not lock yet."""
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
