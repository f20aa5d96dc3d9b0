"""Keys by which other systems use /api/v1, and the answers that their repeated requests get again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from gateway.models.base import Base, Sealed
from gateway.models.user import User


class ApiKey(Base):
    """A key of one other system: it acts for a user, and may do no more than its scopes say."""

    __tablename__ = "api_keys"

    name: Mapped[str] = mapped_column(String(60), unique=True)  # the system, as timelines and the audit trail name it
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256
    scopes: Mapped[str] = mapped_column(String(300))  # separated by blanks
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined")


class ApiAnswer(Base):
    """The answer to a request with an `Idempotency-Key`. It is written in the transaction of what it did."""

    __tablename__ = "api_answers"

    mark: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256 of the user, the key and the Idempotency-Key
    asked: Mapped[str] = mapped_column(String(64))  # SHA-256 of the request
    status: Mapped[int]
    body: Mapped[str] = mapped_column(Sealed)
    at: Mapped[datetime] = mapped_column(index=True)


def by_hash(db: Session, key_hash: str) -> ApiKey | None:
    """Return the key with this hash that has not ended."""
    return db.scalar(select(ApiKey).where(ApiKey.key_hash == key_hash, ApiKey.ended_at.is_(None)))


def by_name(db: Session, name: str) -> ApiKey | None:
    return db.scalar(select(ApiKey).where(ApiKey.name == name))


def answer_to(db: Session, mark: str) -> ApiAnswer | None:
    return db.scalar(select(ApiAnswer).where(ApiAnswer.mark == mark))


def keep_answer(db: Session, row: ApiAnswer, forget_before: datetime) -> None:
    """Keep an answer, and forget those from before `forget_before`. Raises IntegrityError where the same request is
    answered at this moment."""
    db.execute(delete(ApiAnswer).where(ApiAnswer.at < forget_before))
    db.add(row)
    db.flush()
