"""A sign of life to somebody outside, who raises the alarm when it stops coming (HEARTBEAT_URL).

Nothing is sent while something is wrong: the silence is the alarm, and it also tells of a machine that is off, a site
without electricity and a network that is down, of which nobody inside can tell anything.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds between two signs of life
LOOK = 5.0  # seconds between two looks whether one is due: what was wrong for a moment costs no whole minute
PATIENCE = 5.0  # seconds that one may take


@dataclass
class Heartbeat:
    """One worker's signs of life: GET `url` each EVERY seconds while `reasons` names nothing that is wrong.

    `clock` tells seconds of any origin. The address is a secret (whoever has it can fake our life): logs tell its host.
    """

    url: str
    reasons: Callable[[], Mapping[str, str]]
    clock: Callable[[], float] = time.monotonic
    _sent_at: float | None = None

    def tick(self) -> None:
        """Send one if it is due and all is well. Raises what `reasons` raises, never for the outside."""
        now = self.clock()
        if self._sent_at is not None and now - self._sent_at < EVERY:
            return
        if not self.reasons() and self._arrives():
            self._sent_at = now

    def _arrives(self) -> bool:
        try:
            answer = requests.get(self.url, timeout=PATIENCE)
            trouble = "" if answer.ok else str(answer.status_code)
        except (requests.RequestException, OSError, ValueError) as error:  # its message holds the whole address
            trouble = type(error).__name__
        if trouble:
            log.warning("a sign of life did not arrive", extra={"host": urlsplit(self.url).hostname, "error": trouble})
        return not trouble
