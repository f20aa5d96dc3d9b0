"""Door for an Android phone as a line: SMSGate and CallGate send every kind of event to one address."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from gateway.carriers.base import Carrier, EnvelopeCarrier
from gateway.core.messages import Answer, Hook
from gateway.core.outage import Cry
from gateway.infrastructure.spool import Lane
from gateway.unit_of_work import UnitOfWork
from gateway.web import calls, texts

KINDS: dict[str, Callable[[UnitOfWork, Carrier, Hook], Answer]] = {
    "text": texts.receive,
    "report": texts.report,
    "call": calls.heard,
}


def event(uow: UnitOfWork, carrier: Carrier, hook: Hook) -> Answer:
    """Handle one event of the phone. A kind that we do not know (a ping, for example) is answered 200 and ignored."""
    take = KINDS.get(cast(EnvelopeCarrier, carrier).kind(hook))
    return take(uow, carrier, hook) if take is not None else Answer()


def nothing(carrier: Carrier, hook: Hook) -> Answer:
    return Answer()


LANES: dict[str, Callable[[Carrier, Hook], tuple[Lane, str]]] = {
    "text": texts.lane,
    "report": texts.reports,
    "call": calls.lane,
}


def lane(carrier: Carrier, hook: Hook) -> tuple[Lane, str]:
    """Return where an event waits in the spool, and whose it is."""
    of_kind = LANES.get(cast(EnvelopeCarrier, carrier).kind(hook), texts.reports)
    return of_kind(carrier, hook)


CRIES: dict[str, Callable[[Carrier, Hook], Cry | None]] = {"text": texts.cry, "call": calls.cry}


def cry(carrier: Carrier, hook: Hook) -> Cry | None:
    """Return what may be a cry for help in an event."""
    of_kind = CRIES.get(cast(EnvelopeCarrier, carrier).kind(hook))
    return of_kind(carrier, hook) if of_kind is not None else None
