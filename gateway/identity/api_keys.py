"""ROOM: the keys of other systems for /api/v1, and what each may do.

A key acts for one user: it sees the units that this user sees, and what it does needs a role that may do it. Its scopes
narrow that further. The older key of a user itself (`siaga user key`) reads what the user's monitor shows.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from gateway.core.sentences.refusal import Refusal
from gateway.identity import users
from gateway.identity.users import LONGEST_NAME, Identity
from gateway.models import api_key as rows
from gateway.models import user as accounts
from gateway.models.api_key import ApiKey
from gateway.models.user import ADMIN, DESK, ROLES
from gateway.unit_of_work import UnitOfWork

MARK = "siaga_api_"  # lets people and scanners recognise a key that leaked into a log or a repository


class Scope(StrEnum):
    """A thing that a key may do."""

    INCIDENTS = "incidents:read"  # incidents, their timelines and positions
    UNITS = "units:read"
    OFFICERS = "officers:read"
    PLACES = "places:read"
    STATISTICS = "statistics:read"
    RAISE = "incidents:raise"  # open an incident
    ACT = "incidents:act"  # add words, accept for the unit's desk, close
    DUTY = "duty:write"
    CITIZENS = "citizens:write"  # add and verify


# the roles whose users a key with this scope may act for
ROLES_FOR: Mapping[Scope, Collection[str]] = {
    Scope.INCIDENTS: ROLES,
    Scope.UNITS: ROLES,
    Scope.OFFICERS: (ADMIN, DESK),
    Scope.PLACES: ROLES,
    Scope.STATISTICS: ROLES,
    Scope.RAISE: (ADMIN, DESK),
    Scope.ACT: (ADMIN, DESK),
    Scope.DUTY: (ADMIN, DESK),
    Scope.CITIZENS: (ADMIN,),
}
READS = frozenset({Scope.INCIDENTS, Scope.UNITS, Scope.OFFICERS, Scope.PLACES, Scope.STATISTICS})
OF_A_USERS_KEY = frozenset({Scope.INCIDENTS, Scope.UNITS})


class BadKey(Refusal):
    """A key cannot be made or ended as requested; the sentence says why."""


@dataclass(frozen=True)
class Access:
    """The one who asks by a key: the user that it acts for, what it may do, and the system ("": a user's own key)."""

    identity: Identity
    scopes: frozenset[Scope]
    name: str = ""


def may(role: str, scopes: Collection[Scope]) -> frozenset[Scope]:
    """Return which of these scopes a user with this role can lend."""
    return frozenset(scope for scope in scopes if role in ROLES_FOR[scope])


def give(uow: UnitOfWork, name: str, user_name: str, scopes: Collection[Scope]) -> str:
    """Make a key for the system `name` that acts for a user, and return it. Only its hash is stored: show it once. A
    former key of that system ends. Raises BadKey."""
    name, user = name.strip(), accounts.by_name(uow.db, user_name)
    if user is None:
        raise BadKey("no_user")
    if not name or len(name) > LONGEST_NAME:
        raise BadKey("user_name", most=LONGEST_NAME)
    if not scopes:
        raise BadKey("key_scopes", scopes=", ".join(Scope))
    lacking = set(scopes) - may(user.role, scopes)
    if lacking:
        raise BadKey("key_role", scopes=", ".join(sorted(lacking)), role=user.role)
    key = f"{MARK}{secrets.token_urlsafe(32)}"
    row = rows.by_name(uow.db, name) or ApiKey(name=name)
    row.user_id, row.key_hash, row.scopes = user.id, _hash(key), " ".join(sorted(scopes))
    row.created_at, row.ended_at = uow.now(), None
    uow.db.add(row)
    uow.db.flush()
    return key


def end(uow: UnitOfWork, name: str) -> None:
    """End the key of a system at once. Raises BadKey."""
    row = rows.by_name(uow.db, name.strip())
    if row is None or row.ended_at is not None:
        raise BadKey("no_key", name=name)
    row.ended_at = uow.now()


def every(uow: UnitOfWork) -> list[ApiKey]:
    """Return the keys that have not ended, by name."""
    return list(uow.db.scalars(select(ApiKey).where(ApiKey.ended_at.is_(None)).order_by(ApiKey.name)))


def access(uow: UnitOfWork, key: str) -> Access | None:
    """Return who asks with this key; None for an unknown or ended one, or a suspended user."""
    row = rows.by_hash(uow.db, _hash(key)) if key.startswith(MARK) else None
    if row is not None:
        identity = users.identity(uow, row.user_id, row.user.session)
        given = [Scope(one) for one in row.scopes.split()]
        return Access(identity, may(identity.role, given), row.name) if identity is not None else None
    own = users.by_key(uow, key)
    return Access(own, OF_A_USERS_KEY) if own is not None else None


def _hash(key: str) -> str:
    """Return the hash that is stored; 256 random bits need no slow one."""
    return hashlib.sha256(key.encode()).hexdigest()
