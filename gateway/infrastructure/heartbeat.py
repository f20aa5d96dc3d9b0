"""Send a sign of life to an outside monitor, which raises the alarm when the signs stop (HEARTBEAT_URL).

We send none while something is wrong: the silence is the alarm. Silence also reports a machine that is off, a site
without electricity and a dead network, which nobody inside could report.
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
LOOK = 5.0  # seconds between two checks whether one is due, so that a short fault does not cost a whole minute
PATIENCE = 5.0  # seconds that one request may take


@dataclass
class Heartbeat:
    """One worker's signs of life: GET `url` every EVERY seconds while `reasons` returns nothing wrong.

    `clock` returns seconds from any origin. The URL is a secret, since whoever has it can fake our life: logs show its
    host only.
    """

    url: str
    reasons: Callable[[], Mapping[str, str]]
    clock: Callable[[], float] = time.monotonic
    _sent_at: float | None = None

    def tick(self) -> None:
        """Send a sign of life if one is due and all is well.

        Raises what `reasons` raises, and nothing for a network fault.
        """
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
