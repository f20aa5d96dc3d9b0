"""Kannel's sendsms and its call-backs on the loopback, as version 1.4.5 really answers."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import requests

from tests.loopback import Asked, CallBack, Handset, Loopback, Reply


def get_over_the_wire(url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
    answer = requests.get(f"{url}?{urlencode(fields)}" if fields else url, headers=dict(headers), timeout=10)
    return Reply(answer.status_code, answer.text, answer.headers.get("Content-Type", ""))


@dataclass
class Text:
    id: str  # what the report's address carries: Kannel itself gives none
    to: str
    body: str
    report_url: str


class FakeKannel(Loopback):
    """`operator_gone`: it still takes texts, for later. Call-backs are GET requests with everything in the query."""

    def __init__(
        self,
        public_url: str = "https://siaga.example",
        call_back: CallBack = get_over_the_wire,
        username: str = "siaga",
        password: str = "made-up-password",
        hook_token: str = "made-up-hook-token",
        short_code: str = "1100",
    ) -> None:
        super().__init__()
        self.texts: list[Text] = []
        self.operator_gone = False
        self._account, self._short_code = (username, password), short_code
        self._hooks = f"{public_url}/hooks/kannel/{hook_token}"
        self._call_back = call_back
        self._handsets: dict[str, Handset] = {}
        self._ids = itertools.count(1)

    def handset(self, number: str) -> Handset:
        return self._handsets.setdefault(number, Handset(number))

    def text_in(self, sender: str, body: str, **more: str) -> Reply:
        fields = {"from": sender, "to": self._short_code, "text": body, "id": f"{next(self._ids):032x}"}
        return self._call_back(f"{self._hooks}/sms", fields | {"charset": "UTF-8", "coding": "0"} | more, {})

    def report(self, text: Text, status: str = "1", reply: str = "") -> Reply:
        """Fill the escapes of the address that the text came with."""
        url = text.report_url
        for escape, value in (("%A", reply), ("%d", status), ("%p", text.to.replace("+", "%2B"))):
            url = url.replace(escape, value)
        return self._call_back(url, {}, {})

    def respond(self, asked: Asked) -> Reply:
        if (asked.value("username"), asked.value("password")) != self._account:
            return Reply(403, "Authorization failed for sendsms", "text/plain")
        if not asked.value("to"):
            return Reply(400, "Missing receiver number, rejected", "text/plain")
        to, report_url = asked.value("to"), asked.value("dlr-url")
        attempt = report_url.partition("attempt=")[2].partition("&")[0]
        self.texts.append(Text(attempt, to, asked.value("text"), report_url))
        self.handset(to).received.append(asked.value("text"))
        taken = "3: Queued for later delivery" if self.operator_gone else "0: Accepted for delivery"
        return Reply(202, taken, "text/plain")
