"""ROOM: the list of console users with their role, unit, password (Argon2) and authenticator.

`gateway.identity.logins` checks a log-in. Every change of a user's rights, password or authenticator ends all log-ins
of that user.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass

import pyotp
from argon2 import PasswordHasher
from sqlalchemy import select

from gateway.core.sentences.refusal import Refusal
from gateway.models import unit as units
from gateway.models import user as accounts
from gateway.models.user import ADMIN, DESK, MAY_ACT, ROLES, VIEWER, User
from gateway.unit_of_work import UnitOfWork

ISSUER = "Siaga"
KEY_MARK = "siaga_"  # lets people and scanners recognise a key that leaked into a log or a repository
LEAST = 8  # characters of a password (NIST SP 800-63B 5.1.1.2)
LONGEST_NAME = 60  # characters
Scope = frozenset[int] | None  # ids of units; None = all

HASHER = PasswordHasher()


class BadUser(Refusal):
    """A user cannot be added or changed as requested; the sentence says why."""


@dataclass(frozen=True)
class Identity:
    """A user as pages and rooms see one: plain values without secrets."""

    id: int
    name: str
    role: str
    unit_id: int | None
    unit_name: str
    timezone: str
    language: str
    session: int
    scope: Scope  # the units whose matters this user may see
    phone: str | None = None  # their own number, E.164

    @property
    def may_act(self) -> bool:
        return self.role in MAY_ACT

    @property
    def is_admin(self) -> bool:
        return self.role == ADMIN

    @property
    def desk(self) -> int:
        """Return the desk whose alarm this user's SAYA LIHAT silences: the unit's id, or 0 for a user of every unit.

        The number is the one in `sightings.desk`.
        """
        return self.unit_id or 0

    def sees(self, unit_id: int | None) -> bool:
        """Return whether this user may see matters of this unit.

        Only a user of every unit sees what belongs to no unit.
        """
        return self.scope is None or (unit_id is not None and unit_id in self.scope)


# --- keeping the list -----------------------------------------------------------------------------------------


def add(
    uow: UnitOfWork, name: str, password: str, role: str, unit_code: str | None = None, *, totp: bool = True
) -> User:
    """Add a user and return the row. Raises BadUser.

    With `totp` the user must enter a one-time code at each log-in; an admin always must.
    """
    if role not in ROLES:
        raise BadUser("role", roles=", ".join(ROLES))
    if not name.strip() or len(name.strip()) > LONGEST_NAME:
        raise BadUser("user_name", most=LONGEST_NAME)
    if accounts.by_name(uow.db, name) is not None:
        raise BadUser("user_known", name=name.strip())
    user = User(
        name=name.strip(),
        role=role,
        unit_id=_unit_id(uow, unit_code),
        language=uow.settings.default_language,
        password_hash=hash_password(password),
        totp_secret=pyotp.random_base32(),
        totp_on=totp or role == ADMIN,
        created_at=uow.now(),
    )
    uow.db.add(user)
    uow.db.flush()
    return user


def _unit_id(uow: UnitOfWork, code: str | None) -> int | None:
    if not code:
        return None
    unit = units.by_code(uow.db, code)
    if unit is None:
        raise BadUser("user_unit", code=code)
    return unit.id


def hash_password(password: str) -> str:
    """Return the Argon2 hash to store. Raises BadUser for a password that is too short."""
    if len(password) < LEAST:
        raise BadUser("password", least=LEAST)
    return HASHER.hash(password)


def set_password(uow: UnitOfWork, user_id: int, password: str) -> None:
    """Set a new password. This ends every log-in with the old one, and a lock-out. Raises BadUser."""
    user = _held(uow, user_id)
    user.password_hash, user.session = hash_password(password), user.session + 1
    unlock(uow, user_id)


def set_suspended(uow: UnitOfWork, user_id: int, suspended: bool) -> None:
    """Suspend a user, which ends their access at once, or lift the suspension. Raises BadUser."""
    user = _held(uow, user_id)
    user.suspended, user.session = suspended, user.session + 1


def set_office(uow: UnitOfWork, user_id: int, role: str, unit_code: str | None) -> bool:
    """Change a user's role and unit (None: every unit), and end all log-ins of that user. Raises BadUser.

    An admin must always enter a one-time code. If the user had no authenticator before, this makes a new secret and
    returns True: hand the secret over, or the user cannot log in.
    """
    if role not in ROLES:
        raise BadUser("role", roles=", ".join(ROLES))
    user = _held(uow, user_id)
    user.role, user.unit_id, user.session = role, _unit_id(uow, unit_code), user.session + 1
    uow.db.flush()
    uow.db.refresh(user, ["unit"])
    if role != ADMIN or user.totp_on:
        return False
    renew_secret(uow, user_id)
    return True


def renew_secret(uow: UnitOfWork, user_id: int) -> User:
    """Replace the secret of a lost authenticator. Its old codes and every log-in end. Raises BadUser."""
    user = _held(uow, user_id)
    user.totp_secret, user.totp_on, user.totp_step = pyotp.random_base32(), True, 0
    user.session += 1
    return user


def set_phone(uow: UnitOfWork, user_id: int, phone: str | None) -> None:
    """Note the user's own number (E.164; None: unknown). Only `gateway.identity.confidants` uses it. Raises BadUser."""
    _held(uow, user_id).phone = phone


def unlock(uow: UnitOfWork, user_id: int) -> None:
    """End a lock-out, so that a user who mistyped too often can try again at once. Raises BadUser."""
    user = _held(uow, user_id)
    user.failures, user.locked_until = 0, None


def _held(uow: UnitOfWork, user_id: int) -> User:
    """Lock the user's row until the commit and return it. Raises BadUser if there is none."""
    user = accounts.lock(uow.db, user_id)
    if user is None:
        raise BadUser("no_user")
    return user


def give_key(uow: UnitOfWork, user_id: int) -> str:
    """Make a new key for /api/v1 and return it. The user's former key stops working. Raises BadUser.

    The caller shows the key once; only its hash is stored. 256 random bits need no slow hash. Suspending the user also
    blocks the key.
    """
    user, key = _held(uow, user_id), f"{KEY_MARK}{secrets.token_urlsafe(32)}"
    user.key_hash = _hash_key(key)
    return key


def take_key(uow: UnitOfWork, user_id: int) -> None:
    """Withdraw the user's key for /api/v1. Raises BadUser."""
    _held(uow, user_id).key_hash = None


def by_key(uow: UnitOfWork, key: str) -> Identity | None:
    """Return the user whose key this is; None for an unknown key or a suspended user."""
    user = accounts.by_key_hash(uow.db, _hash_key(key))
    return identity(uow, user.id, user.session) if user is not None else None


def _hash_key(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def otpauth(user: User) -> str:
    """Return the `otpauth://` URI that sets up an authenticator app."""
    return pyotp.TOTP(user.totp_secret).provisioning_uri(name=user.name, issuer_name=ISSUER)


def seed_demo(uow: UnitOfWork, password: str) -> dict[str, str]:
    """Add the demo's users `desk`, `admin` and `viewer` with this password; users who exist stay as they are.

    Return the otpauth URI of each user who must enter a one-time code.
    """
    found = {}
    for name, role in (("desk", DESK), ("admin", ADMIN), ("viewer", VIEWER)):
        user = accounts.by_name(uow.db, name) or add(uow, name, password, role, totp=False)
        if user.totp_on:
            found[name] = otpauth(user)
    return found


# --- who is logged in -----------------------------------------------------------------------------------------


def identity(uow: UnitOfWork, user_id: int, session: int) -> Identity | None:
    """Return the user of a log-in; None if the log-in was ended (suspended, password changed, user removed)."""
    user = uow.db.get(User, user_id)
    if user is None or user.suspended or user.session != session:
        return None
    top = user.unit or units.topmost(uow.db)
    return Identity(
        id=user.id,
        name=user.name,
        role=user.role,
        unit_id=user.unit_id,
        unit_name=top.name if top is not None else "",
        timezone=units.timezone_of(top),
        language=user.language,
        session=user.session,
        scope=None if user.unit is None else frozenset(units.ids_below(uow.db, user.unit)),
        phone=user.phone,
    )


def session_of(uow: UnitOfWork, user_id: int) -> int:
    """Return the number that a valid log-in of this user carries now."""
    return uow.db.scalar(select(User.session).where(User.id == user_id)) or 0


def set_language(uow: UnitOfWork, user_id: int, language: str) -> None:
    user = uow.db.get(User, user_id)
    if user is not None:
        user.language = language


def everyone(uow: UnitOfWork, scope: Scope = None) -> Collection[User]:
    """Return all users, or the users of the units in `scope`, ordered by name."""
    query = select(User).order_by(User.name)
    return uow.db.scalars(query if scope is None else query.where(User.unit_id.in_(scope))).all()
