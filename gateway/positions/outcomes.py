"""The possible results of looking a position up. Errors are values, so that one number never stops another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.core.places.spots import Spot


@dataclass(frozen=True)
class Located:
    """The position with its radius, and when the network last saw the phone (aware; None if it does not say)."""

    spot: Spot
    taken_at: datetime | None = None


@dataclass(frozen=True)
class NotLocated:
    """The reason why there is no position, in the operator's code or a short word of ours.

    With `again` a later try may succeed.
    """

    code: str
    again: bool = False
