"""What looking somebody up can end in. Errors are values: one number never stops another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.core.places.spots import Spot


@dataclass(frozen=True)
class Located:
    """Where, how exactly, and when the network last saw the phone (aware; None: it does not say)."""

    spot: Spot
    taken_at: datetime | None = None


@dataclass(frozen=True)
class NotLocated:
    """Why not, in the operator's code or a short word of ours; `again`: a later try may do better."""

    code: str
    again: bool = False
