"""An Android phone with SMSGate and CallGate on the loopback: the third-party API, and signed envelopes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import requests

from tests.loopback import Asked, Handset, Loopback, Reply

# (address, body, headers) -> the gateway's answer
CallBack = Callable[[str, bytes, Mapping[str, str]], Reply]


def over_the_wire(url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    answer = requests.post(url, data=body, headers=dict(headers), timeout=10)
    return Reply(answer.status_code, answer.text, answer.headers.get("Content-Type", ""))


def envelope(event: str, payload: Mapping[str, object], id: str) -> bytes:
    told = {"deviceId": "made-up-device", "event": event, "id": id, "webhookId": "made-up-webhook", "payload": payload}
    return json.dumps(told, separators=(",", ":")).encode()


def sign(key: str, body: bytes, stamp: str) -> dict[str, str]:
    digest = hmac.new(key.encode(), body + stamp.encode(), hashlib.sha256).hexdigest()
    return {"X-Timestamp": stamp, "X-Signature": digest, "Content-Type": "application/json"}


@dataclass
class Text:
    id: str
    to: str
    body: str


class FakeSmsGate(Loopback):
    def __init__(
        self,
        public_url: str = "https://siaga.example",
        call_back: CallBack = over_the_wire,
        username: str = "siaga",
        password: str = "made-up-password",
        signing_key: str = "made-up-signing-key",
        clock: Callable[[], float] = time.time,
        line: str = "smsgate",
    ) -> None:
        super().__init__()
        self.texts: list[Text] = []
        self._key, self._clock, self._call_back = signing_key, clock, call_back
        self._basic = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
        self._hook = f"{public_url}/hooks/{line}"
        self._handsets: dict[str, Handset] = {}
        self._ids = itertools.count(1)

    def handset(self, number: str) -> Handset:
        return self._handsets.setdefault(number, Handset(number))

    def text_in(self, sender: str, body: str) -> Reply:
        # derived from the words, so equal for equal words, as in the app
        made = hashlib.sha256(body.encode()).hexdigest()[:16]
        payload = {"messageId": made, "message": body, "sender": sender, "recipient": None, "simNumber": 1}
        return self.post("sms:received", payload | {"receivedAt": "2026-11-22T15:00:00.000+07:00"})

    def ring_in(self, phone: str) -> Reply:
        return self.post("call:ringing", {"phoneNumber": phone})

    def report(self, text: Text, event: str = "sms:delivered", **more: str) -> Reply:
        return self.post(event, {"messageId": text.id, "recipient": text.to, **more})

    def post(self, event: str, payload: Mapping[str, object]) -> Reply:
        body = envelope(event, payload, f"envelope-{next(self._ids)}")
        return self._call_back(self._hook, body, sign(self._key, body, str(int(self._clock()))))

    def respond(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != self._basic:
            return Reply(401, '{"message":"Unauthorized"}')
        if asked.path != "/3rdparty/v1/messages":
            return Reply(404, '{"message":"Not found"}')
        if asked.method == "GET":
            return Reply(200, "[]")
        message = json.loads(asked.body)
        (to,) = message["phoneNumbers"]
        state = "Failed" if self.handset(to).texts == "failed" else "Pending"
        if state == "Pending":
            self.texts.append(Text(message["id"], to, message["textMessage"]["text"]))
            self.handset(to).received.append(message["textMessage"]["text"])
        return Reply(202, json.dumps({"id": message["id"], "state": state, "recipients": []}))
