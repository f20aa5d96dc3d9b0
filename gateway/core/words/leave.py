"""Read "CUTI 3 HARI": an officer who goes on leave for some days."""

from __future__ import annotations

import re

MOST_DAYS = 60
_WEEK = 7  # days
# The whole text has this form, so that no word of a report is taken for a wish.
_LEAVE = re.compile(
    r"\W*(?:saya\s+|sy\s+)?(?:cuti|leave|likizo)\s+(?:selama\s+|ya\s+|siku\s+|wiki\s+)?"
    r"(?P<count>\d{1,2})\s*(?:(?:hari|hr|days?|siku)|(?P<weeks>minggu|mgg|weeks?|wiki))?(?:\s+\d{4,8})?\W*",
    re.IGNORECASE,
)


def days_of_leave(text: str) -> int | None:
    """Return for how many days (1 to MOST_DAYS) an officer goes on leave, or None where the text says nothing of it."""
    found = _LEAVE.fullmatch(text)
    days = int(found["count"]) * (_WEEK if found["weeks"] else 1) if found else 0
    return days if 1 <= days <= MOST_DAYS else None
