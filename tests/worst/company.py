"""Carriers that a test can hold up: before they take what they are asked, or after taking it and before they say so."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from tests.fake_africastalking import FakeAfricasTalking
from tests.fake_twilio import FakeTwilio
from tests.loopback import Asked, Reply

Which = Callable[[Asked], bool]
LONGEST = 40.0  # seconds that a gate holds anybody, so that a failed test ends


class Gate:
    """Lets everybody through until it is shut for some."""

    def __init__(self) -> None:
        self.held: list[Asked] = []
        self._which: Which | None = None
        self._open = threading.Event()
        self._open.set()

    def shut(self, which: Which = lambda asked: True) -> None:
        self._which = which
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    def pass_through(self, asked: Asked) -> None:
        if not self._open.is_set() and self._which is not None and self._which(asked):
            self.held.append(asked)
            self._open.wait(LONGEST)


class Company(FakeTwilio):
    """`entrance` holds requests that are not taken yet, `exit` those that are; `taken_at` tells when."""

    def __init__(self, public_url: str) -> None:
        super().__init__(public_url)
        self.entrance, self.exit = Gate(), Gate()
        self.refused: set[str] = set()  # numbers that it does not take just now
        self.arrivals: list[tuple[float, str]] = []  # when (monotonic), and what was to be said
        self.taken_at: list[tuple[float, str, str]] = []  # when (monotonic), to whom, "text" or "call"

    def respond(self, asked: Asked) -> Reply:
        self.arrivals.append((time.monotonic(), asked.value("Body")))
        self.entrance.pass_through(asked)
        if asked.value("To") in self.refused:
            return Reply(429, '{"code": 20429, "message": "Too many requests", "status": 429}')
        if asked.path.endswith(("Messages.json", "Calls.json")):
            kind = "text" if "Messages" in asked.path else "call"
            self.taken_at.append((time.monotonic(), asked.value("To"), kind))
        reply = super().respond(asked)
        self.exit.pass_through(asked)
        return reply


class SecondCompany(FakeAfricasTalking):
    """The other line; `exit` holds its answers."""

    def __init__(self, public_url: str) -> None:
        super().__init__(public_url)
        self.exit = Gate()

    def respond(self, asked: Asked) -> Reply:
        reply = super().respond(asked)
        self.exit.pass_through(asked)
        return reply


def texts(asked: Asked) -> bool:
    return asked.path.endswith("Messages.json")
