"""ROOM: the list of who may log in: as what, for which unit, with which password (Argon2) and authenticator.

What a log-in goes through is in `gateway.identity.logins`. Every change of what a user may do, or knows, ends their
log-ins.
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
KEY_MARK = "siaga_"  # tells whoever finds one in a log or a repository what it is
LEAST = 8  # characters of a password (NIST SP 800-63B 5.1.1.2)
LONGEST_NAME = 60  # characters
Scope = frozenset[int] | None  # ids of units; None = all

HASHER = PasswordHasher()


class BadUser(Refusal):
    """A user who cannot be added or changed as asked; the sentence says why."""


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


def add(
    uow: UnitOfWork, name: str, password: str, role: str, unit_code: str | None = None, *, totp: bool = True
) -> User:
    """A new user. A code is asked of every user who was given one (`totp`), of an admin always. Raises BadUser."""
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
    """Raises BadUser for a password that is too short."""
    if len(password) < LEAST:
        raise BadUser("password", least=LEAST)
    return HASHER.hash(password)


def set_password(uow: UnitOfWork, user_id: int, password: str) -> None:
    """A new password; every log-in with the old one ends, and so does a lock-out. Raises BadUser."""
    user = _held(uow, user_id)
    user.password_hash, user.session = hash_password(password), user.session + 1
    unlock(uow, user_id)


def set_suspended(uow: UnitOfWork, user_id: int, suspended: bool) -> None:
    """Take a user's access away at once, or give it back. Raises BadUser."""
    user = _held(uow, user_id)
    user.suspended, user.session = suspended, user.session + 1


def set_office(uow: UnitOfWork, user_id: int, role: str, unit_code: str | None) -> bool:
    """Another role, another unit (None: all of them); every log-in of theirs ends. Raises BadUser.

    An admin is always asked for a code. Whoever was not before has a new secret then, and True is returned: it is to be
    handed over, or they cannot log in.
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
    """A new key for an authenticator that was lost; the old one's codes and every log-in end. Raises BadUser."""
    user = _held(uow, user_id)
    user.totp_secret, user.totp_on, user.totp_step = pyotp.random_base32(), True, 0
    user.session += 1
    return user


def unlock(uow: UnitOfWork, user_id: int) -> None:
    """Let a user who mistyped too often try again at once. Raises BadUser."""
    user = _held(uow, user_id)
    user.failures, user.locked_until = 0, None


def _held(uow: UnitOfWork, user_id: int) -> User:
    """The user, held until the commit. Raises BadUser."""
    user = accounts.lock(uow.db, user_id)
    if user is None:
        raise BadUser("no_user")
    return user


def give_key(uow: UnitOfWork, user_id: int) -> str:
    """A new key for /api/v1, told once and kept as a hash; the one before opens nothing any more. Raises BadUser.

    256 random bits need no slow hash. Whoever takes the user's access away takes the key's with it.
    """
    user, key = _held(uow, user_id), f"{KEY_MARK}{secrets.token_urlsafe(32)}"
    user.key_hash = _hash_key(key)
    return key


def take_key(uow: UnitOfWork, user_id: int) -> None:
    """The user's key opens nothing any more. Raises BadUser."""
    _held(uow, user_id).key_hash = None


def by_key(uow: UnitOfWork, key: str) -> Identity | None:
    """Whose key this is; None for nobody's, and while its user is suspended."""
    user = accounts.by_key_hash(uow.db, _hash_key(key))
    return identity(uow, user.id, user.session) if user is not None else None


def _hash_key(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def otpauth(user: User) -> str:
    """The `otpauth://` URI that an authenticator takes."""
    return pyotp.TOTP(user.totp_secret).provisioning_uri(name=user.name, issuer_name=ISSUER)


def seed_demo(uow: UnitOfWork, password: str) -> dict[str, str]:
    """The demo's users `desk`, `admin` and `viewer`, all with this password; those who are there stay as they are.
    Returns each user's otpauth URI where a code is asked."""
    found = {}
    for name, role in (("desk", DESK), ("admin", ADMIN), ("viewer", VIEWER)):
        user = accounts.by_name(uow.db, name) or add(uow, name, password, role, totp=False)
        if user.totp_on:
            found[name] = otpauth(user)
    return found


# --- who is that ----------------------------------------------------------------------------------------------


def identity(uow: UnitOfWork, user_id: int, session: int) -> Identity | None:
    """The user of a log-in; None once it was ended (suspended, password changed, removed)."""
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
    )


def session_of(uow: UnitOfWork, user_id: int) -> int:
    """The number that a log-in of this user carries."""
    return uow.db.scalar(select(User.session).where(User.id == user_id)) or 0


def set_language(uow: UnitOfWork, user_id: int, language: str) -> None:
    user = uow.db.get(User, user_id)
    if user is not None:
        user.language = language


def everyone(uow: UnitOfWork, scope: Scope = None) -> Collection[User]:
    """All users, or those of these units, by name."""
    query = select(User).order_by(User.name)
    return uow.db.scalars(query if scope is None else query.where(User.unit_id.in_(scope))).all()
