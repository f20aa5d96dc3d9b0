"""Run calls on the simulated network: ringing, talking, keys, and the gateway's scripts spoken step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from gateway.carriers.scripts import read_script
from gateway.carriers.simulator.handsets import Handsets
from gateway.carriers.simulator.hooks import Hooks
from gateway.carriers.simulator.phones import CallState, Owed, SimCall
from gateway.core.messages import Ask, Bridge, Ending, Reject, Say, Script

REFUSED = (Reject(),)
TALK_LIMIT = timedelta(seconds=600)  # two phones put through, then forgotten, must not stay busy for good
RUNG_OUT = {"in": Ending.NO_ANSWER, "out": Ending.CANCELLED}  # a caller who gives up takes the call back
HUNG_UP = {
    ("in", CallState.RINGING): Ending.REJECTED,
    ("out", CallState.RINGING): Ending.CANCELLED,
    ("in", CallState.TALKING): Ending.COMPLETED,
    ("out", CallState.TALKING): Ending.COMPLETED,
}


class Calls:
    def __init__(self, handsets: Handsets, hooks: Hooks, number: str, speech: Callable[[str], float]) -> None:
        self._handsets, self._hooks, self._number, self._speech = handsets, hooks, number, speech
        for path in ("voice", "voice/keys"):
            hooks.follow[path] = self._heard
            hooks.give_up[path] = self._broken

    # --- what people do

    def dial(self, phone: str, for_seconds: float) -> SimCall | None:
        now = self._handsets.clock()
        until = now + timedelta(seconds=for_seconds)
        call = self._handsets.ring(SimCall(uuid4().hex, phone, "out", self._number, now, until))
        self._hooks.tell("voice", call.told(), now, about=call.ref)
        return self._handsets.call(call.ref)

    def pick_up(self, call: SimCall) -> bool:
        now = self._handsets.clock()
        talking = self._handsets.change(replace(call, state=CallState.TALKING, answered=now))
        if talking and not talking.parent:  # the line does not hear of the phone that it puts through to
            self._hooks.tell("voice", talking.told(), now, about=talking.ref)
        return talking is not None

    def hang_up(self, call: SimCall) -> bool:
        return self._end(call, HUNG_UP[call.direction, call.state], self._handsets.clock()) is not None

    def press(self, call: SimCall, key: str) -> bool:
        if call.listening_until:
            return self._key(call, key, self._handsets.clock())
        return self._handsets.change(replace(call, keys=call.keys + key)) is not None

    # --- what the network does by itself

    def tick(self, now: datetime) -> None:
        for call in self._handsets.calls_in(CallState.RINGING):
            if call.ring_until <= now:
                self._end(call, RUNG_OUT[call.direction], now)
        for call in self._handsets.calls_in(CallState.TALKING):
            if call.parent:
                self._limit(call, now)
            else:
                self._carry_on(call, now)

    def _limit(self, leg: SimCall, now: datetime) -> None:
        parent = self._handsets.call(leg.parent)
        alone = parent is None or parent.state is CallState.ENDED
        if alone or (leg.answered and leg.answered + TALK_LIMIT <= now):
            self._end(leg, Ending.COMPLETED, now)

    def _carry_on(self, call: SimCall, now: datetime) -> None:
        leg = self._handsets.call(call.leg)
        if leg and leg.state is CallState.ENDED:
            self._come_back(leg, now)
        elif call.listening_until and call.listening_until <= now:
            self._key(call, "", now)
        elif not call.idle(now) or self._handsets.owed.about(call.ref):
            return
        elif call.steps:
            self._play(call, now)
        else:
            self._end(call, Ending.COMPLETED, now)

    def _key(self, call: SimCall, digits: str, now: datetime) -> bool:
        """Tell the gateway a key, or that the time for one ran out; only its answer decides what comes next."""
        keys = call.keys + digits
        pressed = self._handsets.change(replace(call, keys=keys, speaks_until=None, listening_until=None))
        if pressed:
            self._hooks.tell("voice/keys", pressed.told(digits=digits), now, about=call.ref)
        return pressed is not None

    def _heard(self, owed: Owed, answer: bytes, now: datetime) -> None:
        """Follow what the gateway answered: reject the caller, let it ring on, or speak."""
        call, script = self._handsets.call(owed.about), self._read(answer)
        if call is None or call.state is CallState.ENDED:
            return
        if call.state is CallState.TALKING:
            self._play(replace(call, steps=script), now)
        elif script == REFUSED:
            self._end(call, Ending.REJECTED, now)
        elif script:
            self._play(replace(call, steps=script, state=CallState.TALKING, answered=now), now)

    def _read(self, answer: bytes) -> Script:
        try:
            return read_script(answer)
        except ValueError:
            self._handsets.violate("a voice hook was answered with something that is no script")
            return ()

    def _broken(self, owed: Owed, now: datetime) -> None:
        call = self._handsets.call(owed.about)
        if call and call.state is not CallState.ENDED:
            self._end(call, Ending.FAILED, now)

    # --- scripts

    def _play(self, call: SimCall, now: datetime) -> None:
        """Speak and do step after step until one has to be waited for."""
        while call.steps and call.idle(now):
            step, call = call.steps[0], replace(call, steps=call.steps[1:])
            if not isinstance(step, Say | Ask | Bridge):
                self._end(call, Ending.COMPLETED, now)
                return
            call = self._do(call, step, now)
        self._handsets.change(call)

    def _do(self, call: SimCall, step: Say | Ask | Bridge, now: datetime) -> SimCall:
        if isinstance(step, Bridge):
            return self._put_through(call, step, now)
        until = max(now, call.speaks_until or now) + timedelta(seconds=self._speech(step.text))
        call = replace(call, said=(*call.said, step.text), language=step.language, speaks_until=until)
        if isinstance(step, Ask):
            return replace(call, listening_until=until + timedelta(seconds=step.seconds))
        return call

    def _put_through(self, call: SimCall, step: Bridge, now: datetime) -> SimCall:
        until = now + timedelta(seconds=step.ring_seconds)
        leg = self._handsets.ring(SimCall(uuid4().hex, step.to, "in", self._number, now, until, parent=call.ref))
        return replace(call, leg="" if leg.state is CallState.ENDED else leg.ref)

    # --- endings

    def _end(self, call: SimCall, ending: Ending, now: datetime) -> SimCall | None:
        ended = self._handsets.end(call, ending, now)
        if ended is None:
            return None
        if ended.parent:
            self._come_back(ended, now)
            return ended
        self._hooks.tell("voice/status", ended.told_ending(), now)
        leg = self._handsets.call(ended.leg)
        if leg and leg.state is not CallState.ENDED:
            self._end(leg, Ending.COMPLETED if leg.answered else Ending.CANCELLED, now)
        return ended

    def _come_back(self, leg: SimCall, now: datetime) -> None:
        """Go on with the steps behind the Bridge, because the other phone is gone; end the call when there are none."""
        parent = self._handsets.call(leg.parent)
        if parent and parent.state is CallState.TALKING and parent.leg == leg.ref:
            self._play(replace(parent, leg=""), now)
