"""Doors for calls: ringing in, picked up, keys, ended."""

from __future__ import annotations

from typing import cast

from gateway import voice
from gateway.carriers.base import Carrier, VoiceCarrier
from gateway.core.messages import Answer, HangUp, Hook, Phase
from gateway.unit_of_work import UnitOfWork


def heard(uow: UnitOfWork, carrier: Carrier, hook: Hook) -> Answer:
    """Something happened on a call; the answer is what the phone hears next."""
    line = cast(VoiceCarrier, carrier)
    event = line.read_call(hook)
    return line.answer_call(voice.heard(uow, event), event)


def cannot_talk(carrier: Carrier, hook: Hook) -> Answer:
    """The database is away: an incoming call is kept in the spool and rejected as ever, ours says that it failed."""
    line = cast(VoiceCarrier, carrier)
    event = line.read_call(hook)
    if event.phase is Phase.ENDED:
        return line.answer_call((), event)
    return line.answer_call(voice.REJECT if event.incoming else (*voice.sorry(line), HangUp()), event)
