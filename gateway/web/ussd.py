"""Doors for USSD sessions."""

from __future__ import annotations

from typing import cast

from gateway import ussd
from gateway.carriers.base import Carrier, UssdCarrier
from gateway.core.messages import Answer, Hook
from gateway.core.outage import Channel, Cry
from gateway.infrastructure.spool import Lane
from gateway.unit_of_work import UnitOfWork


def hop(uow: UnitOfWork, carrier: Carrier, hook: Hook) -> Answer:
    """Handle one step of a session; the answer is the next screen."""
    line = cast(UssdCarrier, carrier)
    screen = ussd.hop(uow, line.read_hop(hook))
    return line.answer_hop(screen.text, screen.more)


def ended(uow: UnitOfWork, carrier: Carrier, hook: Hook) -> Answer:
    """Handle the network's note that a session is over."""
    line = cast(UssdCarrier, carrier)
    ussd.ended(uow, line.read_hop(hook))
    return Answer()


def cannot_talk(carrier: Carrier, hook: Hook) -> Answer:
    """Answer a step while the database is away: the typed text is in the spool, and the screen says what is true."""
    line = cast(UssdCarrier, carrier)
    return line.answer_hop(ussd.spooled(line.read_hop(hook)), more=False)


def nothing(carrier: Carrier, hook: Hook) -> Answer:
    return Answer()


def lane(carrier: Carrier, hook: Hook) -> tuple[Lane, str]:
    """Return where a step waits in the spool, and whose it is: any step may be the panic."""
    return Lane.PANIC, cast(UssdCarrier, carrier).read_hop(hook).phone


def cry(carrier: Carrier, hook: Hook) -> Cry | None:
    """Return what may be a cry for help in a session."""
    step = cast(UssdCarrier, carrier).read_hop(hook)
    return Cry(Channel.USSD, step.phone, step.typed, step.region) if step.phone else None
