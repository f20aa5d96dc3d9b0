"""SMSGate and CallGate: an Android phone with a local SIM as a line; texts both ways, and calls that come in.

Both apps post one envelope with one signature to one address (`gateway.carriers.envelopes`). Sources: the apps'
documentation of webhooks and SMSGate's third-party API.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests

from gateway.carriers import envelopes, wire
from gateway.core.messages import (
    Answer,
    BadHook,
    CallEvent,
    Delivery,
    DeliveryReceipt,
    Hook,
    Outcome,
    Script,
    Sent,
    TextIn,
    TextOut,
)

# The kind of each event to us; ping, started, ended and any new event are kept and answered.
EVENTS = {
    "sms:received": "text",
    "sms:data-received": "text",
    "sms:sent": "report",
    "sms:delivered": "report",
    "sms:failed": "report",
    "sms:cancelled": "report",
    "call:ringing": "call",
}
DELIVERIES = {
    "sms:sent": Delivery.SENT,
    "sms:delivered": Delivery.DELIVERED,
    "sms:failed": Delivery.FAILED,
    "sms:cancelled": Delivery.FAILED,
}
OVER_THE_LIMITS = 100  # from this priority on the app's own send limits do not hold a text back
OUR_ID = re.compile(r"siaga-([0-9]{1,9})-[0-9a-f]{8}")


class SmsGate:
    """One phone with a SIM. Raises nothing but `BadHook`.

    `name` is the line's. `api_url` is the server's address, with `/3rdparty/v1` behind it if it has no path of its own.
    `number` is the SIM's, E.164. `timeout_seconds` are those to connect, and between two reads.
    """

    batch = 1  # a text carries our id, and an id belongs to one text

    def __init__(
        self,
        *,
        name: str,
        api_url: str,
        username: str,
        password: str,
        signing_key: str,
        number: str,
        timeout_seconds: tuple[float, float] = (3.05, 9.0),
        now: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.own_numbers: tuple[str, ...] = (number,)
        base = api_url.rstrip("/")
        self._messages = f"{base}/messages" if urlsplit(base).path else f"{base}/3rdparty/v1/messages"
        self._account = (username, password)
        self._region = wire.region(number)
        self._key = signing_key
        self._timeout = timeout_seconds
        self._session = wire.session()
        self._now = now

    # --- in ---

    def authentic(self, hook: Hook) -> bool:
        return wire.is_signed(hook, self._key, self._now())

    def kind(self, hook: Hook) -> str:
        """Return the kind of this envelope: "text", "report", "call", or "" for one that is only kept."""
        return EVENTS.get(wire.field(envelopes.flat(hook), "event"), "")

    def read_text(self, hook: Hook) -> TextIn:
        """Read a text. Its id is the envelope's, because `messageId` is made from the words and two "TOLONG" share
        it."""
        told = envelopes.flat(hook)
        sender, body, ref = wire.phone(told, "sender", "phoneNumber"), _words(told), wire.field(told, "id")
        if not sender:
            raise BadHook("a text without sender")
        if not ref and not body.strip():
            raise BadHook("a text without message and id")
        return TextIn(
            line=self.name,
            ref=wire.reference(ref, sender, body, envelopes.raw(hook), at=self._now()),
            sender=sender,
            recipient=wire.phone(told, "recipient") or self.own_numbers[0],
            body=body,
            region=self._region,
            raw=envelopes.raw(hook),
            sent_at=self._sent_at(hook, told),
        )

    def _sent_at(self, hook: Hook, told: Hook) -> datetime | None:
        """Return when the phone got the text. The phone's clock may be wrong, and it signs each envelope with the time
        of that same clock: the text is as old as those two say, whatever ours says."""
        stamp, got = wire.moment(hook.header("X-Timestamp")), wire.moment(wire.field(told, "receivedAt"))
        if stamp is None or got is None:
            return None
        came_at = hook.kept_at if hook.kept_at is not None else self._now()
        return datetime.fromtimestamp(came_at, UTC) - (stamp - got)

    def read_receipt(self, hook: Hook) -> DeliveryReceipt:
        told = envelopes.flat(hook)
        ours = OUR_ID.fullmatch(wire.field(told, "messageId"))
        delivery = DELIVERIES.get(wire.field(told, "event"))
        return DeliveryReceipt(
            line=self.name,
            ref=wire.field(told, "messageId")[: wire.REF_LENGTH],
            attempt=int(ours[1]) if ours else None,
            delivery=delivery,
            code=wire.word(wire.field(told, "reason")) if delivery is Delivery.FAILED else "",
            phone=wire.phone(told, "recipient", "phoneNumber"),
            raw=envelopes.raw(hook),
        )

    def answer_text(self) -> Answer:
        return Answer()

    def read_call(self, hook: Hook) -> CallEvent:
        return envelopes.ringing(hook, self.name, self.own_numbers[0], self._now())

    def answer_call(self, script: Script, event: CallEvent) -> Answer:
        """Return an empty answer, because the app reads none: nobody picks up, and the call ends by itself."""
        return Answer()

    # --- out ---

    def send_texts(self, texts: Sequence[TextOut]) -> Sequence[Sent]:
        return [self._send(text) for text in texts]

    def _send(self, text: TextOut) -> Sent:
        if not wire.dialable(text.to):
            return wire.BAD_NUMBER
        # the attempt alone would repeat ids after a restore, and a known id is not sent again
        ref = f"siaga-{text.attempt}-{secrets.token_hex(4)}"
        try:
            answer = self._session.post(
                self._messages,
                json=_message(text, ref),
                auth=self._account,
                timeout=self._timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return wire.failed(error)
        return _outcome(answer, ref)


def _message(text: TextOut, ref: str) -> dict[str, object]:
    message: dict[str, object] = {"id": ref, "textMessage": {"text": text.body}, "phoneNumbers": [text.to]}
    limits = {} if text.valid_seconds is None else {"ttl": max(text.valid_seconds, 1)}
    return {**message, **limits, "priority": OVER_THE_LIMITS, "withDeliveryReport": True}


def _outcome(answer: requests.Response, ref: str) -> Sent:
    if not 200 <= answer.status_code < 300:
        return wire.refused(answer.status_code)
    try:
        state = answer.json()["state"]
    except (requests.exceptions.JSONDecodeError, *wire.MISSHAPEN):
        return wire.GARBLED
    return Sent(Outcome.REFUSED, code="failed") if state == "Failed" else Sent(Outcome.ACCEPTED, ref=ref)


def _words(told: Hook) -> str:
    """Return the text; for a data message its bytes read as letters."""
    if wire.field(told, "message"):
        return wire.field(told, "message")
    try:
        data = base64.b64decode(wire.field(told, "data"))
    except (binascii.Error, ValueError):
        return ""
    return wire.letters(data).replace("\x00", "")
