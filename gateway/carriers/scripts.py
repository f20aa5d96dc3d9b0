"""Write what a call says as JSON and read it again, for whoever carries a script out itself: the simulated network, and
the process that holds an Asterisk."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from gateway.core.messages import Ask, Bridge, HangUp, Reject, Say, Script, Step

VERBS: Mapping[type[Step], str] = {Say: "say", Ask: "ask", Bridge: "bridge", Reject: "reject", HangUp: "hang_up"}
STEPS: Mapping[str, Callable[[Mapping[str, Any]], Step]] = {
    "say": lambda told: Say(str(told["text"]), str(told["language"]), _sound(told)),
    "ask": lambda told: Ask(str(told["text"]), str(told["language"]), int(told["seconds"]), _sound(told)),
    "bridge": lambda told: Bridge(str(told["to"]), int(told["ring_seconds"])),
    "reject": lambda _: Reject(),
    "hang_up": lambda _: HangUp(),
}


def write_script(script: Script) -> str:
    """Return a script as JSON: a list of steps, each with its verb in `do`."""
    return json.dumps([{"do": VERBS[type(step)], **asdict(step)} for step in script])


def read_script(text: str | bytes) -> Script:
    """Return the script that `write_script` wrote; nothing at all is the empty script. Raises ValueError on anything
    else."""
    try:
        return tuple(STEPS[told["do"]](told) for told in json.loads(text or "[]"))
    except (TypeError, KeyError, RecursionError) as wrong:
        raise ValueError(f"not a script: {wrong!r}") from wrong


def _sound(told: Mapping[str, Any]) -> str:
    return str(told.get("sound", ""))  # scripts of an older version have none
