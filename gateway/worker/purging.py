"""Forget what is old enough each night by the clock of the topmost unit, in a thread of one worker."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy import select

from gateway.core.days import zone
from gateway.infrastructure.spool import Spool
from gateway.models import unit as units
from gateway.models.worker import Worker, is_alive
from gateway.operations.retention.forgetting import forget
from gateway.operations.retention.limits import Days
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork

NIGHT = 3  # the hour of the day in which it begins
LOOK = 60.0  # seconds between two looks at the clock
REST = 0.2  # seconds between two pieces, so that panics never queue behind them


@dataclass
class NightlyPurge:
    """Runs `siaga purge` once a night. Of several workers the one that has lived longest does it."""

    open_uow: OpenUnitOfWork
    days: Days
    spool: Spool
    sleep: Callable[[float], None] = time.sleep
    _done: date | None = None

    def tick(self) -> None:
        """Forget, if it is night and this worker's turn. A run that fails is begun again at the next look."""
        with self.open_uow() as uow:
            tonight = _tonight(uow)
        if tonight is not None and tonight != self._done:
            forget(self.open_uow, self.days, self.spool, partial(self.sleep, REST))
            self._done = tonight


def _tonight(uow: UnitOfWork) -> date | None:
    """Return the date where it is night and this worker's turn, else None."""
    there = uow.now().astimezone(zone(units.timezone_of(units.topmost(uow.db))))
    eldest = uow.db.scalar(select(Worker.name).where(is_alive(uow.now())).order_by(Worker.id).limit(1))
    return there.date() if there.hour == NIGHT and eldest == uow.worker else None
