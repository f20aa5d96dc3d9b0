"""ROOM: what waits for a human to read it: texts that we did not understand, of numbers known and unknown.

A text of somebody whose unit is known belongs to that unit's desks; one of a stranger to every desk, since silence
would be worse than reading it twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from gateway.core.words.reading import read
from gateway.identity.callers import Caller, identify
from gateway.identity.users import Identity
from gateway.inbound import clarifications
from gateway.models import inbound as inbounds
from gateway.models.clarification import Clarification
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.monitor import raise_from_text, reports
from gateway.unit_of_work import UnitOfWork

MOST = 50
CALL = "call"  # a missed call waits here only if its handling failed


@dataclass(frozen=True)
class Waiting:
    """One text (or a call whose handling failed) that nobody has read."""

    id: int
    kind: str
    at: datetime
    phone: str
    name: str
    words: str
    verified: bool
    may_call: bool
    asked: bool  # we asked back "is this an emergency?" and nobody has answered
    cries: bool  # reads as a cry for help, or is what we could not handle: nobody but a human will answer it

    @property
    def rings(self) -> bool:
        """Whether the monitor sounds until somebody has read it."""
        return self.asked or self.cries


def waiting(uow: UnitOfWork, who: Identity) -> list[Waiting]:
    """What this user's desk has to read: first what may be an emergency, then the newest."""
    query = select(Inbound).where(Inbound.state == inbounds.TO_HUMAN).order_by(Inbound.received_at.desc())
    rows = uow.db.scalars(query.limit(4 * MOST)).all()
    asked = set(uow.db.scalars(select(Clarification.inbound_id).where(Clarification.answered_at.is_(None))))
    found = []
    for row in rows:
        caller = identify(uow, row.phone)
        if _is_for(who, caller):
            found.append(_shown(row, caller, row.id in asked))
    return sorted(found, key=lambda text: not text.rings)[:MOST]


def _is_for(who: Identity, caller: Caller) -> bool:
    return caller.unit_id is None or who.sees(caller.unit_id)


def _shown(row: Inbound, caller: Caller, asked: bool) -> Waiting:
    text = read(row.body)
    return Waiting(
        id=row.id,
        kind=row.kind,
        at=row.received_at,
        phone=row.phone,
        name=caller.name,
        words=text.masked,
        verified=row.verified,
        may_call=caller.ring_back and not caller.quiet,
        asked=asked,
        cries=row.kind == CALL or row.tries > 1 or text.panic is not None,
    )


def find(uow: UnitOfWork, who: Identity, inbound_id: int) -> Inbound | None:
    """A waiting text of this user's, held until the commit; None when somebody was quicker."""
    query = select(Inbound).where(Inbound.id == inbound_id, Inbound.state == inbounds.TO_HUMAN).with_for_update()
    row = uow.db.scalar(query.execution_options(populate_existing=True))
    return row if row is not None and _is_for(who, identify(uow, row.phone)) else None


def note_read(uow: UnitOfWork, who: Identity, row: Inbound) -> None:
    """A human has read it; the desk's phone does not ring for it any more."""
    row.state = inbounds.SEEN
    reports.see_told_by(uow, who, row)
    for clarification in uow.db.scalars(
        select(Clarification).where(Clarification.inbound_id == row.id, Clarification.answered_at.is_(None))
    ):
        clarifications.settle(uow, clarification, who.name)


def raise_alarm(uow: UnitOfWork, who: Identity, row: Inbound) -> Incident:
    """The desk says that this text is an emergency, also where the number is on no list."""
    incident = raise_from_text.raise_alarm(uow, who, row.phone, row.body)
    row.incident_id = incident.id
    note_read(uow, who, row)
    return incident
