"""Say whether what somebody pressed at a desk is still meant when it arrives.

A connection that was away delivers what was pressed before, and by then somebody else may have acted: whoever pressed
is asked again, instead of being surprised.
"""

from __future__ import annotations

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
