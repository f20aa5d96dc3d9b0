"""Decide which process holds a line. Several may run: one holds it and beats each second, the others wait for its
silence, so that no event is handled twice."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from gateway.models.base import the_only
from gateway.models.worker import Switch
from gateway.unit_of_work import UnitOfWork

NOBODY = ""
# Sooner than SILENT_AFTER: where another process stands by, it finds the calls before they are judged lost.
TAKEN_OVER_AFTER = timedelta(seconds=3)


def hold(uow: UnitOfWork, line: str, *, linked: bool) -> bool:
    """Beat for a line, `linked` or not to its Asterisk, and return whether it is this process's to hold."""
    now = uow.now()
    fresh = Switch(line=line, holder=uow.worker, beat_at=now)
    row = the_only(uow.db, select(Switch).where(Switch.line == line).with_for_update(), fresh)
    if row.holder != uow.worker:
        if row.holder != NOBODY and row.beat_at > now - TAKEN_OVER_AFTER:
            return False
        row.holder = uow.worker
    row.beat_at = now
    if linked:
        row.linked_at = now
    return True


def leave(uow: UnitOfWork) -> None:
    """Leave every line to whoever waits for it, or comes within SILENT_AFTER: the calls go on meanwhile."""
    uow.db.execute(update(Switch).where(Switch.holder == uow.worker).values(holder=NOBODY))
