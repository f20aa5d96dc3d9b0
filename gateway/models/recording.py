"""Recorded pieces of what calls say: one voice's words as a telephone plays them. They are kept in the database, where
every web host has them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import LargeBinary, Row, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models.base import Base


class Recording(Base):
    __tablename__ = "recordings"
    __table_args__ = (UniqueConstraint("language", "words"),)

    language: Mapped[str] = mapped_column(String(2))
    words: Mapped[str] = mapped_column(String(400))  # its key (core.sentences.recorded)
    wav: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # 8 kHz, mono, 16 bits
    seconds: Mapped[float]
    recorded_by: Mapped[str] = mapped_column(String(120))  # who uploaded it
    recorded_at: Mapped[datetime]


def keys(db: Session, language: str) -> frozenset[str]:
    """Return the keys of all recordings in this language."""
    return frozenset(db.scalars(select(Recording.words).where(Recording.language == language)))


def stamp(db: Session, language: str) -> str:
    """Return a word that changes whenever a recording in this language comes, is replaced or goes."""
    columns = (func.count(Recording.id), func.max(Recording.recorded_at), func.coalesce(func.sum(Recording.id), 0))
    count, newest, ids = db.execute(select(*columns).where(Recording.language == language)).one()
    return f"{count}.{ids}.{int(newest.timestamp()) if newest is not None else 0}"


def wavs(db: Session, language: str, words: Collection[str]) -> Mapping[str, bytes]:
    """Return the recordings with these keys."""
    wanted = (Recording.language == language, Recording.words.in_(words))
    return {row.words: row.wav for row in db.execute(select(Recording.words, Recording.wav).where(*wanted))}


def listed(db: Session, language: str) -> Sequence[Row[int, str, float, str, datetime]]:
    """Return id, words, seconds, who and when of all recordings in this language."""
    columns = (Recording.id, Recording.words, Recording.seconds, Recording.recorded_by, Recording.recorded_at)
    return db.execute(select(*columns).where(Recording.language == language).order_by(Recording.words)).all()
