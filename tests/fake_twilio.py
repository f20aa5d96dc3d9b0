"""Twilio on the loopback: the REST resources that we use, its call-backs, its signature, and TwiML carried out.

Statuses, codes and magic numbers as Twilio documents them. Nothing happens by itself: a test says what the phone
does next (`call.answers()`), so that a story has no sleeps in it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.loopback import Asked, CallBack, Handset, Loopback, Reply, over_the_wire

TEXT_ERRORS = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
CALL_ERRORS = {
    "+15005550001": 21217,
    "+15005550002": 21214,
    "+15005550003": 21215,
    "+15005550004": 21216,
}
OVER = ("completed", "busy", "no-answer", "failed", "canceled")
LEFT_RINGING = {"busy": ("busy", "486"), "absent": ("no-answer", "487"), "refuses": ("busy", "603")}


@dataclass
class Text:
    sid: str
    to: str
    sender: str
    body: str
    status: str
    callback: str
    validity: str


@dataclass
class Call:
    """One call, either way, from the phone's side: `heard` is what was said to it."""

    twilio: FakeTwilio
    sid: str
    phone: str
    ours: str
    incoming: bool
    status: str = "queued"
    url: str = ""
    callback: str = ""
    events: frozenset[str] = frozenset()
    heard: list[str] = field(default_factory=list)
    bridged_to: str = ""
    _action: str = ""
    _finishing_key: str = "#"
    _sequence: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def listening(self) -> bool:
        return bool(self._action) and not self.over

    @property
    def over(self) -> bool:
        return self.status in OVER

    def rings(self) -> None:
        self._becomes("ringing", "ringing")

    def answers(self) -> None:
        """Somebody, or a machine, picks up: Twilio tells, then asks what to say."""
        self.rings()
        self._becomes("in-progress", "answered")
        self.carry_out(self.twilio.post(self.url, self.fields()).body)

    def presses(self, digit: str) -> None:
        assert self.listening, "nobody asked for a key"
        action, self._action = self._action, ""
        digits = "" if digit == self._finishing_key else digit
        self.carry_out(self.twilio.post(action, {**self.fields(), "Digits": digits}).body)

    def keeps_silent(self) -> None:
        self.presses("")

    def hangs_up(self, seconds: int = 20) -> None:
        self._ends("completed", CallDuration=str(seconds), Duration="1")

    def is_left_ringing(self) -> None:
        """As the handset is set: busy, absent (no answer) or refuses."""
        status, sip = LEFT_RINGING[self.twilio.handset(self.phone).calls]
        self._ends(status, SipResponseCode=sip, CallDuration="0")

    def carry_out(self, twiml: str) -> None:
        """Do what the TwiML says, up to the first thing that waits for the phone."""
        for verb in ET.fromstring(twiml.encode()):
            self.heard += [said.text or "" for said in verb.iter("Say")]
            if verb.tag == "Reject":
                return self._ends(verb.get("reason", "rejected"))
            if verb.tag == "Gather":
                self._action, self._finishing_key = verb.attrib["action"], verb.get("finishOnKey", "#")
                return None
            if verb.tag == "Dial":
                self.bridged_to = verb.findtext("Number") or verb.text or ""
                return None
        return self.hangs_up()

    def cancel(self, wanted: str) -> None:
        """Our request to end it: `canceled` spares a call that was answered, and a queued one ends without a word."""
        if wanted == "canceled" and self.status == "queued":
            self.status = "canceled"
        elif (wanted == "canceled" and self.status == "ringing") or wanted == "completed":
            self._ends(wanted)

    def fields(self) -> dict[str, str]:
        sender, to = (self.phone, self.ours) if self.incoming else (self.ours, self.phone)
        direction = "inbound" if self.incoming else "outbound-api"
        base = {"CallSid": self.sid, "AccountSid": self.twilio.account_sid, "ApiVersion": "2010-04-01"}
        parties = {"From": sender, "To": to, "Caller": sender, "Called": to, "FromCity": "", "ToCity": ""}
        return base | parties | {"CallStatus": self.status, "Direction": direction}

    def _becomes(self, status: str, event: str, **more: str) -> None:
        self.status = status
        if self.callback and event in self.events:
            progress = {"SequenceNumber": str(next(self._sequence)), "CallbackSource": "call-progress-events"}
            stamp = {"Timestamp": "Sun, 22 Nov 2026 08:00:00 +0000"}
            self.twilio.post(self.callback, self.fields() | progress | stamp | more)

    def _ends(self, status: str, **more: str) -> None:
        if not self.over:
            self._becomes(status, "completed", **more)


def sign(token: str, url: str, fields: Mapping[str, str]) -> str:
    """Twilio's signature: HMAC-SHA1 over the address and every field, by name, without separators."""
    signed = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


class FakeTwilio(Loopback):
    """`call_back` carries its requests to the gateway at `public_url`; `handset(number)` sets how a phone behaves.

    `parts`: how many messages a text is told to be; `usage`, `left`: the total price and the balance, amount and unit.
    """

    def __init__(
        self,
        public_url: str = "https://siaga.example",
        call_back: CallBack = over_the_wire,
        account_sid: str = "AC" + "1" * 32,
        auth_token: str = "made-up-token",
        number: str = "+15005550006",
    ) -> None:
        super().__init__()
        self.public_url, self.account_sid, self.auth_token, self.number = public_url, account_sid, auth_token, number
        self.texts: list[Text] = []
        self.calls: list[Call] = []
        self.parts, self.usage, self.left = "1", ("12.34567", "usd"), ("48.1", "USD")
        self._call_back = call_back
        self._handsets: dict[str, Handset] = {}
        self._ids = itertools.count(1)

    def handset(self, number: str) -> Handset:
        return self._handsets.setdefault(number, Handset(number))

    # --- the phones' side ---

    def text_in(self, sender: str, body: str, **more: str) -> Reply:
        sid = more.get("MessageSid") or self._sid("SM")
        known = {"SmsSid": sid, "SmsMessageSid": sid, "AccountSid": self.account_sid, "ApiVersion": "2010-04-01"}
        text = {"MessageSid": sid, "From": sender, "To": self.number, "Body": body, "NumMedia": "0", "NumSegments": "1"}
        return self.post(f"{self.public_url}/hooks/twilio/sms", known | text | {"SmsStatus": "received"} | more)

    def ring_in(self, phone: str) -> Call:
        """A phone calls our number; the gateway says what to do before anything is picked up."""
        call = Call(self, self._sid("CA"), phone, self.number, incoming=True, status="ringing")
        call.callback, call.events = f"{self.public_url}/hooks/twilio/voice/status", frozenset({"completed"})
        self.calls.append(call)
        call.carry_out(self.post(f"{self.public_url}/hooks/twilio/voice", call.fields()).body)
        return call

    def report(self, text: Text, status: str = "", error: str = "") -> Reply:
        """Tell how a text fared; by default as its handset is set."""
        text.status = status or self.handset(text.to).texts
        fields = {"MessageSid": text.sid, "SmsSid": text.sid, "MessageStatus": text.status, "SmsStatus": text.status}
        parties = {"AccountSid": self.account_sid, "From": text.sender, "To": text.to, "ApiVersion": "2010-04-01"}
        return self.post(text.callback, fields | parties | ({"ErrorCode": error} if error else {}))

    def post(self, url: str, fields: Mapping[str, str]) -> Reply:
        return self._call_back(url, fields, {"X-Twilio-Signature": sign(self.auth_token, url, fields)})

    # --- the account's side: /2010-04-01/Accounts/<sid>/… ---

    def respond(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != self._basic():
            return _error(401, 20003, "Authenticate")
        if asked.path == f"/2010-04-01/Accounts/{self.account_sid}.json":
            return Reply(200, json.dumps({"sid": self.account_sid, "status": "active"}))
        match asked.path.removeprefix(f"/2010-04-01/Accounts/{self.account_sid}/").split("/"):
            case ["Messages.json"]:
                return self._take_text(asked)
            case ["Calls.json"]:
                return self._take_call(asked)
            case ["Calls", name]:
                return self._change_call(name.removesuffix(".json"), asked)
            case ["Usage", "Records.json"]:
                return self._show_usage(asked)
            case ["Balance.json"]:
                return Reply(200, json.dumps(dict(zip(("balance", "currency"), self.left, strict=True))))
        return _error(404, 20404, "The requested resource was not found")

    def _take_text(self, asked: Asked) -> Reply:
        to, service = asked.value("To"), asked.value("MessagingServiceSid")
        if to in TEXT_ERRORS:
            return _error(400, TEXT_ERRORS[to], f"The number {to} cannot be texted")
        status = "accepted" if service else "queued"
        sender, body = asked.value("From") or service, asked.value("Body")
        validity, callback = asked.value("ValidityPeriod"), asked.value("StatusCallback")
        text = Text(self._sid("SM"), to, sender, body, status, callback, validity)
        self.texts.append(text)
        self.handset(to).received.append(body)
        shown = {"sid": text.sid, "status": status, "to": to, "from": text.sender, "body": body, "error_code": None}
        return _created(shown | {"num_segments": self.parts, "direction": "outbound-api", "date_created": DATE})

    def _take_call(self, asked: Asked) -> Reply:
        to = asked.value("To")
        if to in CALL_ERRORS:
            return _error(400, CALL_ERRORS[to], f"The number {to} cannot be called")
        call = Call(self, self._sid("CA"), to, asked.value("From"), incoming=False, url=asked.value("Url"))
        call.callback = asked.value("StatusCallback")
        call.events = frozenset(asked.form.get("StatusCallbackEvent", ["completed"]))
        self.calls.append(call)
        return _created(_shown(call))

    def _show_usage(self, asked: Asked) -> Reply:
        days = {"start_date": asked.value("StartDate"), "end_date": asked.value("EndDate")}
        told = {"category": asked.value("Category"), "price": self.usage[0], "price_unit": self.usage[1]}
        return Reply(200, json.dumps({"usage_records": [days | told], "next_page_uri": None, "page": 0}))

    def _change_call(self, sid: str, asked: Asked) -> Reply:
        call = next((call for call in self.calls if call.sid == sid), None)
        if call is None:
            return _error(404, 20404, "The requested resource was not found")
        call.cancel(asked.value("Status"))
        return Reply(200, json.dumps(_shown(call)))

    def _sid(self, kind: str) -> str:
        return f"{kind}{next(self._ids):032x}"

    def _basic(self) -> str:
        return "Basic " + base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()


DATE = "Sun, 22 Nov 2026 08:00:00 +0000"


def _shown(call: Call) -> dict[str, object]:
    return {"sid": call.sid, "status": call.status, "to": call.phone, "from": call.ours, "date_created": DATE}


def _created(resource: Mapping[str, object]) -> Reply:
    return Reply(201, json.dumps(resource))


def _error(status: int, code: int, message: str) -> Reply:
    more = {"more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status}
    return Reply(status, json.dumps({"code": code, "message": message} | more))
