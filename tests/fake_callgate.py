"""An Android phone with CallGate on the loopback: one SIM, one call at a time, and signed envelopes."""

from __future__ import annotations

import base64
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fake_smsgate import CallBack, envelope, over_the_wire, sign
from tests.loopback import Asked, Handset, Loopback, Reply


@dataclass
class Dialled:
    """A call that the phone made, by the test's clock (epoch seconds)."""

    to: str
    at: float
    ended_at: float | None = None
    held: list[str] = field(default_factory=list)  # numbers whose calls it was placed on top of


class FakeCallGate(Loopback):
    """The phone keeps what it does: `dialled` in order, and `busy_for`, who rang in and found it busy."""

    def __init__(
        self,
        public_url: str = "https://siaga.example",
        call_back: CallBack = over_the_wire,
        username: str = "siaga",
        password: str = "made-up-password",
        signing_key: str = "made-up-signing-key",
        clock: Callable[[], float] = time.time,
        line: str = "callgate",
        call_waiting: bool = False,
    ) -> None:
        super().__init__()
        self.dialled: list[Dialled] = []
        self.busy_for: list[str] = []
        self._waiting: list[str] = []
        self._key, self._clock, self._call_back, self._call_waiting = signing_key, clock, call_back, call_waiting
        self._basic = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
        self._hook = f"{public_url}/hooks/{line}"
        self._handsets: dict[str, Handset] = {}
        self._ids = itertools.count(1)

    def handset(self, number: str) -> Handset:
        return self._handsets.setdefault(number, Handset(number))

    @property
    def rings(self) -> str:
        """The number that it rings now, or ""."""
        return next((call.to for call in reversed(self.dialled) if call.ended_at is None), "")

    # --- what happens to it

    def ring_in(self, phone: str) -> Reply | None:
        """Somebody calls the phone; None: it was busy, and nobody hears of it."""
        if self.rings and not self._call_waiting:
            self.busy_for.append(phone)
            return None
        self._waiting.append(phone)
        return self.post("call:ringing", phone)

    def gives_up(self, phone: str) -> Reply:
        """Who called the phone hangs up."""
        self._waiting.remove(phone)
        return self.post("call:ended", phone)

    def hangs_up(self) -> Reply:
        """Whom it rings rejects the call, or has picked up and puts the phone down."""
        ended = self._end()
        return self.post("call:ended", ended)

    def post(self, event: str, phone: str | None) -> Reply:
        body = envelope(event, {"phoneNumber": phone}, f"envelope-{next(self._ids)}")
        return self._call_back(self._hook, body, sign(self._key, body, str(int(self._clock()))))

    # --- what it is told

    def respond(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != self._basic:
            return Reply(401, "")
        if asked.path != "/api/v1/calls":
            return Reply(404, "")
        match asked.method:
            case "POST":
                return self._dial(json.loads(asked.body)["call"]["phoneNumber"])
            case "DELETE":
                return self._hang_up()
        return Reply(405, "")

    def _dial(self, to: str) -> Reply:
        """Dial, whatever the phone does at the moment: Android puts a call that it has on hold."""
        if self.handset(to).calls == "refuses":
            return Reply(500, '{"message":"Permission not granted"}')
        held = [call.to for call in self.dialled if call.ended_at is None]
        self.dialled.append(Dialled(to, self._clock(), held=held))
        return Reply(200, json.dumps({"call": {"phoneNumber": to}}))

    def _hang_up(self) -> Reply:
        """End a call that waits, else the one that the phone made."""
        if self._waiting:
            self._waiting.pop()
            return Reply(204)
        return Reply(204) if self._end() else Reply(404, '{"message":"No ringing or active call"}')

    def _end(self) -> str:
        call = next((call for call in reversed(self.dialled) if call.ended_at is None), None)
        if call is None:
            return ""
        call.ended_at = self._clock()
        return call.to
