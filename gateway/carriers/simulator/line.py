"""The simulated line, both ways: a carrier whose phones are in `handsets` and whose people act through `exchange`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from uuid import uuid4

from gateway.carriers import wire
from gateway.carriers.scripts import write_script
from gateway.carriers.simulator.handsets import Handsets
from gateway.carriers.simulator.phones import CallState, Fault, Quirk, SimCall
from gateway.carriers.simulator.wire import JSON, LINE, SIGNATURE, read_fields, read_raw, read_sender, sign
from gateway.core.languages import CODES
from gateway.core.messages import (
    Answer,
    BadHook,
    CallEvent,
    CallOut,
    Delivery,
    DeliveryReceipt,
    Ending,
    Hook,
    Outcome,
    Phase,
    Script,
    Sent,
    TextIn,
    TextOut,
    UssdHop,
)

DELIVERIES = {word.value: word for word in Delivery}
PERMANENT_CODES = frozenset({"unreachable"})
ENDINGS = {word.value: word for word in Ending}
PHASES = {"voice/keys": Phase.KEY, "voice/status": Phase.ENDED}
TALKING_PHASES = {CallState.TALKING.value: Phase.ANSWERED, CallState.ENDED.value: Phase.ENDED}


class Simulator:
    """A text, voice and USSD line with the number `number` (E.164); `public_url` is where the demo's hooks go.

    `sleep` waits out the seconds of a line that was made slow.
    """

    def __init__(
        self,
        key: bytes,
        number: str,
        handsets: Handsets,
        public_url: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = LINE
        self.own_numbers: tuple[str, ...] = (number,)
        self.batch = 50
        self.any_sender = True
        self.languages = frozenset(CODES)
        self.speaks = True
        self.plays_sounds = False
        self.handsets, self.public_url = handsets, public_url
        self._key, self._number, self._sleep = key, number, sleep

    def authentic(self, hook: Hook) -> bool:
        return wire.same_secret(hook.header(SIGNATURE), sign(self._key, hook.body))

    # --- texts

    def read_text(self, hook: Hook) -> TextIn:
        told = read_fields(hook)
        if not (told("body") or told("ref")):
            raise BadHook("a text without words and without an id")
        sender, ref = read_sender(told("from")), self._ref(told("ref"), hook)
        return TextIn(
            LINE, ref, sender, told("to"), told("body"), raw=read_raw(hook), sent_at=wire.moment(told("sent_at"))
        )

    def read_receipt(self, hook: Hook) -> DeliveryReceipt:
        told = read_fields(hook)
        delivery = DELIVERIES.get(told("status"))
        permanent = delivery is Delivery.FAILED and told("code") in PERMANENT_CODES
        ref, code = told("ref")[: wire.REF_LENGTH], told("code")[: wire.CODE_LENGTH]
        attempt, phone = wire.whole(told("attempt"), digits=18), told("to")[: wire.PHONE_LENGTH]
        return DeliveryReceipt(LINE, ref, attempt, delivery, permanent, code, phone, read_raw(hook))

    def answer_text(self) -> Answer:
        return Answer("{}", JSON)

    def send_texts(self, texts: Sequence[TextOut]) -> Sequence[Sent]:
        if len(texts) > self.batch or len({(text.body, text.sender) for text in texts}) > 1:
            self.handsets.violate("a batch was too long or carried different words")
        return self._hand_over([(text.to, partial(self._deliver, text)) for text in texts])

    def _deliver(self, text: TextOut, ref: str) -> None:
        self.handsets.deliver(ref, text.sender or self._number, text)

    # --- calls

    def read_call(self, hook: Hook) -> CallEvent:
        told = read_fields(hook)
        incoming = told("direction") != "outgoing"
        phone, called = (told("from"), told("to")) if incoming else (told("to"), told("from"))
        return CallEvent(
            line=LINE,
            ref=self._ref(told("ref"), hook),
            incoming=incoming,
            phone=read_sender(phone),
            phase=PHASES.get(hook.path) or TALKING_PHASES.get(told("state"), Phase.RINGING),
            called=called,
            attempt=wire.whole(told("attempt"), digits=18),
            digits=told("digits"),
            ending=ENDINGS.get(told("ending")),
            seconds=wire.whole(told("seconds")) or 0,
            sequence=wire.whole(told("sequence")),
            raw=read_raw(hook),
        )

    def answer_call(self, script: Script, event: CallEvent) -> Answer:
        return Answer(write_script(script), JSON)

    def place_call(self, call: CallOut) -> Sent:
        return self._hand_over([(call.to, partial(self._ring, call))])[0]

    def _ring(self, call: CallOut, ref: str) -> None:
        now = self.handsets.clock()
        until = now + timedelta(seconds=call.ring_seconds)
        rung = self.handsets.ring(SimCall(ref, call.to, "in", self._number, now, until, attempt=call.attempt))
        if rung.state is CallState.ENDED:
            self._owe_ending(rung)
        else:
            self.handsets.owed.add("voice", rung.told(), now)

    def cancel_call(self, ref: str) -> bool:
        now = self.handsets.clock()
        call = self.handsets.call(ref)
        if call is None or call.direction != "in" or call.state is not CallState.RINGING:
            return False
        ended = self.handsets.end(call, Ending.CANCELLED, now)
        if ended is not None:
            self._owe_ending(ended)
        return ended is not None

    def _owe_ending(self, call: SimCall) -> None:
        self.handsets.owed.add("voice/status", call.told_ending(), self.handsets.clock())

    # --- USSD

    def read_hop(self, hook: Hook) -> UssdHop:
        told = read_fields(hook)
        session, ended = self._ref(told("session"), hook), hook.path == "ussd/end"
        return UssdHop(LINE, session, read_sender(told("from")), told("code"), told("typed"), ended, raw=read_raw(hook))

    def answer_hop(self, screen: str, more: bool) -> Answer:
        return Answer(json.dumps({"screen": screen, "more": more}), JSON)

    # --- handing over

    def _hand_over(self, things: Sequence[tuple[str, Callable[[str], None]]]) -> list[Sent]:
        line = self.handsets.line(self._number)
        if line.slow_seconds:
            self._sleep(line.slow_seconds)
        if line.fault is Fault.DOWN:
            return [Sent(Outcome.REFUSED, code="line_down") for _ in things]
        if line.fault is Fault.SWALLOWS_LOST:
            return [wire.TIMED_OUT for _ in things]
        answers = [self._take(to, put) for to, put in things]
        return [wire.TIMED_OUT for _ in things] if line.fault is Fault.SWALLOWS_DELIVERED else answers

    def _take(self, to: str, put: Callable[[str], None]) -> Sent:
        if not wire.dialable(to):
            return wire.BAD_NUMBER
        if self.handsets.quirk(to) is Quirk.REFUSES:
            return Sent(Outcome.PERMANENT, code="unreachable")
        ref = uuid4().hex
        put(ref)
        return Sent(Outcome.ACCEPTED, ref)

    def _ref(self, told: str, hook: Hook) -> str:
        """Return the network's id, else one made of the words, which is the same for a repeat of the same hook."""
        return wire.reference(told, hook.path, read_raw(hook), at=self.handsets.clock().timestamp())
