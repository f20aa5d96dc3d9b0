"""ROOM: texts that a human must read because we did not understand them, from known and unknown numbers.

A text belongs to the desks of the sender's unit; one from an unknown number to those of the unit that it was found to
belong to as it came (`gateway.location.home_unit`), else to the desks at the top.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, true

from gateway.core.reachability import Way
from gateway.core.words.reading import read
from gateway.identity import audit_log, reachability
from gateway.identity.callers import Caller, identify
from gateway.identity.users import Identity
from gateway.inbound import clarifications
from gateway.models import inbound as inbounds
from gateway.models import quiet_number as quiet_numbers
from gateway.models import unit as units
from gateway.models.clarification import Clarification
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.monitor import raise_from_text, reports
from gateway.unit_of_work import UnitOfWork

MOST = 50
CALL = "call"  # a missed call waits here only if its handling failed


@dataclass(frozen=True)
class Waiting:
    """One text (or a call whose handling failed) that nobody has read yet."""

    id: int
    kind: str
    at: datetime
    phone: str
    name: str
    words: str
    verified: bool
    may_call: bool
    quiet: bool  # the number has sent a quiet word that still holds
    asked: bool  # we asked back "is this an emergency?" and nobody has answered
    cries: bool  # it reads like a cry for help, or handling it failed, so that only a human can answer it

    @property
    def rings(self) -> bool:
        """Return whether the monitor sounds until somebody has read it."""
        return self.asked or self.cries


def waiting(uow: UnitOfWork, who: Identity) -> list[Waiting]:
    """Return the texts that this user's desk must read: first those that may be an emergency, then the newest."""
    query = select(Inbound).where(Inbound.state == inbounds.TO_HUMAN, _may_be_for(who))
    rows = uow.db.scalars(query.order_by(Inbound.received_at.desc()).limit(4 * MOST)).all()
    asked = set(uow.db.scalars(select(Clarification.inbound_id).where(Clarification.answered_at.is_(None))))
    top = units.top_desks(uow.db)
    found = []
    for row in rows:
        caller = identify(uow, row.phone)
        if _is_for(who, row, caller, top):
            found.append(_shown(uow, row, caller, row.id in asked))
    return sorted(found, key=lambda text: not text.rings)[:MOST]


def _may_be_for(who: Identity) -> ColumnElement[bool]:
    """Return the SQL condition that leaves out texts of other units, so that a flood of them hides none of ours."""
    return true() if who.scope is None else or_(Inbound.unit_id.is_(None), Inbound.unit_id.in_(who.scope))


def _is_for(who: Identity, row: Inbound, caller: Caller, top: Collection[int]) -> bool:
    """Return whether this user's desk reads this text. `top` are the units that read what belongs to nobody."""
    unit_id = row.unit_id if row.unit_id is not None else caller.unit_id
    return who.sees(unit_id) if unit_id is not None else who.scope is None or any(map(who.sees, top))


def _shown(uow: UnitOfWork, row: Inbound, caller: Caller, asked: bool) -> Waiting:
    text = read(row.body)
    return Waiting(
        id=row.id,
        kind=row.kind,
        at=row.received_at,
        phone=row.phone,
        name=caller.name,
        words=text.masked,
        verified=row.verified,
        quiet=quiet_numbers.of(uow.db, row.phone, uow.now()) is not None,
        may_call=reachability.to_caller(uow, caller, Way.SHOW).allowed,
        asked=asked,
        cries=row.kind == CALL or row.tries > 1 or text.panic is not None,
    )


def find(uow: UnitOfWork, who: Identity, inbound_id: int) -> Inbound | None:
    """Lock a waiting text of this user until the commit and return it; None if somebody else was quicker."""
    query = select(Inbound).where(Inbound.id == inbound_id, Inbound.state == inbounds.TO_HUMAN).with_for_update()
    row = uow.db.scalar(query.execution_options(populate_existing=True))
    if row is None or not _is_for(who, row, identify(uow, row.phone), units.top_desks(uow.db)):
        return None
    return row


def note_read(uow: UnitOfWork, who: Identity, row: Inbound) -> None:
    """Record that a user has read it; the desk's phone stops ringing for it."""
    row.state = inbounds.SEEN
    reports.see_told_by(uow, who, row)
    for clarification in uow.db.scalars(
        select(Clarification).where(Clarification.inbound_id == row.id, Clarification.answered_at.is_(None))
    ):
        clarifications.settle(uow, clarification, who.name)


def lift_quiet(uow: UnitOfWork, who: Identity, row: Inbound, reason: str) -> bool:
    """The desk lets the number of a text ring again, by name and with a reason; returns whether it was quiet by a
    word."""
    lifted = quiet_numbers.lift(uow.db, row.phone, uow.now(), who.name, reason)
    if lifted:
        audit_log.record(uow, who.name, "number.unquiet", row.phone, reason)
    return lifted


def raise_alarm(uow: UnitOfWork, who: Identity, row: Inbound) -> Incident:
    """Open an incident from this text, because the desk says that it is an emergency, even from an unknown number."""
    incident = raise_from_text.raise_alarm(uow, who, row.phone, row.body)
    row.incident_id = incident.id
    note_read(uow, who, row)
    return incident
