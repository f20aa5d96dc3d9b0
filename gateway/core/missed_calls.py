"""Say which telephones may ring somebody out. A telephone has one call at a time: while it rings an officer, a citizen
who rings it finds it busy, and a missed call is how many ask for help."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

PLACING = 2  # seconds that a telephone needs between two calls


@dataclass(frozen=True)
class Handset:
    """A telephone with one SIM: its `number` (E.164), and whether it tells of a call that comes in while it rings
    somebody."""

    number: str
    tells_of_waiting: bool


def may_ring_out(handset: Handset, doors: Collection[str]) -> bool:
    """Return whether it may ring somebody out; `doors` are the numbers on which we learn of missed calls. The only door
    stays open."""
    return handset.number not in doors or handset.tells_of_waiting or len(set(doors)) > 1


def is_shut_by_ringing(handset: Handset, doors: Collection[str]) -> bool:
    """Return whether citizens who ring this number find it busy while it rings somebody."""
    return handset.number in doors and not handset.tells_of_waiting and may_ring_out(handset, doors)


def shut_for(phones: int, pool: int, ring_seconds: int) -> int:
    """Return for how many seconds a door may be shut while so many `phones` are rung one after the other by a `pool` of
    telephones."""
    rounds = -(-phones // max(pool, 1))
    return rounds * (ring_seconds + PLACING)
