"""Doors for calls: a call rings in, is picked up, gets keys, ends."""

from __future__ import annotations

from typing import cast

from flask import has_app_context

from gateway import voice
from gateway.carriers.base import Carrier, VoiceCarrier
from gateway.core.messages import Answer, CallEvent, HangUp, Hook, Phase, Script
from gateway.core.outage import Channel, Cry
from gateway.infrastructure.spool import Lane
from gateway.unit_of_work import UnitOfWork
from gateway.web import speech


def heard(uow: UnitOfWork, carrier: Carrier, hook: Hook) -> Answer:
    """Handle an event of a call; the answer says what the phone hears next."""
    line = cast(VoiceCarrier, carrier)
    event = line.read_call(hook)
    return _said(line, voice.heard(uow, event), event, uow)


def cannot_talk(carrier: Carrier, hook: Hook) -> Answer:
    """Answer an event while the database is away.

    An incoming call is in the spool and is rejected as always; on a call of ours the voice says that it failed, or what
    the call is about, if `gateway.outage` has placed it.
    """
    line = cast(VoiceCarrier, carrier)
    event = line.read_call(hook)
    if event.phase is Phase.ENDED:
        return line.answer_call((), event)
    if event.incoming:
        return line.answer_call(voice.REJECT, event)
    said = voice.meanwhile(line) if event.phase is Phase.ANSWERED and not event.attempt else voice.sorry(line)
    return _said(line, (*said, HangUp()), event, None)


def _said(line: VoiceCarrier, script: Script, event: CallEvent, uow: UnitOfWork | None) -> Answer:
    """Return the answer to the carrier. An event out of the spool is handed in by a thread that serves no request, and
    nobody hears its answer."""
    heard_now = has_app_context() and line.plays_sounds
    return line.answer_call(speech.of_this_app().fill(line, script, uow) if heard_now else script, event)


def lane(carrier: Carrier, hook: Hook) -> tuple[Lane, str]:
    """Return where an event of a call waits in the spool, and the other party: a call that comes in may be a panic."""
    event = cast(VoiceCarrier, carrier).read_call(hook)
    if event.phase is Phase.KEY:
        return Lane.ANSWER, event.phone
    return (Lane.PANIC if event.incoming else Lane.REPORT), event.phone


def cry(carrier: Carrier, hook: Hook) -> Cry | None:
    """Return the cry for help that a call which comes in may be, as soon as any event of it arrives."""
    event = cast(VoiceCarrier, carrier).read_call(hook)
    return Cry(Channel.CALL, event.phone, region=event.region) if event.incoming else None
