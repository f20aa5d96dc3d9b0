"""Doors for texts and for the delivery receipts of ours."""

from __future__ import annotations

from typing import cast

from gateway import sms
from gateway.carriers.base import Carrier, OptOutCarrier, TextCarrier
from gateway.core.messages import Answer, Hook
from gateway.core.outage import Channel, Cry
from gateway.core.words.reading import read
from gateway.delivery import delivery_receipts
from gateway.inbound import opt_outs
from gateway.infrastructure.spool import Lane
from gateway.unit_of_work import UnitOfWork


def receive(uow: UnitOfWork, carrier: Carrier, hook: Hook) -> Answer:
    """Handle a text that came in."""
    line = cast(TextCarrier, carrier)
    sms.receive(uow, line.read_text(hook))
    return line.answer_text()


def report(uow: UnitOfWork, carrier: Carrier, hook: Hook) -> Answer:
    """Handle a delivery receipt for a text of ours."""
    line = cast(TextCarrier, carrier)
    delivery_receipts.note(uow, line.read_receipt(hook))
    return line.answer_text()


def opted_out(uow: UnitOfWork, carrier: Carrier, hook: Hook) -> Answer:
    """Handle a carrier's note that a number wants no more texts."""
    opt_outs.note_carriers(uow, cast(OptOutCarrier, carrier).read_opt_out(hook))
    return Answer()


def lane(carrier: Carrier, hook: Hook) -> tuple[Lane, str]:
    """Return where a text waits in the spool, and its sender: what is clearly an answer or a command waits behind what
    may be a cry for help."""
    text = cast(TextCarrier, carrier).read_text(hook)
    said = read(text.body)
    answers = said.panic is None and (said.command is not None or said.answer is not None)
    return (Lane.ANSWER if answers else Lane.PANIC), text.sender


def cry(carrier: Carrier, hook: Hook) -> Cry | None:
    """Return what may be a cry for help in a text."""
    text = cast(TextCarrier, carrier).read_text(hook)
    return Cry(Channel.TEXT, text.sender, text.body, text.region)


def reports(carrier: Carrier, hook: Hook) -> tuple[Lane, str]:
    """Return the same for a delivery receipt."""
    return Lane.REPORT, ""


def nothing(carrier: Carrier, hook: Hook) -> Answer:
    return cast(TextCarrier, carrier).answer_text()
