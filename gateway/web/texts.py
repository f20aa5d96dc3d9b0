"""Doors for texts and for the delivery receipts of ours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from gateway import sms
from gateway.carriers.base import Carrier, OptOutCarrier, TextCarrier
from gateway.core.messages import Answer, Hook
from gateway.delivery import delivery_receipts
from gateway.inbound import opt_outs
from gateway.unit_of_work import UnitOfWork


def receive(uow: UnitOfWork, carrier: Carrier, hook: Hook) -> Answer:
    """Handle a text that came in."""
    line = cast(TextCarrier, carrier)
    kept_at = None if hook.kept_at is None else datetime.fromtimestamp(hook.kept_at, UTC)
    sms.receive(uow, line.read_text(hook), kept_at)
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


def nothing(carrier: Carrier, hook: Hook) -> Answer:
    return cast(TextCarrier, carrier).answer_text()
