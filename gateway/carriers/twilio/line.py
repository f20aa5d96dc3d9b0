"""Twilio as a line: texts and calls by its official SDK, its hooks proved by its signature.

The fields come from Twilio's documentation of messaging and voice webhooks and of the Message and Call resources.
`codes` says what its words mean, `twiml` writes a script for it, `account` reaches the account.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import requests
from twilio.base.exceptions import TwilioException
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from gateway.carriers import wire
from gateway.carriers.twilio import account, codes, pictures, signatures, twiml
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
    Price,
    Script,
    Sent,
    TextIn,
    TextOut,
)
from gateway.core.pictures import Picture
from gateway.core.words.opt_out import OptOut

CALL_EVENTS = ["initiated", "ringing", "answered", "completed"]
LONGEST_VALIDITY = 36_000  # seconds
TWIML = "text/xml"


class _Fields(dict[str, tuple[str, ...]]):
    """A form as the SDK's validator reads it: every value of every name."""

    def getlist(self, name: str) -> list[str]:
        return list(self[name])


class Twilio:
    """One account at Twilio. Raises nothing but `BadHook`.

    `name` is the line's, which stands in its hooks' path. Of `auth_tokens` the first signs our requests, and any of
    them proves a hook. `numbers` are ours, E.164; the first is for calls and texts. `sender` is a Messaging Service
    (MG…) or an alphanumeric id in place of the first number. `api_url` replaces scheme and host. `timeout_seconds` are
    those to connect, and between two reads.
    """

    batch = 1
    any_sender = False
    languages = frozenset(twiml.VOICES)
    speaks = True
    plays_sounds = True  # where it has no voice of its own: Swahili

    def __init__(
        self,
        *,
        name: str,
        account_sid: str,
        auth_tokens: Sequence[str],
        numbers: Sequence[str],
        public_url: str,
        sender: str | None = None,
        api_url: str | None = None,
        timeout_seconds: tuple[float, float] = (3.05, 9.0),
        now: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.own_numbers = tuple(number for number in (*numbers, sender) if number)
        self._number = numbers[0] if numbers else ""
        self._from = _sender(sender or self._number)
        self._validators = [RequestValidator(token) for token in auth_tokens if token]
        self._hooks = f"{public_url.rstrip('/')}/hooks/{name}"
        self._now = now
        self._account = account_sid, auth_tokens[0]
        self._address = f"{(api_url or account.API_URL).rstrip('/')}/2010-04-01/Accounts/{account_sid}"
        self._client = account.reach(account_sid, auth_tokens[0], timeout_seconds, api_url)
        self._books = account.reach(account_sid, auth_tokens[0], wire.STATEMENT_SECONDS, api_url)

    # --- in ---

    def authentic(self, hook: Hook) -> bool:
        signature = hook.header("X-Twilio-Signature")
        signed = _Fields({name: values for name, values in hook.form.items() if values})
        # With no form the signed address has to tell the sum of what came.
        if not signed and hook.body and not wire.same_secret(hook.value("bodySHA256"), _sum(hook.body)):
            return False
        try:
            proved = any(validator.validate(hook.url, signed, signature) for validator in self._validators)
        except (ValueError, TypeError):  # an address or a signature that cannot be read as such
            return False
        return proved or signatures.proves_bytes(hook, self._validators)

    def read_text(self, hook: Hook) -> TextIn:
        sender, body, sid = _number(hook, "From"), wire.field(hook, "Body"), _sid(hook, "MessageSid", "SmsSid")
        if not sender:
            raise BadHook("a text without From")
        if not sid and not body.strip():
            raise BadHook("a text without Body and MessageSid")
        once = hook.header("I-Twilio-Idempotency-Token")
        return TextIn(
            line=self.name,
            ref=wire.reference(sid, sender, body, wire.raw(hook), once, at=self._now()),
            sender=sender,
            recipient=_number(hook, "To"),
            body=body,
            position=_position(hook),
            raw=wire.raw(hook),
            opt_out=_opt_out(hook, body),
        )

    def read_receipt(self, hook: Hook) -> DeliveryReceipt:
        code = wire.field(hook, "ErrorCode")
        delivery = codes.DELIVERIES.get(wire.field(hook, "MessageStatus", "SmsStatus"))
        return DeliveryReceipt(
            line=self.name,
            ref=_sid(hook, "MessageSid", "SmsSid"),
            attempt=wire.attempt(hook, "attempt"),
            delivery=delivery,
            permanent=delivery is Delivery.FAILED and code in codes.DELIVERY_PERMANENT,
            code=code[: wire.CODE_LENGTH],
            phone=_number(hook, "To"),
            raw=wire.raw(hook),
            absent=delivery is Delivery.FAILED and code in codes.ABSENT,
            opted_out=delivery is Delivery.FAILED and code in codes.OPTED_OUT,
        )

    def answer_text(self) -> Answer:
        return Answer(str(MessagingResponse()), TWIML)

    def read_call(self, hook: Hook) -> CallEvent:
        attempt, status = wire.attempt(hook, "attempt"), wire.field(hook, "CallStatus")
        incoming = wire.field(hook, "Direction") == "inbound" or (attempt is None and not wire.field(hook, "Direction"))
        phone = _number(hook, "From" if incoming else "To")
        if incoming and not phone and hook.path != "voice/status":
            raise BadHook("a call without From")
        phase = _phase(hook.path, status, incoming)
        return CallEvent(
            line=self.name,
            ref=wire.reference(_sid(hook, "CallSid"), phone, str(attempt), at=self._now()),
            incoming=incoming,
            phone=phone,
            phase=phase,
            called=_number(hook, "To" if incoming else "From"),
            attempt=attempt,
            digits=wire.field(hook, "Digits")[:20] if phase is Phase.KEY else "",
            ending=_ending(status, wire.field(hook, "SipResponseCode")) if phase is Phase.ENDED else None,
            seconds=wire.whole(wire.field(hook, "CallDuration")) or 0,
            sequence=wire.whole(wire.field(hook, "SequenceNumber")),
            raw=wire.raw(hook),
        )

    def answer_call(self, script: Script, event: CallEvent) -> Answer:
        return Answer(twiml.render(script, self._number, self._url("voice/keys", event.attempt)), TWIML)

    # --- out ---

    def send_texts(self, texts: Sequence[TextOut]) -> Sequence[Sent]:
        return [self._send(text) for text in texts]

    def _send(self, text: TextOut) -> Sent:
        def create() -> Any:
            return self._client.messages.create(
                to=text.to,
                body=text.body,
                status_callback=self._url("sms/status", text.attempt),
                **(_sender(text.sender) if text.sender else self._from),
                **_validity(text.valid_seconds),
            )

        return _hand_over(text.to, create, wire.refused)

    def place_call(self, call: CallOut) -> Sent:
        """Place a call that rings for `ring_seconds`; Twilio may add up to five. It asks what to say when somebody
        picks up, if the call does not bring it."""
        spoken = {"twiml": twiml.render(call.script, self._number, "")} if call.script else {}
        asked = {} if spoken else {"url": self._url("voice", call.attempt)}

        def create() -> Any:
            return self._client.calls.create(
                to=call.to,
                from_=self._number,
                **spoken,
                **asked,
                status_callback=self._url("voice/status", call.attempt),
                status_callback_event=CALL_EVENTS,
                timeout=call.ring_seconds,
                time_limit=twiml.LONGEST_CALL,
            )

        return _hand_over(call.to, create, wire.refused_call)

    def cancel_call(self, ref: str) -> bool:
        """Take a call back. One that was answered meanwhile goes on, as Twilio promises of "canceled", and its script
        says what became of it."""
        try:
            call = self._client.calls(ref).update(status="canceled")
        except (TwilioException, requests.RequestException, *wire.MISSHAPEN):
            return False
        return call.status in codes.STILL_TO_COME

    def pictures(self, raw: str) -> int:
        return len(pictures.addresses(raw, self._address))

    def fetch_picture(self, raw: str, number: int) -> Picture | None:
        found = pictures.addresses(raw, self._address)[number - 1 : number] if number > 0 else ()
        return pictures.fetch(found[0], self._account, wire.STATEMENT_SECONDS) if found else None

    def spend(self, since: date, until: date) -> Sequence[Price] | None:
        return account.spent(self._books, since, until)

    def balance(self) -> Price | None:
        return account.left(self._books)

    def _url(self, path: str, attempt: int | None) -> str:
        """Return an absolute URL with its query sorted, because Twilio signs the absolute URL and reorders the
        query."""
        return f"{self._hooks}/{path}" + ("" if attempt is None else f"?attempt={attempt}")


def _sum(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _sender(sender: str) -> dict[str, str]:
    return {"messaging_service_sid" if sender.startswith("MG") else "from_": sender}


def _validity(seconds: int | None) -> dict[str, int]:
    return {} if seconds is None else {"validity_period": min(max(seconds, 1), LONGEST_VALIDITY)}


def _hand_over(to: str, create: Callable[[], Any], refused: Callable[..., Sent]) -> Sent:
    if not wire.dialable(to):
        return wire.BAD_NUMBER
    try:
        created = create()
    except TwilioException as error:
        return _about(refused(getattr(error, "status", 400), getattr(error, "code", None), codes.ERRORS))
    except requests.RequestException as error:
        return wire.failed(error)
    except wire.MISSHAPEN:
        return wire.GARBLED
    return _accepted(created)


def _about(sent: Sent) -> Sent:
    opted_out = sent.code in codes.OPTED_OUT
    return replace(sent, about_number=opted_out or sent.code in codes.ABOUT_NUMBER, opted_out=opted_out)


def _opt_out(hook: Hook, body: str) -> OptOut | None:
    """Return what Twilio has made of a text: it reads such words itself before it hands the text on."""
    told = codes.OPT_OUT_TYPES.get(wire.field(hook, "OptOutType").upper())
    return told or codes.OPT_OUT_WORDS.get(body.strip().upper())


def _accepted(created: Any) -> Sent:
    """Return the answer to a send. A resource may also come back as already failed; one without an id may have left."""
    if created.status in codes.NOT_TAKEN:
        return _about(wire.refused(400, getattr(created, "error_code", None), codes.ERRORS))
    if not isinstance(created.sid, str) or not created.sid:
        return wire.GARBLED
    parts = wire.whole(str(getattr(created, "num_segments", "")))  # "0" until a Messaging Service has chosen a sender
    return Sent(Outcome.ACCEPTED, ref=created.sid[: wire.REF_LENGTH], parts=parts or None)


def _sid(hook: Hook, *names: str) -> str:
    return wire.field(hook, *names)[: wire.REF_LENGTH]


def _number(hook: Hook, name: str) -> str:
    """Return the bare number; on another channel it comes as "whatsapp:+62…"."""
    return wire.phone(hook, name).removeprefix("whatsapp:").removeprefix("rcs:").strip()


def _position(hook: Hook) -> tuple[float, float] | None:
    """Return the handset's own position (degrees WGS 84), which only a rich channel carries, or None. (From…/To…City
    tell where a number was sold.)"""
    try:
        latitude, longitude = float(wire.field(hook, "Latitude")), float(wire.field(hook, "Longitude"))
    except ValueError:
        return None
    on_earth = abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != (0.0, 0.0)
    return (latitude, longitude) if on_earth else None


def _phase(path: str, status: str, incoming: bool) -> Phase:
    """Return the phase of a call. A key counts even if its call is over by then: the person who pressed it may have
    hung up at once."""
    if path == "voice/keys":
        return Phase.KEY
    if status in codes.ENDINGS:
        return Phase.ENDED
    asked_for_words = path == "voice" and not incoming
    return codes.PHASES.get(status, Phase.ANSWERED if asked_for_words else Phase.RINGING)


def _ending(status: str, sip: str) -> Ending:
    known = codes.ENDINGS[status]
    return codes.SIP_ENDINGS.get(sip, known) if known in (Ending.FAILED, Ending.BUSY, Ending.NO_ANSWER) else known
