"""Say when a text was sent, as far as its carrier tells, and what one that came late may still do.

Networks keep a text for hours while a phone is out of reach. A late panic is still a panic; a late word that would end
something ends nothing that began after it was sent.
"""

from __future__ import annotations

from datetime import datetime, timedelta

LONGEST = timedelta(hours=24)  # a carrier's time that is older is not believed
LATE = timedelta(minutes=5)  # a panic that is older is one, and everybody reads when it was sent
# A carrier's clock may run so far behind ours. Within that a text counts as sent when it came: an officer's yes to the
# alert of this moment must not pass for a yes to an older one.
CLOCKS_DIFFER = timedelta(seconds=10)


def believed(told: datetime | None, came_at: datetime) -> datetime | None:
    """Return when a text was sent; None (unknown) where the carrier tells nothing, or tells a time that lies behind its
    coming or over 24 hours before it. Both times are aware."""
    return told if told is not None and came_at - LONGEST <= told <= came_at else None


def latest(sent_at: datetime | None, came_at: datetime) -> datetime:
    """Return the latest moment at which a text can have been sent: what began after it was not known to its sender."""
    return came_at if sent_at is None else min(sent_at + CLOCKS_DIFFER, came_at)


def came_late(sent_at: datetime | None, came_at: datetime) -> bool:
    """Return whether so much time passed between sending and coming that people must read of it."""
    return sent_at is not None and came_at - sent_at > LATE


def ends(began_at: datetime, sent_by: datetime) -> bool:
    """Return whether a text that was sent by `sent_by` (see `latest`) may end what began at `began_at`."""
    return began_at <= sent_by
