"""The unit of work (`uow`): one short transaction. Every room function takes one, and nothing else from outside.

One place commits before its end, `gateway.inbound.in_tray.begin`: a text is kept whatever understanding it does.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.core.outage import Asked, nobody_asked
from gateway.positions.map_index import MapIndex

Job = tuple[str, int]  # a function's name in gateway.jobs, and the id of its row


class AfterCommit:
    """The jobs that a transaction leaves behind. They are enqueued after its commit, only as a doorbell: if one is
    lost, the sweep finds the row a second later."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def deliver(self, incident_id: int) -> None:
        """Tell the worker that outbounds of this incident wait to be sent."""
        self.jobs.append(("deliver", incident_id))

    def send(self, outbound_id: int) -> None:
        """Tell the worker that this outbound, which belongs to no incident, waits to be sent."""
        self.jobs.append(("send", outbound_id))

    def wave(self, incident_id: int) -> None:
        """Tell the worker that a wave of this incident is due that was too large for the hook's transaction."""
        self.jobs.append(("wave", incident_id))

    def locate(self, lookup_id: int) -> None:
        """Tell the worker that a position waits to be looked up outside (network position, short link)."""
        self.jobs.append(("locate", lookup_id))

    def watch(self, incident_id: int) -> None:
        """Tell the monitors to read this incident again."""
        self.jobs.append(("watch", incident_id))


@dataclass
class UnitOfWork:
    db: Session
    lines: Switchboard
    after_commit: AfterCommit
    clock: Callable[[], datetime]
    settings: Settings
    map_index: MapIndex = field(default_factory=MapIndex)
    worker: str = "web"  # the process that claims outbounds
    wave_limit: int | None = None  # alerts that one transaction may write; None = all (the worker)
    came_at: datetime | None = None  # when the request that it handles came in, where that was before it began
    # What was done about a phone's panic while the database was away (gateway.outage).
    meanwhile: Callable[[str], Asked] = nobody_asked

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        return self.clock()

    def arrived(self) -> datetime:
        """Return when what it handles came in: now, or earlier where it waited since, as in the spool."""
        return min(self.came_at or self.now(), self.now())


OpenUnitOfWork = Callable[[], AbstractContextManager[UnitOfWork]]  # it commits on leaving, then enqueues the jobs
