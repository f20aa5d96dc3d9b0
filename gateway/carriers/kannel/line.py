"""Kannel: the telco's own box (SMPP, modems), texts only, its hooks proved by the secret in their path.

Its group sms-service calls us with
`get-url = …/hooks/kannel/<token>/sms?from=%p&to=%P&text=%b&id=%I&ts=%T&charset=%C`; it keeps a text that we did not
take only if group smsbox has `http-request-retry` and `http-queue-delay`. The whole configuration is in docs/deploy.md
and runs in tests/worst/test_real_kannel.py. Codes: Kannel 1.4.5 user guide, sendsms and delivery reports, and what
1.4.5 answered there.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import parse_qs, quote

import requests

from gateway.carriers import wire
from gateway.carriers.kannel import codes
from gateway.core.messages import Answer, BadHook, Delivery, DeliveryReceipt, Hook, Outcome, Sent, TextIn, TextOut
from gateway.core.sentences.segments import septets

# The number that begins its answer to a send. A text that it only queues because the operator is gone may leave too
# late.
TAKEN = {"0": Outcome.ACCEPTED, "3": Outcome.UNKNOWN}
REFUSALS = {"503": Outcome.REFUSED}  # "temporal failure": nothing was kept
# A refusal whose words say more than its status, by how it begins. "Not routable" comes for every number while the
# operator's link is dead for good, so it is no number's own fault although it says "Do not try again".
WORDED = {
    "Number(s) has/have been denied": Sent(Outcome.PERMANENT, code="denied"),
    "Not routable": Sent(Outcome.REFUSED, code="not_routable"),
}

DELIVERIES = {
    "1": Delivery.DELIVERED,
    "2": Delivery.FAILED,
    "4": Delivery.SENT,  # buffered by the operator
    "8": Delivery.SENT,  # taken by the operator
    "16": Delivery.FAILED,  # refused by the operator
}
EVERY_REPORT = "31"  # dlr-mask: the sum of them
GSM_7, UCS_2 = "0", "2"
# %C and the name here: one emoji or curly quote makes a whole text UCS-2, and %b are then the bytes as they came.
ALPHABETS = {"UTF-16BE": "utf-16-be", "ISO-8859-1": "latin-1", "WINDOWS-1252": "cp1252"}


class Kannel:
    """One account on a Kannel. Raises nothing but `BadHook`.

    `name` is the line's, which stands in its hooks' path. `sendsms_url` is the whole address of its sendsms service.
    `sender` is a short code, or an alphanumeric id that cannot receive. `timeout_seconds` are those to connect, and
    between two reads.
    """

    any_sender = True
    batch = 1  # it takes several numbers, but answers and reports for all of them at once

    def __init__(
        self,
        *,
        name: str,
        sendsms_url: str,
        username: str,
        password: str,
        sender: str,
        hook_token: str,
        public_url: str,
        timeout_seconds: tuple[float, float] = (3.05, 9.0),
        now: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.own_numbers: tuple[str, ...] = (sender,)
        self._region = wire.region(sender)
        self._sendsms_url = sendsms_url
        self._account = {"username": username, "password": password, "from": sender}
        self._token = hook_token
        self._hooks = f"{public_url.rstrip('/')}/hooks/{name}/{quote(hook_token, safe='')}"
        self._timeout = timeout_seconds
        self._session = wire.session()
        self._now = now

    # --- in ---

    def authentic(self, hook: Hook) -> bool:
        return wire.same_secret(hook.token, self._token)

    def read_text(self, hook: Hook) -> TextIn:
        hook = _readable(hook)
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
            sent_at=wire.moment(wire.field(hook, "ts")),
        )

    def read_receipt(self, hook: Hook) -> DeliveryReceipt:
        """Read a delivery receipt. Kannel gives a text no id: ours stands for it. Of a failure the operator's reply
        (`a`) says more, where it is SMPP's (`codes`)."""
        attempt, reply = wire.attempt(hook, "attempt"), wire.field(hook, "a")
        delivery = DELIVERIES.get(wire.field(hook, "st"))
        failure = codes.failure(reply) if delivery is Delivery.FAILED else None
        word = wire.word(reply) if delivery is Delivery.FAILED else ""
        return DeliveryReceipt(
            line=self.name,
            ref="" if attempt is None else str(attempt),
            attempt=attempt,
            delivery=delivery,
            permanent=failure is not None and failure.fate is codes.Fate.NEVER,
            code=failure.code if failure is not None else word,
            phone=wire.phone(hook, "to"),
            raw=wire.raw(hook),
            absent=failure is not None and failure.fate is codes.Fate.LATER,
        )

    def answer_text(self) -> Answer:
        """Return an empty answer: words in the body would be texted back."""
        return Answer()

    # --- out ---

    def send_texts(self, texts: Sequence[TextOut]) -> Sequence[Sent]:
        return [self._send(text) for text in texts]

    def _send(self, text: TextOut) -> Sent:
        if not wire.dialable(text.to):
            return wire.BAD_NUMBER
        try:
            answer = self._session.get(
                self._sendsms_url, params=self._fields(text), timeout=self._timeout, allow_redirects=False
            )
        except requests.RequestException as error:
            return wire.failed(error)
        return _outcome(answer, str(text.attempt))

    def _fields(self, text: TextOut) -> dict[str, str]:
        about = {"to": text.to, "text": text.body, "charset": "UTF-8", "coding": _coding(text.body)}
        report = f"{self._hooks}/dlr?a=%A&attempt={text.attempt}&st=%d&to=%p"
        minutes = {} if text.valid_seconds is None else {"validity": str(max(text.valid_seconds // 60, 1))}
        sender = {"from": text.sender} if text.sender else {}
        return {**self._account, **sender, **about, **minutes, "dlr-mask": EVERY_REPORT, "dlr-url": report}


def _readable(hook: Hook) -> Hook:
    """Return the same request with its words as text: the code that read the query before us took its bytes for
    UTF-8."""
    alphabet = ALPHABETS.get(hook.value("charset").upper())
    sent = parse_qs(hook.url.partition("?")[2], encoding="latin-1").get("text")
    if alphabet is None or not sent:
        return hook
    words = sent[0].encode("latin-1", "replace").decode(alphabet, "replace")
    return replace(hook, query={**hook.query, "text": (words,)})


def _outcome(answer: requests.Response, ref: str) -> Sent:
    if answer.status_code != requests.codes.accepted:
        worded = next((sent for begin, sent in WORDED.items() if answer.text.startswith(begin)), None)
        return worded or wire.refused(answer.status_code, table=REFUSALS)
    code = re.match(r"([0-9]): ", answer.text)
    outcome = TAKEN.get(code[1]) if code else None
    if outcome is Outcome.ACCEPTED:
        return Sent(outcome, ref=ref)
    return Sent(outcome, ref=ref, code="queued") if outcome else wire.GARBLED


def _coding(body: str) -> str:
    try:
        septets(body)
    except ValueError:
        return UCS_2
    return GSM_7
