"""Any company with an HTTP API for texts, as settings describe it; its hooks are proved by the secret in their path.

A fault of the wire is an outcome as on every line. The words of a company are read by the tables in the settings; what
no table names counts by its HTTP status, and a success without the id that was promised is one that nobody knows of.
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import requests

from gateway.carriers import wire
from gateway.carriers.http import format
from gateway.carriers.http.description import HttpSettings
from gateway.core.messages import Answer, BadHook, DeliveryReceipt, Hook, Outcome, Sent, TextIn, TextOut, UssdHop
from gateway.core.phone import local

WORTH_S = 600  # seconds that a text is worth sending where nobody says
CODE = re.compile(r"[A-Za-z_.-]{0,20}[0-9]{0,5}")  # too short to hold a number


class HttpAccount:
    """One account at such a company. Raises nothing but `BadHook`. `timeout_seconds` are those to connect, and between
    two reads."""

    def __init__(
        self,
        *,
        name: str,
        settings: HttpSettings,
        timeout_seconds: tuple[float, float] = (3.05, 9.0),
        now: Callable[[], float] = time.time,
    ) -> None:
        self.name, self._told = name, settings
        self.own_numbers: tuple[str, ...] = (settings.sender,)
        self._region = wire.region(settings.sender)
        self._timeout, self._session, self._now = timeout_seconds, wire.session(), now
        self._id, self._state = format.Place.read(settings.answer_id), format.Place.read(settings.answer_state)
        self._answers = format.table(settings.answer_states, format.ANSWERS)
        self._reports = format.table(settings.report_states, format.REPORTS)
        self._account = {
            "sender": settings.sender,
            "username": settings.username,
            "password": settings.password.get_secret_value(),
            "key": settings.key.get_secret_value(),
        }

    def authentic(self, hook: Hook) -> bool:
        return wire.same_secret(hook.token, self._told.hook_token.get_secret_value())


class HttpLine(HttpAccount):
    """A company that brings texts."""

    batch = 1  # one request is one text: then an answer is about one number

    # --- in ---

    def read_text(self, hook: Hook) -> TextIn:
        told, raw, hook = self._told, wire.raw(hook), _read(hook)
        sender, body, ref = _phone(hook, told.text_from), _field(hook, told.text_words), _field(hook, told.text_id)
        if not sender:
            raise BadHook("a text without a sender")
        if not ref and not body.strip():
            raise BadHook("a text without words and id")
        return TextIn(
            line=self.name,
            ref=wire.reference(ref, sender, body, raw, at=self._now()),
            sender=sender,
            recipient=_phone(hook, told.text_to) or told.sender,
            body=body,
            region=self._region,
            raw=raw,
            sent_at=wire.moment(_field(hook, told.text_time), ZoneInfo(told.text_zone)),
        )

    def read_receipt(self, hook: Hook) -> DeliveryReceipt:
        told, raw, hook = self._told, wire.raw(hook), _read(hook)
        attempt, state = wire.whole(_field(hook, told.report_attempt)), _field(hook, told.report_state)
        ref = _field(hook, told.report_id)
        report = format.look_up(self._reports, state)
        return DeliveryReceipt(
            line=self.name,
            ref=wire.reference(ref) if ref else "" if attempt is None else str(attempt),
            attempt=attempt,
            delivery=report.delivery if report else None,
            permanent=report is not None and report.permanent,
            code=_code(state) if state else "",
            phone=_phone(hook, told.report_phone),
            raw=raw,
            absent=report is not None and report.absent,
            opted_out=report is not None and report.opted_out,
        )

    def answer_text(self) -> Answer:
        return Answer(self._told.hook_answer)

    # --- out ---

    def send_texts(self, texts: Sequence[TextOut]) -> Sequence[Sent]:
        return [self._send(text) for text in texts]

    def _send(self, text: TextOut) -> Sent:
        if not wire.dialable(text.to):
            return wire.BAD_NUMBER
        try:
            answer = self._session.request(
                self._told.send_method,
                self._told.send_url,
                timeout=self._timeout,
                allow_redirects=False,
                **self._carried(text),
            )
        except requests.RequestException as error:
            return wire.failed(error)
        return self._outcome(answer, text)

    def _carried(self, text: TextOut) -> dict[str, Any]:
        """Return the fields of a request as the settings carry them."""
        about = {
            "to": text.to,
            "to_digits": text.to.removeprefix("+"),
            "to_local": local(text.to),
            "text": text.body,
            "attempt": str(text.attempt),
            "seconds": str(text.valid_seconds or WORTH_S),
        }
        told, facts = self._told, self._account | about
        headers, fields = format.filled(told.send_headers, facts), format.filled(told.send_fields, facts)
        if told.send_auth == "basic":
            headers["Authorization"] = _basic(told.username, told.password.get_secret_value())
        body = "params" if told.send_method == "get" else "json" if told.send_as == "json" else "data"
        return {"headers": headers, body: format.nested(fields) if body == "json" else fields}

    def _outcome(self, answer: requests.Response, text: TextOut) -> Sent:
        body = wire.letters(answer.content[:100_000])
        state = self._state.find(body)
        told = format.look_up(self._answers, state)
        ref = self._id.find(body) if self._told.answer_id else str(text.attempt)
        if told is not None and told.outcome is not Outcome.ACCEPTED:
            return Sent(told.outcome, code=_code(state), about_number=told.about_number, opted_out=told.opted_out)
        if not answer.ok or answer.is_redirect:
            return wire.refused(answer.status_code)
        known = told is not None or (not state and bool(self._told.answer_id or not self._answers))
        return Sent(Outcome.ACCEPTED, ref=wire.reference(ref)) if known and ref else wire.GARBLED


class HttpMenus(HttpAccount):
    """A USSD gateway: it asks us for each screen, and tells all that was typed so far."""

    def read_hop(self, hook: Hook) -> UssdHop:
        told, raw, hook = self._told, wire.raw(hook), _read(hook)
        phone, code, ended = _phone(hook, told.ussd_phone), _phone(hook, told.ussd_code), hook.path == "ussd/end"
        if not phone and not ended:
            raise BadHook("a USSD step without a phone")
        return UssdHop(
            line=self.name,
            session=wire.reference(_field(hook, told.ussd_session), phone, code, at=self._now()),
            phone=phone,
            code=code,
            typed=_field(hook, told.ussd_text),
            ended=ended,
            region=self._region,
            raw=raw,
        )

    def answer_hop(self, screen: str, more: bool) -> Answer:
        told = self._told
        as_json = told.ussd_as == "json"
        words = json.dumps(screen)[1:-1] if as_json else screen
        filled = format.fill(told.ussd_more if more else told.ussd_end, {"screen": words})
        return Answer(filled, "application/json" if as_json else "text/plain")


class HttpUssdLine(HttpLine, HttpMenus):
    """A company that brings texts and menus."""


LINES: Mapping[tuple[bool, bool], type[HttpAccount]] = {  # by whether the settings describe texts, and menus
    (True, False): HttpLine,
    (False, True): HttpMenus,
    (True, True): HttpUssdLine,
}


def _basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


# --- what companies write --------------------------------------------------------------------------------------------


def _read(hook: Hook) -> Hook:
    """Return the request with every value of a JSON body as a form field, named by its path ("data.0.id")."""
    if hook.form:
        return hook
    body = format.parsed(wire.letters(hook.body)) if hook.body else None
    found: dict[str, tuple[str, ...]] = {}
    _flatten(body, "", found)
    return replace(hook, form=found) if found else hook


def _flatten(value: Any, name: str, found: dict[str, tuple[str, ...]], depth: int = 0) -> None:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inner if depth < 6 else ():
        _flatten(one, f"{name}.{step}" if name else str(step), found, depth + 1)
    if name and format.plain(value) and len(found) < 200:
        found[name] = (format.plain(value),)


def _field(hook: Hook, name: str) -> str:
    return wire.field(hook, name) if name else ""


def _phone(hook: Hook, name: str) -> str:
    return wire.phone(hook, name) if name else ""


def _code(state: str) -> str:
    """Return a company's state word as our code, without what could be somebody's number."""
    return state if CODE.fullmatch(state) and state else wire.word(state)
