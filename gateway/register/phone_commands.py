"""ROOM: the register as phones use it: apply, leave, report without emergency, ask how it works.

People at a desk decide who is on it: see `gateway.register.decisions`.
"""

from __future__ import annotations

from gateway import notices
from gateway.core.reachability import Way
from gateway.core.sentences.pinless import worded
from gateway.core.words.commands import Apply, Leave
from gateway.core.words.reading import Reading
from gateway.identity import audit_log, pins, reachability
from gateway.identity.callers import Caller
from gateway.inbound import unknown_numbers
from gateway.location import home_unit
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

MOST_WORDS = 2000  # the most characters stored of a report; a text message of ten parts has fewer


def apply(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    """Handle DAFTAR name#identity number#address. The reply says what to bring where, and what we use the data for."""
    written_to, form = units.written_to(uow.db, row.called), said.form(Apply)
    unit = written_to or unit_of(uow, caller)
    if not any(char.isalpha() for char in form.name) or not form.national_id:
        unknown_numbers.answer(uow, caller, "apply.incomplete", unit)
        return
    filed = applications.file(uow, caller, Given(form.name, form.national_id, form.address), "sms")
    if filed is None and not caller.gone:
        row.state = inbounds.TO_HUMAN  # registered already: the number may have changed hands
        unknown_numbers.answer(uow, caller, "apply.already", unit)
        return
    if filed is not None and filed.unit_id is None and written_to is not None:
        filed.unit_id = written_to.id  # whoever works there sees the application
    applications.believe_applied(uow, caller)
    unknown_numbers.answer(uow, caller, "apply.received", unit)
    unknown_numbers.answer(uow, caller, "consent.text", unit)


def leave(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    """Handle BATAL DAFTAR <PIN>: only a sender who knows the PIN may leave."""
    if not caller.verified_citizen:
        unknown_numbers.greet(uow, caller)
        return
    left = take_off(uow, caller, said.form(Leave).pin, "text", row)
    # Somebody who has just left is still told so: the budget for unknown numbers does not count for them yet.
    if reachability.to_caller(uow, caller, Way.ANSWER).allowed:
        key = "apply.left" if left else worded("apply.left_not", pins.has_one(caller.citizen))
        notices.tell(uow, caller.phone, caller.language, key, unit_of(uow, caller))


def take_off(uow: UnitOfWork, caller: Caller, pin: str | None, channel: str, row: Inbound | None = None) -> bool:
    """Take the caller off the register, and return whether to answer that it is done.

    After the duress PIN the answer says so too, but the registration stays. `row` is its text, None for a menu.
    """
    told, done = pin_cancel.leave(uow, caller, pin, channel, row)
    if done and caller.citizen is not None:
        caller.citizen.state, caller.citizen.decided_at = citizens.LEFT, uow.now()
        caller.citizen.decided_by = caller.phone
        audit_log.record(uow, caller.phone, "citizen.leave", caller.phone, channel)
    return told


def report(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    """Handle LAPOR: keep the report for the desk and answer it. It is no emergency and rings nobody."""
    row.state = inbounds.TO_HUMAN
    row.unit_id = keep_report(uow, caller, said.free.body, "sms", row).unit_id
    unknown_numbers.answer(uow, caller, report_received(caller), unit_of(uow, caller))


def report_received(caller: Caller) -> str:
    """Return the key of the answer to a report: only a number whose panic rings officers reads of the panic word."""
    return "tip.received" if caller.verified or caller.desks else "unknown.report_received"


def keep_report(uow: UnitOfWork, caller: Caller, words: str, channel: str, text: Inbound | None = None) -> Report:
    """Store a report for the desks of the caller's unit; for a caller without one for those that the words name, else
    the desks at the top. Return it.

    `text` is the message that it came in. See `gateway.monitor.reports`.
    """
    called = text.called if text is not None else ""
    unit = None if caller.verified else home_unit.of_text(uow, caller, words, called)
    report = Report(
        phone=caller.phone[:64],
        words=words[:MOST_WORDS],
        channel=channel,
        inbound_id=text.id if text is not None else None,
        verified=caller.verified,
        unit_id=unit.id if unit is not None else caller.unit_id,
        received_at=uow.now(),
    )
    uow.db.add(report)
    uow.db.flush()
    return report


def inform(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    """Handle INFO: how this number works for the sender, or how an unregistered number is registered."""
    if caller.verified or caller.desks:
        info = worded("citizen.info", pins.has_one(caller.citizen))
        unknown_numbers.answer(uow, caller, info, unit_of(uow, caller))
    else:
        unknown_numbers.inform(uow, caller)


def unit_of(uow: UnitOfWork, caller: Caller) -> Unit | None:
    """Return the caller's unit, else the topmost one."""
    return (uow.db.get(Unit, caller.unit_id) if caller.unit_id else None) or units.topmost(uow.db)
