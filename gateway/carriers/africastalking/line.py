"""Africa's Talking as a line: texts, calls and USSD by its official SDK, its hooks proved by the secret in their path.

The fields come from its documentation as far as it is kept anywhere, its SDKs, and real bodies in the issues of its
users. `codes` says what its words mean, `answers` reads its answers, `actions` writes a script for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

import requests
from africastalking.Application import ApplicationService
from africastalking.SMS import SMSService
from africastalking.Voice import VoiceService

from gateway.carriers import wire
from gateway.carriers.africastalking import actions, answers, codes
from gateway.carriers.africastalking.answers import value
from gateway.core.languages import voices
from gateway.core.messages import (
    Answer,
    BadHook,
    CallEvent,
    CallOut,
    Delivery,
    DeliveryReceipt,
    Ending,
    Hook,
    OptedOut,
    Outcome,
    Phase,
    Price,
    Script,
    Sent,
    TextIn,
    TextOut,
    UssdHop,
)

YES = frozenset({"1", "true"})
Limits = tuple[float, float]  # seconds to connect, and between two reads


class _DeclinedError(Exception):
    """An HTTP answer that is no success."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class AfricasTalking:
    """One account at Africa's Talking. Raises nothing but `BadHook`.

    `name` is the line's, which stands in its hooks' path. `sender` is a short code, or an alphanumeric id that cannot
    receive. `voice_number` is ours, E.164. `hook_token` is the secret in the hooks' path. `api_url` and `voice_url`
    replace scheme and host. `timeout_seconds` are those to connect, and between two reads. Its own voice speaks
    English; that it has another could not be established (gateway.core.languages). Other languages it plays as sounds.
    """

    batch = 100  # no limit is published; so few bound what one time-out leaves unknown
    languages = frozenset(voices("africastalking"))
    speaks = True
    plays_sounds = True

    def __init__(
        self,
        *,
        name: str,
        username: str,
        api_key: str,
        hook_token: str,
        public_url: str,
        sender: str | None = None,
        voice_number: str | None = None,
        api_url: str | None = None,
        voice_url: str | None = None,
        timeout_seconds: Limits = (3.05, 9.0),
        now: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.own_numbers = tuple(number for number in (sender, voice_number) if number)
        self._region = next(filter(None, map(wire.region, self.own_numbers)), None)
        self._sender, self._voice_number = sender or None, voice_number or ""
        self._account = (username, api_key)
        self._token = hook_token
        self._voice_hook = f"{public_url.rstrip('/')}/hooks/{name}/{quote(hook_token, safe='')}/voice"
        self._api_url = f"{api_url.rstrip('/')}/version1" if api_url else None
        self._voice_url = voice_url.rstrip("/") if voice_url else None
        self._timeout = timeout_seconds
        self._session = wire.session()
        self._now = now

    # --- in ---

    def authentic(self, hook: Hook) -> bool:
        return wire.same_secret(hook.token, self._token)

    def read_text(self, hook: Hook) -> TextIn:
        hook = wire.with_json_as_form(hook)
        sender, body, ref = wire.phone(hook, "from"), wire.field(hook, "text"), wire.field(hook, "id")
        if not sender:
            raise BadHook("a text without from")
        if not ref and not body.strip():
            raise BadHook("a text without text and id")
        return TextIn(
            line=self.name,
            ref=wire.reference(ref, sender, body, wire.raw(hook), at=self._now()),
            sender=sender,
            recipient=wire.phone(hook, "to"),
            body=body,
            region=self._region,
            raw=wire.raw(hook),
            sent_at=wire.moment(wire.field(hook, "date")),
        )

    def read_receipt(self, hook: Hook) -> DeliveryReceipt:
        """Read a delivery receipt. It does not name our attempt, only its own id, which the answer to the send had."""
        hook = wire.with_json_as_form(hook)
        status = wire.field(hook, "status").lower()
        delivery = codes.DELIVERIES.get(status)
        reason = wire.field(hook, "failureReason")
        return DeliveryReceipt(
            line=self.name,
            ref=value(wire.field(hook, "id"))[: wire.REF_LENGTH],
            attempt=None,
            delivery=delivery,
            permanent=delivery is Delivery.FAILED and reason.lower() in codes.DELIVERY_PERMANENT,
            code=wire.word(reason) if reason else "",
            phone=wire.phone(hook, "phoneNumber"),
            raw=wire.raw(hook),
            absent=status in codes.ABSENT,
            opted_out=delivery is Delivery.FAILED and reason.lower() in codes.OPTED_OUT,
        )

    def read_opt_out(self, hook: Hook) -> OptedOut:
        """Read the note that a number wants no more texts; `senderId` is our own, of which a line has one."""
        hook = wire.with_json_as_form(hook)
        phone = wire.phone(hook, "phoneNumber")
        if not phone:
            raise BadHook("an opt-out without phoneNumber")
        return OptedOut(self.name, phone, self._region)

    def answer_text(self) -> Answer:
        return Answer()

    def read_call(self, hook: Hook) -> CallEvent:
        hook = wire.with_json_as_form(hook)
        attempt = wire.attempt(hook, "clientRequestId", "attempt")
        incoming = wire.field(hook, "direction").lower() == "inbound" or (
            attempt is None and not wire.field(hook, "direction")
        )
        phone = wire.phone(hook, "callerNumber")
        if incoming and not phone:
            raise BadHook("a call without callerNumber")
        phase = _phase(hook, incoming)
        started = wire.field(hook, "callStartTime")
        return CallEvent(
            line=self.name,
            ref=wire.reference(value(wire.field(hook, "sessionId")), phone, started, str(attempt), at=self._now()),
            incoming=incoming,
            phone=phone,
            phase=phase,
            called=wire.phone(hook, "destinationNumber"),
            attempt=attempt,
            digits=value(wire.field(hook, "dtmfDigits"))[:20] if phase is Phase.KEY else "",
            ending=_ending(hook, incoming) if phase is Phase.ENDED else None,
            seconds=wire.whole(wire.field(hook, "durationInSeconds")) or 0,
            price=wire.price(wire.field(hook, "amount"), wire.field(hook, "currencyCode")),
            region=self._region,
            raw=wire.raw(hook),
        )

    def answer_call(self, script: Script, event: CallEvent) -> Answer:
        """Answer an event of a call. One address takes all events of a call; `asked` tells a key, or none in time, from
        a fresh call."""
        asked = "?asked=1" if event.attempt is None else f"?asked=1&attempt={event.attempt}"
        return Answer(actions.render(script, self._voice_number, self._voice_hook + asked), "text/plain")

    def read_hop(self, hook: Hook) -> UssdHop:
        hook = wire.with_json_as_form(hook)
        phone, code, ended = wire.phone(hook, "phoneNumber"), wire.field(hook, "serviceCode"), hook.path == "ussd/end"
        if not phone and not ended:
            raise BadHook("a USSD step without phoneNumber")
        return UssdHop(
            line=self.name,
            session=wire.reference(value(wire.field(hook, "sessionId")), phone, code, at=self._now()),
            phone=phone,
            code=code[: wire.PHONE_LENGTH],
            typed=value(wire.field(hook, "input")) if ended else wire.field(hook, "text"),
            ended=ended,
            region=self._region,
            raw=wire.raw(hook),
        )

    def answer_hop(self, screen: str, more: bool) -> Answer:
        return Answer(("CON " if more else "END ") + screen)

    # --- out ---

    def send_texts(self, texts: Sequence[TextOut]) -> Sequence[Sent]:
        """Send texts. `valid_seconds` is not sent: its messaging has no such field."""
        numbers = list(dict.fromkeys(text.to for text in texts if wire.dialable(text.to)))
        sent = self._send(texts[0].body, numbers, texts[0].sender or self._sender) if numbers else {}
        return [sent.get(text.to, wire.BAD_NUMBER) for text in texts]

    def _send(self, body: str, numbers: list[str], sender: str | None) -> dict[str, Sent]:
        service = self._service(SMSService, self._api_url)
        answer = _asked(partial(service.send, body, numbers, sender, enqueue=True))
        if isinstance(answer, Sent):
            return dict.fromkeys(numbers, answer)
        return answers.recipients(answer, numbers)

    def place_call(self, call: CallOut) -> Sent:
        """Place a call. Africa's Talking chooses itself how long it rings, so `ring_seconds` is not sent. An account
        without a voice number never calls anybody: that is no fault of the line, and no request is made."""
        if not self._voice_number:
            return Sent(Outcome.PERMANENT, code="no_voice_number")
        if not wire.dialable(call.to):
            return wire.BAD_NUMBER
        service = self._service(VoiceService, self._voice_url, clientRequestId=str(call.attempt))
        answer = _asked(partial(service.call, self._voice_number, [call.to]), wire.refused_call)
        return answer if isinstance(answer, Sent) else answers.entry(answer)

    def cancel_call(self, ref: str) -> bool:
        return False

    def balance(self) -> Price | None:
        service = self._service(ApplicationService, self._api_url, timeout=wire.STATEMENT_SECONDS)
        answer = _asked(service.fetch_application_data)
        return None if isinstance(answer, Sent) else answers.balance(answer)

    def _service(self, kind: Any, base_url: str | None, timeout: Limits | None = None, **extra: str) -> Any:
        """Return the SDK's service on our wire.

        Its own `_make_request` hides the HTTP status, opens a connection for every send and takes JSON with a charset
        for plain text; and `call` has no clientRequestId, by which the call's events name our attempt.
        """
        service = kind(*self._account)
        service._baseUrl = base_url or service._baseUrl
        service._make_request = partial(self._request, extra, timeout or self._timeout)
        return service

    def _request(
        self, extra: Mapping[str, str], limits: Limits, url: str, method: str, headers: Any, **sent: Any
    ) -> Any:
        form = {**(sent["data"] or {}), **extra}
        answer = self._session.request(
            method, url, headers=headers, data=form, params=sent["params"], timeout=limits, allow_redirects=False
        )
        if not 200 <= answer.status_code < 300:
            raise _DeclinedError(answer.status_code)
        return answer.json()


def _asked(request: Callable[[], Any], refused: Callable[[int], Sent] = wire.refused) -> Any:
    """Return what the carrier answered, or the `Sent` for a request without an answer."""
    try:
        return request()
    except _DeclinedError as declined:
        return refused(declined.status)
    except requests.exceptions.JSONDecodeError:
        return wire.GARBLED
    except requests.RequestException as error:
        return wire.failed(error)


def _phase(hook: Hook, incoming: bool) -> Phase:
    """Return the phase of a call. Only `isActive` ends a call: its state is on every request, and "Completed" may be
    that of a leg."""
    state = wire.field(hook, "callSessionState").lower()
    if not _active(hook):
        return Phase.ENDED
    if "dtmfDigits" in hook.form or hook.query.get("asked"):
        return Phase.KEY
    ringing = state in codes.RINGING_STATES or (incoming and state != "answered")
    return Phase.RINGING if ringing else Phase.ANSWERED


def _active(hook: Hook) -> bool:
    """Return whether the call goes on. Without `isActive` (which is always sent) a field that only the last request has
    decides."""
    active = wire.field(hook, "isActive").lower()
    return active in YES if active else not wire.field(hook, "durationInSeconds", "hangupCause")


def _ending(hook: Hook, incoming: bool) -> Ending:
    cause = codes.HANGUPS.get(wire.field(hook, "hangupCause").upper())
    if cause is Ending.CANCELLED and not incoming:
        return Ending.NO_ANSWER  # we cannot take a call back, so the network stopped ringing
    states = (codes.STATES.get(wire.field(hook, name).lower()) for name in ("callSessionState", "status"))
    known = [ending for ending in (cause, *states) if ending]
    return known[0] if known else Ending.COMPLETED
