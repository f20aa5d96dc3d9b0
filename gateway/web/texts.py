"""Doors for texts and the reports about ours."""

from __future__ import annotations

from typing import cast

from gateway import sms
from gateway.carriers.base import Carrier, TextCarrier
from gateway.core.messages import Answer, Hook
from gateway.delivery import delivery_receipts
from gateway.unit_of_work import Desk


def receive(desk: Desk, carrier: Carrier, hook: Hook) -> Answer:
    """A text came in."""
    line = cast(TextCarrier, carrier)
    sms.receive(desk, line.read_text(hook))
    return line.answer_text()


def report(desk: Desk, carrier: Carrier, hook: Hook) -> Answer:
    """What became of a text of ours."""
    line = cast(TextCarrier, carrier)
    delivery_receipts.note(desk, line.read_report(hook))
    return line.answer_text()


def nothing(carrier: Carrier, hook: Hook) -> Answer:
    return cast(TextCarrier, carrier).answer_text()
