"""An Asterisk on the loopback: ARI with channels, the phones behind its trunk, and the hooks of the process `switch`.

A test is the people: it picks up, presses and hangs up. What a call hears stands in `said`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import requests

from gateway.carriers.scripts import read_script
from gateway.core.messages import Ask, Bridge, HangUp, Reject, Say, Script
from tests.loopback import Asked, Handset, Loopback, Reply

# (address, body, headers) -> the gateway's answer
CallBack = Callable[[str, bytes, Mapping[str, str]], Reply]
NORMAL, BUSY, ABSENT, REFUSED, RANG_OUT = 16, 17, 20, 21, 0  # Q.850
CAUSES = {"busy": BUSY, "absent": ABSENT, "refuses": REFUSED}


def over_the_wire(url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    answer = requests.post(url, data=body, headers=dict(headers), timeout=10)
    return Reply(answer.status_code, answer.text, answer.headers.get("Content-Type", ""))


def sign(key: str, body: bytes, stamp: str) -> dict[str, str]:
    digest = hmac.new(key.encode(), body + stamp.encode(), hashlib.sha256).hexdigest()
    return {"X-Timestamp": stamp, "X-Signature": digest, "Content-Type": "application/json"}


@dataclass
class Channel:
    id: str
    phone: str
    state: str = "Ringing"
    incoming: bool = False
    said: list[str] = field(default_factory=list)
    asks: bool = False  # it waits for a key
    bridged_to: str = ""
    cause: int | None = None  # it is over

    @property
    def sid(self) -> str:
        return self.id


class FakeAsterisk(Loopback):
    """`held`: a process `switch` holds the line's events. In trouble it shows what is looked at, and takes no order."""

    def __init__(
        self,
        public_url: str = "https://siaga.example",
        call_back: CallBack = over_the_wire,
        username: str = "siaga",
        password: str = "made-up-password",
        hook_key: str = "made-up-hook-key",
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self.held = True
        self.channels: dict[str, Channel] = {}
        self.calls: list[Channel] = []  # every one that there was
        self.variables: dict[str, str] = {}
        self.orders: list[str] = []  # what was asked of bridges, playbacks and channels
        self._key, self._clock, self._call_back = hook_key, clock, call_back
        self._basic = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
        self._hooks = f"{public_url}/hooks/asterisk"
        self._handsets: dict[str, Handset] = {}
        self._ids = itertools.count(1)
        self._lock = threading.Lock()

    def handset(self, number: str) -> Handset:
        return self._handsets.setdefault(number, Handset(number))

    # --- what people do

    def to(self, phone: str) -> Channel:
        """The newest call to this phone."""
        return next(call for call in reversed(self.calls) if call.phone == phone)

    def ring_in(self, phone: str) -> Channel:
        """A phone rings us; the answer is carried out."""
        channel = Channel(f"17958.{next(self._ids)}", phone, "Ring", incoming=True)
        self._add(channel)
        script = self._tell("voice", channel, "ringing")
        if not script or isinstance(script[0], Reject):
            self.hang_up(channel, BUSY)
        else:
            channel.state = "Up"
            self._carry_out(channel, script)
        return channel

    def pick_up(self, channel: Channel) -> None:
        channel.state = "Up"
        self._carry_out(channel, self._tell("voice", channel, "answered"))

    def press(self, channel: Channel, key: str) -> None:
        """A key, or "" for none in time."""
        assert channel.asks, channel
        self._carry_out(channel, self._tell("voice/keys", channel, "key", digits=key))

    def hang_up(self, channel: Channel, cause: int = NORMAL) -> None:
        with self._lock:
            self.channels.pop(channel.id, None)
        answered = "1" if channel.state == "Up" else "0"
        channel.cause, channel.asks = cause, False
        self._tell("voice/status", channel, "ended", cause=str(cause), answered=answered, rang="1")

    def post(self, path: str, fields: Mapping[str, str]) -> Reply:
        body = json.dumps(fields, separators=(",", ":")).encode()
        return self._call_back(f"{self._hooks}/{path}", body, sign(self._key, body, str(int(self._clock()))))

    def _tell(self, path: str, channel: Channel, event: str, **more: str) -> Script:
        direction = "incoming" if channel.incoming else "outgoing"
        fields = {"call": channel.id, "direction": direction, "phone": channel.phone, "event": event, **more}
        reply = self.post(path, fields)
        return read_script(reply.body) if reply.status == 200 else ()

    def _carry_out(self, channel: Channel, script: Script) -> None:
        channel.asks = False
        for step in script:
            match step:
                case Say():
                    channel.said.append(step.text)
                case Ask():
                    channel.said.append(step.text)
                    channel.asks = True
                    return
                case Bridge():
                    channel.bridged_to = step.to
                    return
                case HangUp() | Reject():
                    break
        self.hang_up(channel)

    def _add(self, channel: Channel) -> None:
        with self._lock:
            self.channels[channel.id] = channel
            self.calls.append(channel)

    # --- ARI

    def unwell(self, asked: Asked) -> Reply | None:
        return super().unwell(asked) if asked.method == "POST" else None

    def respond(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != self._basic:
            return Reply(401, '{"message":"Authentication required"}')
        path = asked.path.removeprefix("/ari/")
        if path.startswith("applications/"):
            return Reply(200, "{}") if self.held else Reply(404, '{"message":"Application not found"}')
        if path in ("channels", "bridges"):
            return Reply(
                200, json.dumps([self._shown(one) for one in self.channels.values()] if path[0] == "c" else [])
            )
        if path == "asterisk/info":
            return Reply(200, '{"system": {"version": "made up"}}')
        if path == "asterisk/variable":
            return self._variable(asked)
        if name := re.fullmatch("channels/([^/]+)", path):
            return self._channel(asked, name[1])
        self.orders.append(f"{asked.method} {path} {asked.value('media') or asked.value('channel')}".strip())
        return Reply(204)

    def _variable(self, asked: Asked) -> Reply:
        name = asked.value("variable")
        if asked.method == "POST":
            self.variables[name] = asked.value("value")
            return Reply(204)
        return Reply(200, json.dumps({"value": self.variables.get(name, "")}))

    def _channel(self, asked: Asked, name: str) -> Reply:
        channel = self.channels.get(name)
        if asked.method == "POST":
            return self._originate(asked, name)
        if channel is None:
            return Reply(404, '{"message":"Channel not found"}')
        if asked.method == "DELETE":
            self.orders.append(f"DELETE channels/{name} {asked.value('reason')}")
            with self._lock:
                self.channels.pop(name)
            channel.cause = NORMAL
            return Reply(204)
        return Reply(200, json.dumps(self._shown(channel)))

    def _originate(self, asked: Asked, name: str) -> Reply:
        if name in self.channels:
            return Reply(409, '{"message":"Channel with given unique ID already exists"}')
        number = re.fullmatch(r"PJSIP/([+][0-9]+)@trunk", asked.value("endpoint"))
        assert number, asked
        channel = Channel(name, number[1])
        self._add(channel)
        if self.handset(channel.phone).calls in CAUSES:
            channel.cause = CAUSES[self.handset(channel.phone).calls]
        return Reply(200, json.dumps(self._shown(channel)))

    def _shown(self, channel: Channel) -> dict[str, object]:
        return {"id": channel.id, "state": channel.state, "caller": {"number": channel.phone}, "dialplan": {}}
