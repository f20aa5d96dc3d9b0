"""Door for an Android phone as a line: SMSGate and CallGate send every kind of event to one address."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from gateway.carriers.base import Carrier
from gateway.carriers.smsgate import SmsGate
from gateway.core.messages import Answer, Hook
from gateway.unit_of_work import UnitOfWork
from gateway.web import calls, texts

KINDS: dict[str, Callable[[UnitOfWork, Carrier, Hook], Answer]] = {
    "text": texts.receive,
    "report": texts.report,
    "call": calls.heard,
}


def event(uow: UnitOfWork, carrier: Carrier, hook: Hook) -> Answer:
    """Handle one event of the phone. A kind that we do not know (a ping, for example) is answered 200 and ignored."""
    take = KINDS.get(cast(SmsGate, carrier).kind(hook))
    return take(uow, carrier, hook) if take is not None else Answer()


def nothing(carrier: Carrier, hook: Hook) -> Answer:
    return Answer()
