"""A sign of life to somebody outside, who raises the alarm when it stops coming (HEARTBEAT_URL).

Nothing is sent while something is wrong: the silence is the alarm, and it also tells of a machine that is off, a site
without electricity and a network that is down, of which nobody inside can tell anything.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import requests

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds between two signs; whoever waits for them should allow for three missed ones
PATIENCE = 5.0  # seconds


def beat(url: str, reasons: Callable[[], Mapping[str, str]]) -> bool:
    """GET `url` if `reasons` names nothing that is wrong; whether the sign arrived. Raises what `reasons` raises, never
    for the outside. The address is a secret (whoever has it can fake our life): logs tell its host only."""
    wrong = reasons()
    if wrong:
        log.warning("no sign of life was sent", extra={"reasons": sorted(wrong)})
        return False
    try:
        answer = requests.get(url, timeout=PATIENCE)
        trouble = "" if answer.ok else str(answer.status_code)
    except (requests.RequestException, OSError, ValueError) as error:  # its message holds the whole address
        trouble = type(error).__name__
    if trouble:
        log.warning("a sign of life did not arrive", extra={"host": urlsplit(url).hostname, "error": trouble})
    return not trouble
