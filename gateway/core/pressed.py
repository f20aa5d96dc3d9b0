"""Say what a press at a desk's monitor still means: whether one that arrives late is done, which ones wait a moment
before they are done, and which ones can be taken back, how long, and by which act.

A connection that was away delivers what was pressed before, and by then somebody else may have acted: whoever pressed
is asked again, instead of being surprised.
"""

from __future__ import annotations

from dataclasses import dataclass

AT_ONCE = 2.0  # seconds; on a line that works a press is here by then, whatever happened meanwhile
STILL_MEANT = 10.0  # seconds; what is older was pressed in another situation


def not_meant(age: float, changed: bool) -> str | None:
    """Return why somebody must be asked again, as a key of `console.not_now`; None if it is done. `age` are the seconds
    since the press, `changed` is whether anything happened to the incident that the page did not show."""
    if age <= AT_ONCE:
        return None
    if age > STILL_MEANT:
        return "late"
    return "changed" if changed else None


@dataclass(frozen=True)
class Undo:
    """How a press is taken back: the act that does it, for how many seconds, and the form's fields that it needs."""

    act: str
    needs: tuple[str, ...] = ()
    seconds: float = 60.0


# What rings phones that a second thought cannot make unheard, or takes an officer off at once: it waits so many
# seconds, in sight, and can be stopped. Everything else is done as it is pressed.
WAITS = {"wider": 5, "suspend": 5}

# Presses about an incident, and with "text." those about a text that waited. What is on no list stays.
TAKEN_BACK = {
    "close": Undo("reopen"),
    "accept": Undo("decline", ("alert", "officer")),
    "take": Undo("release"),
    "merge": Undo("part", ("other",)),
    "text.emergency": Undo("stand_down", ("incident",)),
    "text.no": Undo("put_back"),
    "text.seen": Undo("put_back"),
}
LONGEST = max(undo.seconds for undo in TAKEN_BACK.values())
