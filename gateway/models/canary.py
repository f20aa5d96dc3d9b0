"""The canary: one sealed row that shows whether ENCRYPTION_KEYS are those that this database is used with.

With other keys (a restored backup, a wrong deploy) every panic would be kept and none understood.
"""

from __future__ import annotations

from contextlib import suppress

from cryptography.fernet import InvalidToken
from sqlalchemy import Connection, Text, select, type_coerce
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models import sealing
from gateway.models.base import Base, Sealed
from gateway.models.citizen import Person
from gateway.models.inbound import Inbound

ONLY = 1  # the id of its row


class Canary(Base):
    __tablename__ = "canaries"

    word: Mapped[str] = mapped_column(Sealed)


def token(connection: Connection) -> str:
    """Return the canary as it stands sealed in the database, "" where there is none."""
    return connection.scalar(select(type_coerce(Canary.word, Text)).where(Canary.id == ONLY)) or ""


def keys_fit(db: Session) -> bool:
    """Return whether our keys open what is sealed in this database; where there is no canary yet, other rows answer."""
    token = db.scalar(select(type_coerce(Canary.word, Text)).where(Canary.id == ONLY))
    return all(_opens(sealed) for sealed in ([token] if token is not None else _sealed(db)))


def write(db: Session) -> None:
    """Write the canary with our keys, unless there is one."""
    if db.get(Canary, ONLY) is None:
        with suppress(IntegrityError), db.begin_nested():  # another process may be quicker
            db.add(Canary(id=ONLY, word="siaga"))


def _sealed(db: Session) -> list[str]:
    """Return one sealed value of each table that is filled early, newest first."""
    queries = (
        select(type_coerce(column, Text)).where(column.is_not(None)).order_by(table.id.desc()).limit(1)
        for table, column in ((Inbound, Inbound.raw), (Person, Person.address), (Person, Person.national_id))
    )
    return [token for token in (db.scalar(query) for query in queries) if token]


def _opens(token: str) -> bool:
    try:
        sealing.unseal(token)
    except InvalidToken:
        return False
    return True
