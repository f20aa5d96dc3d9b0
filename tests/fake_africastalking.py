"""Africa's Talking on the loopback: messaging and voice as its SDK calls them, its call-backs, its call actions.

One voice address for all of a call; the state is on every request; only `isActive=0` ends it. Nothing happens by
itself: a test says what the phone does next.
"""

from __future__ import annotations

import itertools
import json
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.loopback import Asked, CallBack, Handset, Loopback, Reply, over_the_wire

# What becomes of a text, by how the handset is set: (statusCode, status)
TAKEN = (102, "Success")
TEXTS = {
    "invalid": (403, "InvalidPhoneNumber"),
    "landline": (404, "UnsupportedNumberType"),
    "opted_out": (406, "UserInBlacklist"),
    "held": (401, "RiskHold"),
    "poor": (405, "InsufficientBalance"),
    "unrouted": (407, "CouldNotRoute"),
    "gateway": (501, "GatewayError"),
    "new_code": (499, "SomethingNew"),
    "new_class": (777, "SomethingElse"),
}
CALLS = {
    "invalid": "InvalidPhoneNumber",
    "abroad": "DestinationNotSupported",
    "poor": "InsufficientCredit",
    "new_word": "SomethingNew",
}
LEFT_RINGING = {"busy": "USER_BUSY", "absent": "SUBSCRIBER_ABSENT", "refuses": "CALL_REJECTED"}


@dataclass
class Text:
    id: str
    to: str
    sender: str
    body: str


@dataclass
class Call:
    """One call, either way, from the phone's side: `heard` is what was said to it, `played` the sounds' addresses."""

    company: FakeAfricasTalking
    session: str
    phone: str
    incoming: bool
    request_id: str = ""
    state: str = "Ringing"
    over: bool = False
    heard: list[str] = field(default_factory=list)
    played: list[str] = field(default_factory=list)
    bridged_to: str = ""
    _asks: str = ""
    _rest: list[ET.Element] = field(default_factory=list)

    @property
    def listening(self) -> bool:
        return bool(self._asks) and not self.over

    def answers(self) -> None:
        self.state = "Answered"
        self.carry_out(self.company.post(self.company.voice_hook, self.fields()).body)

    def presses(self, digit: str) -> None:
        assert self.listening, "nobody asked for a key"
        asks, self._asks = self._asks, ""
        self.carry_out(self.company.post(asks, self.fields() | {"dtmfDigits": digit}).body)

    def keeps_silent(self) -> None:
        """No key in time: the actions behind `GetDigits` run."""
        self._asks = ""
        self._do(self._rest)

    def hangs_up(self, seconds: int = 20) -> None:
        self.ends("Completed", "NORMAL_CLEARING", seconds)

    def is_left_ringing(self) -> None:
        """As the handset is set: busy, absent or refuses. One call-back, the last."""
        self.ends("NotAnswered", LEFT_RINGING[self.company.handset(self.phone).calls])

    def ends(self, state: str, cause: str, seconds: int = 0) -> None:
        if self.over:
            return
        self.over, self.state = True, state
        cost = {"durationInSeconds": str(seconds), "amount": "0", "currencyCode": "KES"}
        final = {"isActive": "0", "status": state, "hangupCause": cause, "callStartTime": "None"}
        self.company.post(self.company.voice_hook, self.fields() | cost | final)

    def carry_out(self, xml: str) -> None:
        """Do the actions of an answer, up to the first that waits for the phone; it takes one `Say` at most."""
        actions = ET.fromstring(xml.encode())
        assert len(actions.findall("Say")) <= 1, "more than one Say"
        self._do(list(actions))

    def _do(self, actions: list[ET.Element]) -> None:
        for at, action in enumerate(actions):
            self.heard += [said.text or "" for said in action.iter("Say")]
            self.played += [sound.attrib["url"] for sound in action.iter("Play")]
            if action.tag == "Reject":
                return self.ends("NotAnswered", "CALL_REJECTED")
            if action.tag == "GetDigits":
                self._asks, self._rest = action.get("callbackUrl", self.company.voice_hook), actions[at + 1 :]
                return None
            if action.tag == "Redirect":
                return self.carry_out(self.company.post(action.text or "", self.fields()).body)
            if action.tag == "Dial":
                self.bridged_to = action.attrib["phoneNumbers"]
                return None
        return self.hangs_up()

    def fields(self) -> dict[str, str]:
        direction = "Inbound" if self.incoming else "Outbound"
        parties = {"callerNumber": self.phone, "destinationNumber": self.company.voice_number, "direction": direction}
        start = {"callStartTime": "2026-11-22+08:00:00", "callerCarrierName": "Airtel", "callerCountryCode": "254"}
        state = {"sessionId": self.session, "isActive": "1", "callSessionState": self.state}
        return state | parties | start | ({"clientRequestId": self.request_id} if self.request_id else {})


class FakeAfricasTalking(Loopback):
    """`call_back` carries its requests to the gateway at `public_url`; `handset(number)` sets how a phone behaves.

    `costs`: what it writes as the cost of each text; `left`: as the balance; `parts`: how many messages a text is, ""
    where it does not tell. `texts_fail_with`: every send is answered 201 without recipients and with this message.
    `with_charset`: JSON comes as `application/json; charset=utf-8`, which the SDK takes for plain text.
    """

    def __init__(
        self,
        public_url: str = "https://siaga.example",
        call_back: CallBack = over_the_wire,
        username: str = "siaga",
        api_key: str = "made-up-key",
        hook_token: str = "made-up-hook-token",
        voice_number: str = "+254711000111",
        short_code: str = "20110",
    ) -> None:
        super().__init__()
        self.username, self.api_key, self.hook_token = username, api_key, hook_token
        self.voice_number, self.short_code = voice_number, short_code
        self.texts: list[Text] = []
        self.calls: list[Call] = []
        self.costs, self.left, self.parts = "KES 0.8000", "KES 1785.50", ""
        self.texts_fail_with = ""
        self.forgets: set[str] = set()  # numbers that its answer leaves out
        self.with_charset = False
        self._hooks = f"{public_url}/hooks/africastalking/{hook_token}"
        self._call_back = call_back
        self._handsets: dict[str, Handset] = {}
        self._ids = itertools.count(1)

    @property
    def voice_hook(self) -> str:
        return f"{self._hooks}/voice"

    def handset(self, number: str) -> Handset:
        return self._handsets.setdefault(number, Handset(number))

    # --- the phones' side ---

    def text_in(self, sender: str, body: str, **more: str) -> Reply:
        known = {"to": self.short_code, "date": "2026-11-22 08:00:00", "linkId": "", "networkCode": "63902"}
        return self.post(f"{self._hooks}/sms", {"id": self._id("in"), "from": sender, "text": body} | known | more)

    def ring_in(self, phone: str) -> Call:
        """A phone calls our number; the gateway says what to do before anything is picked up."""
        call = Call(self, self._id("ATVId"), phone, incoming=True)
        self.calls.append(call)
        call.carry_out(self.post(self.voice_hook, call.fields()).body)
        return call

    def dial(self, phone: str, session: str, text: str = "", code: str = "*384*110#") -> Reply:
        fields = {"sessionId": session, "phoneNumber": phone, "networkCode": "63902", "serviceCode": code}
        return self.post(f"{self._hooks}/ussd", fields | {"text": text})

    def end_session(self, phone: str, session: str, typed: str, status: str = "Incomplete") -> Reply:
        fields = {"sessionId": session, "phoneNumber": phone, "serviceCode": "*384*110#", "status": status}
        measures = {"date": "2026-11-22 08:00:09", "durationInMillis": "9000", "hopsCount": "2", "cost": "0"}
        return self.post(f"{self._hooks}/ussd/end", fields | measures | {"input": typed, "networkCode": "63902"})

    def report(self, text: Text, status: str = "Success", reason: str = "") -> Reply:
        fields = {"id": text.id, "status": status, "phoneNumber": text.to, "networkCode": "63902", "retryCount": "0"}
        return self.post(f"{self._hooks}/delivery", fields | ({"failureReason": reason} if reason else {}))

    def post(self, url: str, fields: Mapping[str, str]) -> Reply:
        return self._call_back(url, fields, {})

    # --- the account's side: POST /version1/messaging, POST /call and GET /version1/user ---

    def respond(self, asked: Asked) -> Reply:
        if asked.headers.get("apikey") != self.api_key or asked.value("username") != self.username:
            return Reply(401, "The supplied authentication is invalid", "text/plain")
        match asked.path:
            case "/version1/messaging":
                return self._shown(self._take_texts(asked))
            case "/call":
                return self._shown(self._take_calls(asked))
            case "/version1/user" if asked.method == "GET":
                return Reply(200, json.dumps({"UserData": {"balance": self.left}}))
        return Reply(404, "Not found", "text/plain")

    def _take_texts(self, asked: Asked) -> object:
        numbers = asked.value("to").split(",")
        if self.texts_fail_with:
            return {"SMSMessageData": {"Message": self.texts_fail_with, "Recipients": []}}
        # the other way round, without a word about it: answers are told apart by number only
        recipients = [self._recipient(asked, to) for to in reversed(numbers) if to not in self.forgets]
        message = f"Sent to {len(recipients)}/{len(numbers)} Total Cost: KES 0.8"
        return {"SMSMessageData": {"Message": message, "Recipients": recipients}}

    def _recipient(self, asked: Asked, to: str) -> dict[str, object]:
        code, status = TEXTS.get(self.handset(to).texts, TAKEN)
        shown = {"statusCode": code, "number": to, "status": status, "cost": self.costs, "messageId": "None"}
        if (code, status) != TAKEN:
            return shown
        text = Text(self._id("ATXid"), to, asked.value("from"), asked.value("message"))
        self.texts.append(text)
        self.handset(to).received.append(text.body)
        return shown | {"messageId": text.id} | ({"messageParts": int(self.parts)} if self.parts else {})

    def _take_calls(self, asked: Asked) -> object:
        entries = [self._entry(asked, to) for to in asked.value("to").split(",")]
        return {"entries": entries, "errorMessage": "None"}

    def _entry(self, asked: Asked, to: str) -> dict[str, str]:
        status = CALLS.get(self.handset(to).calls, "Queued")
        if status != "Queued":
            return {"phoneNumber": to, "status": status, "sessionId": "None"}
        call = Call(self, self._id("ATVId"), to, incoming=False, request_id=asked.value("clientRequestId"))
        self.calls.append(call)
        return {"phoneNumber": to, "status": status, "sessionId": call.session}

    def _shown(self, answer: object) -> Reply:
        return Reply(201, json.dumps(answer), "application/json" + ("; charset=utf-8" if self.with_charset else ""))

    def _id(self, kind: str) -> str:
        return f"{kind}_{next(self._ids):032x}"
