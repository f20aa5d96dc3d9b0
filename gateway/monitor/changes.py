"""ROOM: tell the live pages what has changed since the last look, with two small queries that write nothing.

Rows get their ids before their transactions commit, so a lower id may appear after a higher one. An id therefore counts
as settled only when it is older than any transaction of ours can be.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import func, select

from gateway.identity import confidants
from gateway.identity.users import Identity
from gateway.models.event import Event
from gateway.models.inbound import TO_HUMAN, Inbound
from gateway.models.incident import Incident
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork

SETTLED = 20.0  # seconds; a statement of ours may take 15 (database.POSTGRESQL)
BEFORE = 500  # when we begin, up to so many ids below the newest may not be committed yet


@dataclass(frozen=True)
class Change:
    """A change that pages show: an incident's timeline grew, or (without `code`) the list of unread texts changed."""

    event_id: int
    code: str = ""
    unit_id: int | None = None
    hidden_from: frozenset[int] = frozenset()  # ids of the users who must not know of it

    def is_for(self, who: Identity) -> bool:
        """Return whether this user's pages hear of it."""
        return not self.code or (who.sees(self.unit_id) and who.id not in self.hidden_from)


@dataclass
class Lookout:
    """The watcher for changes of one process. Threads must not share it."""

    open_uow: OpenUnitOfWork
    clock: Callable[[], float] = time.monotonic
    newest: int = 0
    _floor: int | None = None
    _seen: set[int] = field(default_factory=set)
    _passed: deque[tuple[float, int]] = field(default_factory=deque)
    _waiting: tuple[int, int] = (0, 0)

    def look(self) -> list[Change]:
        """Return the changes since the last look; the first look only sets the starting point.

        Raises SQLAlchemyError.
        """
        with self.open_uow() as uow:
            waiting = _waiting(uow)
            fresh = self._fresh_events(uow)
            changes = _incidents_of(uow, fresh)
        if waiting != self._waiting:
            self._waiting = waiting
            changes.append(Change(self.newest))
        return changes

    def _fresh_events(self, uow: UnitOfWork) -> dict[int, int]:
        """Return the ids of new events with the id of their incident; empty at the first look."""
        first = self._floor is None
        if self._floor is None:
            self._floor = (uow.db.scalar(select(func.max(Event.id))) or 0) - BEFORE
        rows = uow.db.execute(select(Event.id, Event.incident_id).where(Event.id > self._floor)).all()
        found = {row.id: row.incident_id for row in rows if row.id not in self._seen}
        self._seen.update(found)
        self.newest = max(self._seen, default=self.newest)
        self._settle()
        return {} if first else found

    def _settle(self) -> None:
        now = self.clock()
        self._passed.append((now, self.newest))
        while self._passed[0][0] < now - SETTLED:
            self._floor = max(self._floor or 0, self._passed.popleft()[1])
        floor = self._floor or 0
        self._seen = {event_id for event_id in self._seen if event_id > floor}


def _waiting(uow: UnitOfWork) -> tuple[int, int]:
    query = select(func.count(Inbound.id), func.coalesce(func.max(Inbound.id), 0)).where(Inbound.state == TO_HUMAN)
    count, newest = uow.db.execute(query).one()
    return count, newest


def _incidents_of(uow: UnitOfWork, events: dict[int, int]) -> list[Change]:
    """Return one change per incident, with its newest event."""
    last: dict[int, int] = {}
    for event_id, incident_id in sorted(events.items()):
        last[incident_id] = event_id
    query = select(Incident.id, Incident.code, Incident.unit_id, Incident.phone).where(Incident.id.in_(last))
    rows = uow.db.execute(query).all() if last else ()
    return [Change(last[row.id], row.code, row.unit_id, confidants.around(uow, row.phone).users) for row in rows]
