"""A small town for tests: a line, its phones, and a gateway that answers what a test told it to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.carriers.simulator.handsets import Handsets
from gateway.carriers.simulator.line import Simulator
from gateway.carriers.simulator.people import Exchange
from gateway.carriers.simulator.phones import SimCall
from gateway.core.messages import Ask, CallOut, Hook, Phase, Say, Script

KEY, LINE = b"made-up-key", "+628110000001"
BUDI, RINA = "+6281230000001", "+6281230000002"
ALARM = (Say("Kode K7Q", "id"), Ask("Tekan satu", "id", seconds=8))


@dataclass
class Clock:
    at: datetime = datetime(2026, 1, 2, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Town:
    """A line, its phones, and a gateway that keeps every hook and answers what a test told it to."""

    path: Path
    clock: Clock = field(default_factory=Clock)
    scripts: list[Script] = field(default_factory=list)
    screens: list[tuple[str, bool]] = field(default_factory=list)
    failures: list[int | OSError] = field(default_factory=list)
    hooks: list[Hook] = field(default_factory=list)
    speech: float = 0.0

    def __post_init__(self) -> None:
        self.phones = Handsets(self.path, self.clock)
        self.line = Simulator(KEY, LINE, self.phones, "http://gateway.test")
        self.people = Exchange(self.phones, KEY, LINE, self.post, speech=lambda _: self.speech)

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        lower = {name.lower(): value for name, value in headers.items()}
        hook = Hook("POST", "http://gateway.test" + path, path.removeprefix("/hooks/simulator/"), "", lower, body=body)
        assert self.line.authentic(hook)
        self.hooks.append(hook)
        if self.failures:
            return self._fail(self.failures.pop(0))
        return 200, self._answer(hook).encode()

    def _fail(self, failure: int | OSError) -> tuple[int, bytes]:
        if isinstance(failure, OSError):
            raise failure
        return failure, b"<h1>Oops</h1>"

    def _answer(self, hook: Hook) -> str:
        if hook.path == "ussd":
            return self.line.answer_hop(*self.screens.pop(0)).body
        if hook.path in ("voice", "voice/keys"):
            event = self.line.read_call(hook)
            asked = event.phase is not Phase.RINGING or event.incoming
            return self.line.answer_call(self.scripts.pop(0) if asked and self.scripts else (), event).body
        return self.line.answer_text().body

    def later(self, seconds: float) -> None:
        self.clock.at += timedelta(seconds=seconds)
        self.people.tick()

    def alarm(self, phone: str, attempt: int = 7) -> str:
        return self.line.place_call(CallOut(attempt, phone, ring_seconds=25)).ref

    def told(self, *paths: str) -> list[dict[str, object]]:
        return [json.loads(hook.body) for hook in self.hooks if hook.path in paths]

    def last_call(self, phone: str) -> SimCall:
        return self.phones.call_log(phone)[-1]
