"""ROOM: texts that a human must read because we did not understand them, from known and unknown numbers.

A text belongs to the desks of the sender's unit; one from an unknown number to those of the unit that it was found to
belong to as it came (`gateway.location.home_unit`), else to the desks at the top.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, true

from gateway.carriers.base import PictureCarrier
from gateway.core.reachability import Way
from gateway.core.uncertain import AFTER_CLOSING
from gateway.core.words.reading import DeskAnswer, read
from gateway.identity import audit_log, confidants, reachability
from gateway.identity.callers import Caller, identify
from gateway.identity.users import Identity
from gateway.inbound import in_tray
from gateway.models import clarification as clarification_rows
from gateway.models import inbound as inbounds
from gateway.models import incident as incidents
from gateway.models import quiet_number as quiet_numbers
from gateway.models import unit as units
from gateway.models.clarification import Clarification
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.locking import lock_clarification
from gateway.monitor import board, reports
from gateway.responses import raise_from_text, uncertain_calls
from gateway.unit_of_work import UnitOfWork

MOST = 50
MOST_CALLS = 300  # uncertain calls on one monitor; a flood groups the same words, so that more tell nothing new
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
    quiet_words: str  # the words in this text that ask for quiet, as they were typed
    weighed: str  # the words that weighed most for the learned model
    cries: bool  # it reads like a cry for help, or handling it failed, so that only a human can answer it
    code: str = ""  # of the uncertain call that it is; empty: it is none, or it is over
    call_state: str = ""  # of that call, see gateway.models.clarification
    opens_at: datetime | None = None  # when silence makes it an incident
    said_no: bool = False  # that phone answered with a word of no
    pictures: int = 0  # how many came with it
    before: str = ""  # the code of an incident of theirs that was closed shortly before

    @property
    def asked(self) -> bool:
        """Return whether it is an uncertain call that nobody has settled."""
        return self.call_state in clarification_rows.OPEN

    @property
    def rings(self) -> bool:
        """Return whether the monitor sounds until somebody has read it."""
        return self.call_state in (clarification_rows.WAITING, clarification_rows.LISTED) or self.cries


def waiting(uow: UnitOfWork, who: Identity) -> list[Waiting]:
    """Return the texts that this user's desk must read: first those that may be an emergency, then the newest.

    However many other texts wait, no uncertain call is left out.
    """
    waits = Inbound.state == inbounds.TO_HUMAN
    known = confidants.shown(uow, who, Inbound.phone, select(Inbound.phone).where(waits))
    unread = select(Inbound).where(waits, _may_be_for(who), known)
    unread = unread.order_by(Inbound.received_at.desc())
    calls = {call.inbound_id: call for call in clarification_rows.every_open(uow.db, uow.now())}
    rows = {row.id: row for row in uow.db.scalars(unread.where(Inbound.id.in_(calls)).limit(MOST_CALLS))}
    rows |= {row.id: row for row in uow.db.scalars(unread.limit(4 * MOST))}
    top = units.top_desks(uow.db)
    found = []
    for row in rows.values():
        caller = identify(uow, row.phone)
        if _is_for(who, row, caller, top):
            found.append(_shown(uow, row, caller, calls.get(row.id)))
    found.sort(key=lambda text: text.at, reverse=True)
    found.sort(key=lambda text: not text.rings)
    urgent = sum(text.rings or text.asked for text in found)
    return found[: max(MOST, urgent)]


def pictures_of(uow: UnitOfWork, who: Identity, inbound_id: int) -> tuple[PictureCarrier, str] | None:
    """Return the line that has this text's pictures, with what was kept of the text, if this user reads the text or
    sees its incident; else None."""
    row = uow.db.get(Inbound, inbound_id)
    line = uow.lines.named(row.line) if row is not None else None
    if row is None or not isinstance(line, PictureCarrier) or confidants.hides(uow, who, row.phone):
        return None
    incident = uow.db.get(Incident, row.incident_id) if row.incident_id is not None else None
    if incident is not None:
        return (line, row.raw) if board.sees(uow, who, incident) else None
    mine = _is_for(who, row, identify(uow, row.phone), units.top_desks(uow.db))
    return (line, row.raw) if mine else None


def _may_be_for(who: Identity) -> ColumnElement[bool]:
    """Return the SQL condition that leaves out texts of other units, so that a flood of them hides none of ours."""
    return true() if who.scope is None else or_(Inbound.unit_id.is_(None), Inbound.unit_id.in_(who.scope))


def _is_for(who: Identity, row: Inbound, caller: Caller, top: Collection[int]) -> bool:
    """Return whether this user's desk reads this text. `top` are the units that read what belongs to nobody."""
    unit_id = row.unit_id if row.unit_id is not None else caller.unit_id
    return who.sees(unit_id) if unit_id is not None else who.scope is None or any(map(who.sees, top))


def _shown(uow: UnitOfWork, row: Inbound, caller: Caller, call: Clarification | None) -> Waiting:
    text = read(row.body)
    before = incidents.over_for_phone(uow.db, row.phone, uow.now() - AFTER_CLOSING)
    settled = call or clarification_rows.of_inbound(uow.db, row.id)
    return Waiting(
        id=row.id,
        kind=row.kind,
        at=row.received_at,
        phone=row.phone,
        name=caller.name,
        words=text.masked,
        verified=row.verified,
        quiet=quiet_numbers.holds(uow.db, row.phone, uow.now()),
        quiet_words=", ".join(text.quiet_words),
        weighed=", ".join(text.judged.words),
        may_call=reachability.to_caller(uow, caller, Way.SHOW).allowed,
        cries=row.kind == CALL or row.tries > 1 or text.panic is not None,
        code=(call.code or "") if call is not None else "",
        call_state=call.state if call is not None else "",
        opens_at=call.opens_at if call is not None else None,
        said_no=settled is not None and (settled.said_no_at is not None or settled.answered_by == caller.name),
        pictures=in_tray.pictures(uow, row),
        before=before.code if before is not None else "",
    )


def find(uow: UnitOfWork, who: Identity, inbound_id: int) -> Inbound | None:
    """Lock a waiting text of this user until the commit and return it; None if somebody else was quicker."""
    call = clarification_rows.of_inbound(uow.db, inbound_id)
    if call is not None:  # before the text: an answer by phone takes them in this order, too
        lock_clarification(uow.db, call.id)
    query = select(Inbound).where(Inbound.id == inbound_id, Inbound.state == inbounds.TO_HUMAN).with_for_update()
    row = uow.db.scalar(query.execution_options(populate_existing=True))
    if row is None or confidants.hides(uow, who, row.phone):
        return None
    if not _is_for(who, row, identify(uow, row.phone), units.top_desks(uow.db)):
        return None
    return row


def note_read(uow: UnitOfWork, who: Identity, row: Inbound) -> None:
    """Record that a user has read it. An open uncertain call is looked at by that, and opens later if nothing else
    comes."""
    call = _call_of(uow, row)
    if call is not None:
        uncertain_calls.answer(uow, who.name, call, DeskAnswer.LOOK)
        return
    _see(uow, who, row)


def answer(uow: UnitOfWork, who: Identity, row: Inbound, said: DeskAnswer) -> None:
    """Take the desk's click about an uncertain call: no emergency, or "I look"."""
    call = _call_of(uow, row)
    if call is None:
        _see(uow, who, row)
        return
    uncertain_calls.answer(uow, who.name, call, said)
    if said is DeskAnswer.NO_EMERGENCY:
        _see(uow, who, row)


def _call_of(uow: UnitOfWork, row: Inbound) -> Clarification | None:
    """Return the open uncertain call that this text is, locked, or None."""
    found = clarification_rows.of_inbound(uow.db, row.id)
    call = lock_clarification(uow.db, found.id) if found is not None else None
    return call if call is not None and call.is_open else None


def _see(uow: UnitOfWork, who: Identity, row: Inbound) -> None:
    row.state = inbounds.SEEN
    reports.see_told_by(uow, who, row)


def put_back(uow: UnitOfWork, who: Identity, inbound_id: int) -> bool:
    """Put a text that a desk has settled back on the list; an uncertain call that it is counts as looked at. Return
    whether there is such a text for this user."""
    call = clarification_rows.of_inbound(uow.db, inbound_id)
    call = lock_clarification(uow.db, call.id) if call is not None else None
    query = select(Inbound).where(Inbound.id == inbound_id, Inbound.state == inbounds.SEEN)
    row = uow.db.scalar(query.with_for_update())
    if row is None or not _is_for(who, row, identify(uow, row.phone), units.top_desks(uow.db)):
        return False
    row.state = inbounds.TO_HUMAN
    if call is not None and call.state == clarification_rows.SETTLED:
        uncertain_calls.look_again(uow, call)
    return True


def lift_quiet(uow: UnitOfWork, who: Identity, row: Inbound, reason: str) -> bool:
    """The desk lets the number of a text ring again, by name and with a reason; returns whether it was quiet by a
    word."""
    lifted = quiet_numbers.lift(uow.db, row.phone, uow.now(), who.name, reason)
    if lifted:
        audit_log.record(uow, who.name, "number.unquiet", row.phone, reason)
        call = _call_of(uow, row)
        if call is not None:
            clarification_rows.unquiet(call)
    return lifted


def raise_alarm(uow: UnitOfWork, who: Identity, row: Inbound) -> Incident:
    """Open an incident from this text, because the desk says that it is an emergency, even from an unknown number."""
    call = clarification_rows.of_inbound(uow.db, row.id)
    incident = raise_from_text.raise_alarm(uow, who.name, who.unit_id, row.phone, row.body, call)
    row.incident_id = incident.id
    _see(uow, who, row)
    return incident
