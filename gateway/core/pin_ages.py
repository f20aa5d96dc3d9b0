"""Say whether a PIN is old enough to cancel.

Whoever holds the phone may have had the PIN changed a moment ago. So a new one cancels nothing: its phone sees what a
cancelled one sees, and the desk decides.
"""

from __future__ import annotations

from datetime import datetime, timedelta

REST = timedelta(hours=24)  # after it was set or changed


def cancels(set_at: datetime | None, opened_at: datetime, now: datetime) -> bool:
    """Return whether a right PIN that was set or changed at `set_at` (None: long ago) may cancel an incident that was
    opened at `opened_at`."""
    return set_at is None or (now - set_at >= REST and set_at < opened_at)
