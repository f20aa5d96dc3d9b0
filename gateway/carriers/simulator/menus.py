"""Run USSD on the simulated network: one open menu a phone, whose screens are the gateway's answers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from gateway.carriers.simulator.handsets import Handsets
from gateway.carriers.simulator.hooks import Hooks
from gateway.carriers.simulator.phones import Owed, UssdSession

PATIENCE = timedelta(seconds=120)  # a network's usual order of magnitude; each sets its own
BROKEN = "Masalah sambungan atau kode tidak berlaku"


class Menus:
    def __init__(self, handsets: Handsets, hooks: Hooks) -> None:
        self._handsets, self._hooks = handsets, hooks
        hooks.follow["ussd"] = self._shown
        hooks.give_up["ussd"] = self._broken

    def dial(self, phone: str, code: str) -> None:
        self._ask(UssdSession(uuid4().hex, phone, code, self._handsets.clock()))

    def reply(self, phone: str, words: str) -> bool:
        session = self._open(phone)
        if session is None:
            return False
        self._ask(replace(session, typed="*".join(filter(None, (session.typed, words)))))
        return True

    def close(self, phone: str) -> bool:
        session = self._open(phone)
        if session is None:
            return False
        self._finish(session, session.screen, self._handsets.clock())
        return True

    def tick(self, now: datetime) -> None:
        for session in self._handsets.stale_sessions(now - PATIENCE):
            self._finish(session, session.screen, now)

    def _ask(self, session: UssdSession) -> None:
        now = self._handsets.clock()
        self._handsets.keep_session(replace(session, screen="", touched=now))
        self._hooks.tell("ussd", _told(session), now, about=session.session)

    def _shown(self, owed: Owed, answer: bytes, now: datetime) -> None:
        session = self._meant(owed)
        screen, more = self._read(answer)
        if session and more:
            self._handsets.keep_session(replace(session, screen=screen, touched=now))
        elif session:
            self._finish(session, screen, now)

    def _broken(self, owed: Owed, now: datetime) -> None:
        session = self._meant(owed)
        if session:
            self._finish(session, BROKEN, now)

    def _finish(self, session: UssdSession, screen: str, now: datetime) -> None:
        self._handsets.keep_session(replace(session, screen=screen, touched=now, open=False))
        self._hooks.tell("ussd/end", _told(session), now)

    def _read(self, answer: bytes) -> tuple[str, bool]:
        try:
            told = json.loads(answer)
            return str(told["screen"]), bool(told["more"])
        except (ValueError, TypeError, KeyError, RecursionError):
            self._handsets.violate("a USSD hook was answered with something that is no screen")
            return BROKEN, False

    def _open(self, phone: str) -> UssdSession | None:
        session = self._handsets.session(phone)
        return session if session and session.open else None

    def _meant(self, owed: Owed) -> UssdSession | None:
        """Return the session that this hook was about, or None if the phone has moved on."""
        session = self._open(json.loads(owed.payload)["from"])
        return session if session and session.session == owed.about else None


def _told(session: UssdSession) -> dict[str, object]:
    return {"session": session.session, "from": session.phone, "code": session.code, "typed": session.typed}
