"""A company with an HTTP API for texts on the loopback, with phones. It writes as NusaSMS's "HTTP plain" does: a GET
with everything in the query, a JSON answer with a state, and pushed texts as forms. Source: nusasms.com/sms-api. Its
receipts and its USSD menu are forms too; NusaSMS documents neither, so the fields are a usual choice."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass

from tests.loopback import Asked, CallBack, Handset, Loopback, Reply, over_the_wire

TAKEN, NO_NETWORK, WRONG_ACCOUNT, NO_CREDIT, BAD_NUMBER = "0", "-3", "-5", "-2", "-13"
STATES = {"no_network": NO_NETWORK, "no_credit": NO_CREDIT, "bad_number": BAD_NUMBER}  # by how a phone is set


@dataclass
class Text:
    id: str
    to: str
    body: str


class FakeHttp(Loopback):
    def __init__(
        self,
        public_url: str = "https://siaga.example",
        call_back: CallBack = over_the_wire,
        username: str = "siaga",
        password: str = "made-up-password",
        hook_token: str = "made-up-hook-token",
        number: str = "+628110003300",
        line: str = "http",
    ) -> None:
        super().__init__()
        self.texts: list[Text] = []
        self._account, self._number, self._call_back = (username, password), number, call_back
        self._hooks = f"{public_url}/hooks/{line}/{hook_token}"
        self._handsets: dict[str, Handset] = {}
        self._typed: dict[str, list[str]] = {}  # by session
        self._ids = itertools.count(175041319203754627)

    def handset(self, number: str) -> Handset:
        return self._handsets.setdefault(number, Handset(number))

    # --- what phones do ---

    def text_in(self, sender: str, body: str, at: str = "2026-11-22 09:00:00") -> Reply:
        fields = {"id": str(next(self._ids)), "gateway_number": self._number, "originator": sender.strip("+")}
        return self._call_back(f"{self._hooks}/sms", fields | {"msg": body, "receive_date": at}, {})

    def report(self, text: Text, state: str = "DELIVRD") -> Reply:
        return self._call_back(f"{self._hooks}/report", {"messageid": text.id, "status": state, "gsm": text.to}, {})

    def dial(self, phone: str, session: str) -> Reply:
        self._typed[session] = []
        return self._menu(phone, session)

    def type(self, phone: str, session: str, words: str) -> Reply:
        self._typed[session].append(words)
        return self._menu(phone, session)

    def _menu(self, phone: str, session: str) -> Reply:
        about = {"session_id": session, "msisdn": phone.strip("+"), "service": "*110#"}
        return self._call_back(f"{self._hooks}/ussd", about | {"input": "*".join(self._typed[session])}, {})

    # --- what we ask ---

    def respond(self, asked: Asked) -> Reply:
        to = "+" + asked.value("GSM").strip("+")
        state = STATES.get(self.handset(to).texts, TAKEN)
        if (asked.value("user"), asked.value("password")) != self._account:
            state = WRONG_ACCOUNT
        id = str(next(self._ids)) if state == TAKEN else ""
        if state == TAKEN:
            self.texts.append(Text(id, to, asked.value("SMSText")))
            self.handset(to).received.append(asked.value("SMSText"))
        return Reply(200, json.dumps({"results": [{"status": state, "messageid": id, "destination": to.strip("+")}]}))
