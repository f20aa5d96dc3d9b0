"""ROOM: who may log in. Passwords (Argon2), one-time codes (RFC 6238), lock-out, and how far a user sees.

Argon2 is slow on purpose, so a password is checked between two short transactions and never inside one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select

from gateway.desk import Desk, OpenDesk
from gateway.models import unit as units
from gateway.models import user as accounts
from gateway.models.user import ADMIN, DESK, MAY_ACT, ROLES, VIEWER, User

ISSUER = "Siaga"
LEAST = 8  # characters of a password (NIST SP 800-63B 5.1.1.2)
FREE_TRIES = 5
LOCK = timedelta(seconds=30)  # after that many failures in a row; doubled by each more
LONGEST_LOCK = timedelta(minutes=15)  # no longer: locking a desk out must not be a weapon
STEP = 30  # seconds that a one-time code lives
Scope = frozenset[int] | None  # ids of units; None = all

_hasher = PasswordHasher()


class BadUser(ValueError):  # noqa: N818 - what it is, not what went wrong
    """A user who cannot be added or changed as asked; the message says why."""


@dataclass(frozen=True)
class Identity:
    """A user as pages and rooms see one: plain values, no secrets."""

    id: int
    name: str
    role: str
    unit_id: int | None
    unit_name: str
    timezone: str
    language: str
    session: int
    scope: Scope  # whose matters this user may see

    @property
    def may_act(self) -> bool:
        return self.role in MAY_ACT

    @property
    def is_admin(self) -> bool:
        return self.role == ADMIN

    @property
    def desk(self) -> int:
        """Which monitor's alarm this user's SAYA LIHAT silences (sightings.desk)."""
        return self.unit_id or 0

    def sees(self, unit_id: int | None) -> bool:
        """Whether matters of this unit are this user's; what belongs to no unit is for those who see all."""
        return self.scope is None or (unit_id is not None and unit_id in self.scope)


# --- keeping the list -----------------------------------------------------------------------------------------


def add(desk: Desk, name: str, password: str, role: str, unit_code: str | None = None, *, totp: bool = True) -> User:
    """A new user. A code is asked of every user who was given one (`totp`), of an admin always. Raises BadUser."""
    if role not in ROLES:
        raise BadUser(f"role must be one of {', '.join(ROLES)}")
    if not name.strip() or len(name.strip()) > 60:
        raise BadUser("a name has 1 to 60 characters")
    if accounts.by_name(desk.db, name) is not None:
        raise BadUser(f"there is a user {name.strip()} already")
    user = User(
        name=name.strip(),
        role=role,
        unit_id=_unit_id(desk, unit_code),
        language=desk.rules.default_language,
        password_hash=hash_password(password),
        totp_secret=pyotp.random_base32(),
        totp_on=totp or role == ADMIN,
        created_at=desk.now(),
    )
    desk.db.add(user)
    desk.db.flush()
    return user


def _unit_id(desk: Desk, code: str | None) -> int | None:
    if not code:
        return None
    unit = units.by_code(desk.db, code)
    if unit is None:
        raise BadUser(f"there is no unit {code}")
    return unit.id


def hash_password(password: str) -> str:
    """Raises BadUser for a password that is too short."""
    if len(password) < LEAST:
        raise BadUser(f"a password has at least {LEAST} characters")
    return _hasher.hash(password)


def set_password(desk: Desk, user_id: int, password: str) -> None:
    """A new password; every log-in with the old one ends. Raises BadUser."""
    user = accounts.lock(desk.db, user_id)
    if user is None:
        raise BadUser("there is no such user")
    user.password_hash, user.session = hash_password(password), user.session + 1
    user.failures, user.locked_until = 0, None


def set_suspended(desk: Desk, user_id: int, suspended: bool) -> None:
    """Take a user's access away at once, or give it back. Raises BadUser."""
    user = accounts.lock(desk.db, user_id)
    if user is None:
        raise BadUser("there is no such user")
    user.suspended, user.session = suspended, user.session + 1


def otpauth(user: User) -> str:
    """The `otpauth://` URI that an authenticator takes."""
    return pyotp.TOTP(user.totp_secret).provisioning_uri(name=user.name, issuer_name=ISSUER)


def seed_demo(desk: Desk, password: str) -> dict[str, str]:
    """The demo's users `desk`, `admin` and `viewer`, all with this password; those who are there stay as they are.
    Returns each user's otpauth URI where a code is asked."""
    found = {}
    for name, role in (("desk", DESK), ("admin", ADMIN), ("viewer", VIEWER)):
        user = accounts.by_name(desk.db, name) or add(desk, name, password, role, totp=False)
        if user.totp_on:
            found[name] = otpauth(user)
    return found


# --- logging in -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A password that was right; `needs_code`: the second page comes next."""

    user_id: int
    needs_code: bool


def check_password(open_desk: OpenDesk, name: str, password: str) -> Entry | None:
    """None for a wrong name or password, or while locked out: whoever guesses cannot tell these apart."""
    with open_desk() as desk:
        user = accounts.by_name(desk.db, name)
        barred = user is None or user.suspended or is_locked(user, desk.now())
        stored = _nobody() if user is None else user.password_hash
    fits = _fits(stored, password)  # also for nobody, which takes as long
    if user is None or barred:
        return None
    with open_desk() as desk:
        fresh = _note_try(desk, user.id, fits, done=not user.totp_on)
    return Entry(user.id, user.totp_on) if fits and fresh is not None else None


def check_code(open_desk: OpenDesk, user_id: int, code: str, *, once: bool = True) -> bool:
    """Whether a one-time code is right, half a minute early or late allowed; with `once` it cannot be used twice."""
    with open_desk() as desk:
        user = accounts.lock(desk.db, user_id)
        if user is None or user.suspended or is_locked(user, desk.now()):
            return False
        step = _step_of(user, code, desk.now())
        good = step is not None and (not once or step > user.totp_step)
        _note_try(desk, user_id, good, done=True)
        if good and step is not None:
            user.totp_step = step
        return good


def _step_of(user: User, code: str, now: datetime) -> int | None:
    """The half-minute that a code belongs to, among this one and its two neighbours."""
    totp, typed = pyotp.TOTP(user.totp_secret), "".join(code.split())
    steps = (totp.timecode(now) + shift for shift in (0, -1, 1))
    return next((step for step in steps if pyotp.utils.strings_equal(typed, totp.generate_otp(step))), None)


def _note_try(desk: Desk, user_id: int, good: bool, done: bool) -> User | None:
    """Count a failure, or forget them once the last question was answered."""
    user = accounts.lock(desk.db, user_id)
    if user is None:
        return None
    if not good:
        user.failures += 1
        user.locked_until = lock_end(user.failures, desk.now())
    elif done:
        user.failures, user.locked_until, user.signed_in_at = 0, None, desk.now()
    return user


def lock_end(failures: int, now: datetime) -> datetime | None:
    """Until when so many failures in a row lock a user out; None = not at all."""
    over = failures - FREE_TRIES
    return now + min(LOCK * 2 ** min(over, 10), LONGEST_LOCK) if over >= 0 else None


def is_locked(user: User, now: datetime) -> bool:
    return user.locked_until is not None and user.locked_until > now


def _fits(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


@lru_cache
def _nobody() -> str:
    return _hasher.hash(pyotp.random_base32())


# --- who is that ----------------------------------------------------------------------------------------------


def identity(desk: Desk, user_id: int, session: int) -> Identity | None:
    """The user of a log-in; None once it was ended (suspended, password changed, removed)."""
    user = desk.db.get(User, user_id)
    if user is None or user.suspended or user.session != session:
        return None
    top = user.unit or units.topmost(desk.db)
    return Identity(
        id=user.id,
        name=user.name,
        role=user.role,
        unit_id=user.unit_id,
        unit_name=top.name if top is not None else "",
        timezone=top.timezone if top is not None else "Asia/Jakarta",
        language=user.language,
        session=user.session,
        scope=None if user.unit is None else frozenset(units.ids_below(desk.db, user.unit)),
    )


def session_of(desk: Desk, user_id: int) -> int:
    """The number that a log-in of this user carries."""
    return desk.db.scalar(select(User.session).where(User.id == user_id)) or 0


def set_language(desk: Desk, user_id: int, language: str) -> None:
    user = desk.db.get(User, user_id)
    if user is not None:
        user.language = language


def everyone(desk: Desk, scope: Scope = None) -> Collection[User]:
    """All users, or those of these units, by name."""
    query = select(User).order_by(User.name)
    return desk.db.scalars(query if scope is None else query.where(User.unit_id.in_(scope))).all()
