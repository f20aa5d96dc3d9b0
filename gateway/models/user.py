"""Users who may log in to the console: each has a role, and a unit whose matters and those below it the user sees."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from gateway.core import defaults
from gateway.models.base import Base, Sealed
from gateway.models.unit import Unit

ADMIN, DESK, VIEWER = "admin", "desk", "viewer"
ROLES = (ADMIN, DESK, VIEWER)
MAY_ACT = (ADMIN, DESK)


class User(Base):
    __tablename__ = "users"

    name: Mapped[str] = mapped_column(String(60), unique=True)
    role: Mapped[str] = mapped_column(String(10))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)  # NULL = every unit
    language: Mapped[str] = mapped_column(String(2), default=defaults.LANGUAGE)
    password_hash: Mapped[str] = mapped_column(String(200))
    totp_secret: Mapped[str] = mapped_column(Sealed)
    totp_on: Mapped[bool] = mapped_column(default=True)
    totp_step: Mapped[int] = mapped_column(default=0)  # the half-minute of the last used code: a code works once
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    locked_until: Mapped[datetime | None]
    suspended: Mapped[bool] = mapped_column(default=False)
    session: Mapped[int] = mapped_column(default=0)  # raised to end every log-in of this user
    key_hash: Mapped[str | None] = mapped_column(String(64), unique=True)  # SHA-256 of the key for /api/v1
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]
    # The user's own number, E.164: to know where they live and who named them (identity.confidants), and an admin's
    # for `siaga watchdog`.
    phone: Mapped[str | None] = mapped_column(String(32), index=True)

    unit: Mapped[Unit | None] = relationship(lazy="joined")


def by_name(db: Session, name: str) -> User | None:
    """Return the user with this name. Upper and lower case count the same: a desk types the name at night."""
    return db.scalar(select(User).where(func.lower(User.name) == name.strip().lower()))


def by_key_hash(db: Session, key_hash: str) -> User | None:
    return db.scalar(select(User).where(User.key_hash == key_hash))


def lock(db: Session, user_id: int) -> User | None:
    """Lock the user's row until the commit and return it, so that guesses made in parallel are all counted."""
    query = select(User).where(User.id == user_id).with_for_update(of=User)
    return db.scalar(query.execution_options(populate_existing=True))
