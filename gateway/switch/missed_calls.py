"""Tell the calls that came in while no process held the line: the dial plan keeps them in a variable of Asterisk's."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable

from gateway.carriers.asterisk.line import Asterisk
from gateway.core.messages import Script

log = logging.getLogger(__name__)

KEPT_FOR = 3600.0  # seconds; somebody who rang earlier has found another way, or has rung again
# One call: when it began and its number, which is how Asterisk names calls, and who rang.
KEPT = re.compile(r"(?P<call>(?:[A-Za-z0-9_-]+-)?(?P<began>[0-9]{9,11})[.][0-9]{1,12}):(?P<phone>[+0-9]*)")
END = "/"
Tell = Callable[[dict[str, str]], "Script | None"]  # tells web a call; None: web has not taken it


def tell_kept(line: Asterisk, tell: Tell, now: Callable[[], float] = time.time) -> None:
    """Tell each kept call as one that rang, and forget those that web has taken. Nothing comes to them meanwhile,
    because the line is held again."""
    kept = line.ari.variable(_variable(line))
    still = [call for call in kept.split(END) if call and not _told(line, call, tell, now())]
    if kept:
        _keep(line, "".join(call + END for call in still))


def keep(line: Asterisk, call: str, phone: str) -> None:
    """Keep a call that web has not taken, because this process ends."""
    _keep(line, f"{line.ari.variable(_variable(line))}{call}:{re.sub('[^+0-9]', '', phone)}{END}")


def _keep(line: Asterisk, calls: str) -> None:
    line.ari.order("POST", "asterisk/variable", variable=_variable(line), value=calls)


def _variable(line: Asterisk) -> str:
    return f"{line.app}_missed".replace("-", "_").upper()


def _told(line: Asterisk, kept: str, tell: Tell, now: float) -> bool:
    """Return whether nothing more is to be told of this call."""
    call = KEPT.fullmatch(kept)
    if call is None or now - float(call["began"]) > KEPT_FOR:
        log.error("a missed call was kept for too long, and is not told", extra={"line": line.name})
        return True
    told = {"call": call["call"], "direction": "incoming", "phone": call["phone"] or "anonymous"}
    return tell({**told, "called": line.number, "event": "ringing", "answered": "0"}) is not None
