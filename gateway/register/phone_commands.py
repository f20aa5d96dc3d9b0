"""ROOM: the whitelist, as phones use it. Apply, leave, report without emergency, ask how it works.

Who is on it is decided by people: see `gateway.register.decisions`.
"""

from __future__ import annotations

from gateway import notices
from gateway.core.words.commands import Apply, Leave
from gateway.core.words.reading import Reading
from gateway.identity import audit_log
from gateway.identity.callers import Caller
from gateway.inbound import unknown_numbers
from gateway.models import citizen as citizens
from gateway.models import inbound as inbounds
from gateway.models import unit as units
from gateway.models.inbound import Inbound
from gateway.models.report import Report
from gateway.models.unit import Unit
from gateway.register import applications
from gateway.register.applications import Given
from gateway.responses import pin_cancel
from gateway.unit_of_work import UnitOfWork

MOST_WORDS = 2000  # characters of a report that are kept; a text message of ten parts has fewer


def apply(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    """DAFTAR name#identity number#address. The applicant hears what to bring where, and what the data are for."""
    unit, form = unit_of(uow, caller), said.form(Apply)
    if not any(char.isalpha() for char in form.name) or not form.national_id:
        unknown_numbers.answer(uow, caller, "apply.incomplete", unit)
        return
    filed = applications.file(uow, caller, Given(form.name, form.national_id, form.address), "sms")
    if filed is None and not caller.gone:
        row.state = inbounds.TO_HUMAN  # registered already: the number may have changed hands
        unknown_numbers.answer(uow, caller, "apply.already", unit)
        return
    unknown_numbers.answer(uow, caller, "apply.received", unit)
    unknown_numbers.answer(uow, caller, "consent.text", unit)


def leave(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    """BATAL DAFTAR <PIN>: only who knows the PIN may leave."""
    if not caller.verified_citizen:
        unknown_numbers.greet(uow, caller)
        return
    left = take_off(uow, caller, said.form(Leave).pin, "text")
    if not caller.quiet:  # whoever has just left is still told so: the budget for strangers is not theirs yet
        key = "apply.left" if left else "apply.left_not"
        notices.tell(uow, caller.phone, caller.language, key, unit_of(uow, caller))


def take_off(uow: UnitOfWork, caller: Caller, pin: str | None, channel: str) -> bool:
    """Leave the register; returns what the phone is told. With the duress PIN that is not what was done."""
    told, done = pin_cancel.leave(uow, caller, pin, channel)
    if done and caller.citizen is not None:
        caller.citizen.state, caller.citizen.decided_at = citizens.LEFT, uow.now()
        caller.citizen.decided_by = caller.phone
        audit_log.record(uow, caller.phone, "citizen.leave", caller.phone, channel)
    return told


def report(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    """LAPOR: no emergency; kept for the desk, answered, rings nobody."""
    row.state = inbounds.TO_HUMAN
    keep_report(uow, caller, said.free.body, "sms", row)
    unknown_numbers.answer(uow, caller, "tip.received", unit_of(uow, caller))


def keep_report(uow: UnitOfWork, caller: Caller, words: str, channel: str, text: Inbound | None = None) -> Report:
    """Kept for the desks of the caller's unit, without one for all (see `gateway.monitor.reports`). `text`: what told
    it."""
    report = Report(
        phone=caller.phone[:64],
        words=words[:MOST_WORDS],
        channel=channel,
        inbound_id=text.id if text is not None else None,
        verified=caller.verified,
        unit_id=caller.unit_id,
        received_at=uow.now(),
    )
    uow.db.add(report)
    uow.db.flush()
    return report


def inform(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    unknown_numbers.answer(uow, caller, "citizen.info", unit_of(uow, caller))


def unit_of(uow: UnitOfWork, caller: Caller) -> Unit | None:
    """Where somebody belongs, else the topmost unit."""
    return (uow.db.get(Unit, caller.unit_id) if caller.unit_id else None) or units.topmost(uow.db)
