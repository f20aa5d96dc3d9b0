"""Keep what came in once, and keep it safe from errors in the code that handles it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.exc import DBAPIError

from gateway.carriers.base import PictureCarrier
from gateway.core.phone import mask
from gateway.core.words import unit_keywords
from gateway.models import inbound as inbounds
from gateway.models import incident as incidents
from gateway.models import unit as units
from gateway.models.base import insert_once
from gateway.models.inbound import Inbound
from gateway.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)
LONG = 1_000  # characters of a text from which on it is committed before it is understood
MOST_TRIES = 2
# How long after its coming a text that was begun and not ended counts as one whose process has died, by its try.
LEFT_ALONE = {1: timedelta(seconds=10), 2: timedelta(seconds=60)}


def addressed(uow: UnitOfWork, body: str, number: str) -> tuple[str, str]:
    """Return what of ours a text was written to (the keyword at its head if it is a unit's, else the `number`), and
    its words without that keyword."""
    keyword, words = unit_keywords.taken_off(body, lambda word: units.by_keyword(uow.db, word) is not None)
    return keyword or number, words


def keep(
    uow: UnitOfWork,
    *,
    line: str,
    kind: str,
    ref: str,
    phone: str,
    body: str = "",
    raw: str = "",
    sent_at: datetime | None = None,
    called: str = "",
) -> Inbound | None:
    """Write down what came in, once, and when it was sent, if that is known; `called` is the number of ours
    (E.164) that it came to, or a unit's keyword. Return None when the carrier repeats itself (also when five repeats
    race)."""
    return insert_once(
        uow.db,
        Inbound,
        line=line,
        kind=kind,
        ref=ref if len(ref) <= 200 else hashlib.sha256(ref.encode()).hexdigest(),
        phone=phone[:64],
        body=body,
        raw=raw,
        received_at=uow.arrived(),
        sent_at=sent_at,
        called=called[:64],
    )


def fresh_code(uow: UnitOfWork, phone: str) -> str:
    """Return a code for what comes of a phone's panic or unclear text: the one that was told while the database was
    away, if it is still free."""
    told = uow.meanwhile(phone).code
    if told and incidents.is_free_code(uow.db, told, uow.now()):
        return told
    return incidents.fresh_code(uow.db, uow.now())


def begin(uow: UnitOfWork, row: Inbound) -> bool:
    """Commit a row before it is understood, and count the try, so that a process that dies over it loses nothing.

    Return whether it is to be understood now. It is not if processes have died over it before, then a human gets it;
    nor if another process was quicker: the commit lets go of the row, and the lock is taken again after it.
    """
    if row.state == inbounds.BEGUN and row.tries >= MOST_TRIES:
        row.state = inbounds.TO_HUMAN
        return False
    row.state = inbounds.BEGUN
    row.tries += 1
    uow.db.commit()
    uow.db.refresh(row, ["state"], with_for_update=True)
    return row.state == inbounds.BEGUN


def left_over(uow: UnitOfWork) -> Sequence[int]:
    """Return the ids of what the sweep must try again: what failed, and what was begun by a process that has died."""
    now = uow.now()
    died = [and_(Inbound.tries == tries, Inbound.received_at <= now - wait) for tries, wait in LEFT_ALONE.items()]
    waits = or_(Inbound.state == inbounds.UNHANDLED, and_(Inbound.state == inbounds.BEGUN, or_(*died)))
    return uow.db.scalars(select(Inbound.id).where(waits).order_by(Inbound.id).limit(100)).all()


@contextmanager
def handling(uow: UnitOfWork, row: Inbound) -> Iterator[None]:
    """Handle a kept row in a savepoint: if that fails, the row stays, marked, and the sweep tries again.

    A database that is gone is raised: then there is nothing to keep the mark in, and the hooks' entrance takes the
    spool.
    """
    begun = row.tries if row.state == inbounds.BEGUN else row.tries + 1
    try:
        with uow.db.begin_nested():
            yield
            row.tries = begun
            if row.state in (inbounds.NEW, inbounds.BEGUN, inbounds.UNHANDLED):
                row.state = inbounds.HANDLED
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        _mark(uow, row, begun)
    except Exception:  # no error may lose the text
        _mark(uow, row, begun)


def _mark(uow: UnitOfWork, row: Inbound, tries: int) -> None:
    row.tries = tries
    log.exception("inbound not understood", extra={"inbound": row.id, "phone": mask(row.phone), "tries": row.tries})
    row.state = inbounds.UNHANDLED if row.tries < MOST_TRIES else inbounds.TO_HUMAN


def pictures(uow: UnitOfWork, row: Inbound) -> int:
    """Return how many pictures came with this text; they stay with the line's company."""
    line = uow.lines.named(row.line)
    return line.pictures(row.raw) if isinstance(line, PictureCarrier) and row.raw else 0
