"""ROOM: the whitelist, as phones use it. Apply, leave, report without emergency, ask how it works.

Who is on it is decided by people: see `gateway.register.decisions`.
"""

from __future__ import annotations

from gateway import notices
from gateway.core.words.triage import Apply, Info, Leave
from gateway.core.words.triage import Tip as TipText
from gateway.identity import audit_log
from gateway.identity.callers import Caller
from gateway.inbound import unknown_numbers
from gateway.models import citizen as citizens
from gateway.models import inbound as inbounds
from gateway.models import unit as units
from gateway.models.inbound import Inbound
from gateway.models.tip import Tip
from gateway.models.unit import Unit
from gateway.register import applications
from gateway.register.applications import Given
from gateway.responses import pin_cancel
from gateway.unit_of_work import Desk

MOST_WORDS = 2000  # characters of a report that are kept; a text message of ten parts has fewer


def apply(desk: Desk, caller: Caller, row: Inbound, said: Apply) -> None:
    """DAFTAR name#identity number#address. The applicant hears what to bring where, and what the data are for."""
    unit = unit_of(desk, caller)
    if not any(char.isalpha() for char in said.name) or not said.national_id:
        unknown_numbers.answer(desk, caller, "apply.incomplete", unit)
        return
    filed = applications.file(desk, caller, Given(said.name, said.national_id, said.address), "sms")
    if filed is None and not caller.gone:
        row.state = inbounds.TO_HUMAN  # registered already: the number may have changed hands
        unknown_numbers.answer(desk, caller, "apply.already", unit)
        return
    unknown_numbers.answer(desk, caller, "apply.received", unit)
    unknown_numbers.answer(desk, caller, "consent.text", unit)


def leave(desk: Desk, caller: Caller, row: Inbound, said: Leave) -> None:
    """BATAL DAFTAR <PIN>: only who knows the PIN may leave."""
    if not caller.verified_citizen:
        unknown_numbers.greet(desk, caller)
        return
    left = take_off(desk, caller, said.pin, "text")
    if not caller.quiet:  # whoever has just left is still told so: the budget for strangers is not theirs yet
        key = "apply.left" if left else "apply.left_not"
        notices.tell(desk, caller.phone, caller.language, key, unit_of(desk, caller))


def take_off(desk: Desk, caller: Caller, pin: str | None, channel: str) -> bool:
    """Leave the register; returns what the phone is told. With the duress PIN that is not what was done."""
    told, done = pin_cancel.leave(desk, caller, pin, channel)
    if done and caller.citizen is not None:
        caller.citizen.state, caller.citizen.decided_at = citizens.LEFT, desk.now()
        caller.citizen.decided_by = caller.phone
        audit_log.record(desk, caller.phone, "citizen.leave", caller.phone, channel)
    return told


def report(desk: Desk, caller: Caller, row: Inbound, said: TipText) -> None:
    """LAPOR: no emergency; kept for the desk, answered, rings nobody."""
    row.state = inbounds.TO_HUMAN
    keep_tip(desk, caller, said.words, "sms", row)
    unknown_numbers.answer(desk, caller, "tip.received", unit_of(desk, caller))


def keep_tip(desk: Desk, caller: Caller, words: str, channel: str, text: Inbound | None = None) -> Tip:
    """Kept for the desks of the caller's unit, without one for all (see `gateway.monitor.reports`). `text`: what told
    it."""
    tip = Tip(
        phone=caller.phone[:64],
        words=words[:MOST_WORDS],
        channel=channel,
        inbound_id=text.id if text is not None else None,
        verified=caller.verified,
        unit_id=caller.unit_id,
        received_at=desk.now(),
    )
    desk.db.add(tip)
    desk.db.flush()
    return tip


def inform(desk: Desk, caller: Caller, row: Inbound, said: Info) -> None:
    unknown_numbers.answer(desk, caller, "citizen.info", unit_of(desk, caller))


def unit_of(desk: Desk, caller: Caller) -> Unit | None:
    """Where somebody belongs, else the topmost unit."""
    return (desk.db.get(Unit, caller.unit_id) if caller.unit_id else None) or units.topmost(desk.db)
