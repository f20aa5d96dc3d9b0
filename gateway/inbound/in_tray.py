"""Keep what came in once, and keep it safe from errors in the code that handles it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError

from gateway.core.phone import mask
from gateway.models import inbound as inbounds
from gateway.models.inbound import Inbound
from gateway.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)


def keep(
    uow: UnitOfWork, *, line: str, kind: str, ref: str, phone: str, body: str = "", raw: str = ""
) -> Inbound | None:
    """Write down what came in, once. Return None when the carrier repeats itself (also when five repeats race)."""
    row = Inbound(
        line=line,
        kind=kind,
        ref=ref if len(ref) <= 200 else hashlib.sha256(ref.encode()).hexdigest(),
        phone=phone[:64],
        body=body,
        raw=raw,
        received_at=uow.now(),
    )
    try:
        with uow.db.begin_nested():
            uow.db.add(row)
    except IntegrityError:
        return None
    return row


@contextmanager
def handling(uow: UnitOfWork, row: Inbound) -> Iterator[None]:
    """Handle a kept row in a savepoint: if that fails, the row stays, marked, and the sweep tries again.

    A database that is gone is raised: then there is nothing to keep the mark in, and the hooks' entrance takes the
    spool.
    """
    row.tries += 1
    try:
        with uow.db.begin_nested():
            yield
            if row.state in (inbounds.NEW, inbounds.UNHANDLED):
                row.state = inbounds.HANDLED
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        _mark(uow, row)
    except Exception:  # no error may lose the text
        _mark(uow, row)


def _mark(uow: UnitOfWork, row: Inbound) -> None:
    log.exception("inbound not understood", extra={"inbound": row.id, "phone": mask(row.phone), "tries": row.tries})
    row.state = inbounds.UNHANDLED if row.tries < 2 else inbounds.TO_HUMAN
