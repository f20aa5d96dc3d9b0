"""The Desk: what lies on the duty desk. Every room function takes one, and nothing else from the outside."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from gateway.carriers.failover import Switchboard
from gateway.positions.map_index import Atlas


class Later(Protocol):
    """Work for after the commit. A doorbell only: whoever misses it, the sweep finds the row a second later."""

    def deliver(self, incident_id: int) -> None:
        """Something is owed for this incident."""

    def send(self, outbound_id: int) -> None:
        """This is owed, and belongs to no incident."""

    def wave(self, incident_id: int) -> None:
        """A wave is due that was too large for the hook."""

    def locate(self, lookup_id: int) -> None:
        """Something is to be looked up outside."""

    def watch(self, incident_id: int) -> None:
        """The monitors shall look at this incident again."""


class Rules(Protocol):
    """The few settings that rooms read."""

    @property
    def default_region(self) -> str: ...

    @property
    def default_language(self) -> str: ...

    @property
    def camara_api_url(self) -> str:
        """Empty: no operator is asked where a phone is."""


@dataclass
class Desk:
    db: Session
    lines: Switchboard
    later: Later
    clock: Callable[[], datetime]
    rules: Rules
    atlas: Atlas = field(default_factory=Atlas)
    worker: str = "web"  # who claims
    wave_limit: int | None = None  # alerts that one transaction may write; None = all (the worker)

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return self.clock()


OpenDesk = Callable[[], AbstractContextManager[Desk]]  # commits on leaving, rings the doorbells after that
