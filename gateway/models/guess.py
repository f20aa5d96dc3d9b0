"""Wrong tries at the log-in: how many from which network, so that a desk learns that somebody is guessing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.models.base import Base

EACH = timedelta(minutes=5)  # the wrong tries of one network within this are one row


class Guess(Base):
    __tablename__ = "guesses"

    network: Mapped[str] = mapped_column(String(50), index=True)  # core.login_lanes.network_of
    begun_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=1)


@dataclass(frozen=True)
class Guessing:
    """The wrong tries since some time: how many, since when, and the network that most of them came from."""

    tries: int
    since: datetime
    network: str


def note(db: Session, network: str, now: datetime) -> None:
    """Count one wrong try of this network."""
    running = (Guess.network == network, Guess.begun_at > now - EACH)
    more = update(Guess).where(Guess.id == select(func.max(Guess.id)).where(*running).scalar_subquery())
    told = db.execute(more.values(tries=Guess.tries + 1, last_at=now).execution_options(synchronize_session=False))
    if not told.rowcount:  # type: ignore[attr-defined] # a result of an UPDATE has it
        db.add(Guess(network=network, begun_at=now, last_at=now))


def since(db: Session, at: datetime) -> Guessing | None:
    """Return the wrong tries since then, or None if there were none."""
    rows: Sequence[Guess] = db.scalars(select(Guess).where(Guess.last_at > at)).all()
    if not rows:
        return None
    by_network: dict[str, int] = {}
    for row in rows:
        by_network[row.network] = by_network.get(row.network, 0) + row.tries
    worst = max(by_network, key=lambda network: by_network[network])
    return Guessing(sum(by_network.values()), min(row.begun_at for row in rows), worst)


def forget(db: Session, before: datetime) -> None:
    """Delete what is older: it is of use only while somebody guesses."""
    db.execute(delete(Guess).where(Guess.last_at < before))
