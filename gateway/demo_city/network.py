"""The simulated network as the web process and the operator's commands use it: over HTTP, like a real carrier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import requests

from gateway.carriers.simulator.people import Exchange
from gateway.config import Settings
from gateway.wiring import SIMULATED_NUMBER, handsets

PATIENCE = 15.0  # seconds; Twilio waits equally long for a webhook's answer
SPOKEN_A_SECOND = 14  # characters per second of slow spoken Indonesian


@dataclass
class Wire:
    """The connection that posts webhooks to the gateway at `url`, and remembers whether nobody answered."""

    url: str
    nobody_there: bool = False
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False  # no proxy between two processes of one demo

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Post a webhook and return the status and the answer.

        Raises OSError (every RequestException is one) if nobody answers.
        """
        try:
            answer = self.session.post(self.url + path, data=body, headers=dict(headers), timeout=PATIENCE)
        except requests.RequestException:
            self.nobody_there = True
            raise
        return answer.status_code, answer.content


def exchange(settings: Settings, wire: Wire | None = None, hurried: bool = False) -> Exchange:
    """Return the people's side of this DATA_DIR's phones. With `hurried`, speech in a call takes no time."""
    wire = wire or Wire(settings.public_url)
    key = settings.demo_hook_key.get_secret_value().encode()
    speech = _no_time if hurried else _seconds
    return Exchange(handsets(settings), key, SIMULATED_NUMBER, wire.post, speech)


def _seconds(text: str) -> float:
    return len(text) / SPOKEN_A_SECOND


def _no_time(text: str) -> float:
    return 0.0
