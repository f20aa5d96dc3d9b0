"""The second bell: where Redis does not take a job, PostgreSQL tells the workers (LISTEN and NOTIFY).

It rings only then: PostgreSQL lets one transaction at a time commit that notifies, which a flood would feel. A job that
Redis took and lost is found by the sweep. On SQLite there is no second bell.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence

import psycopg
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from gateway.infrastructure.database import POSTGRESQL
from gateway.unit_of_work import Job
from gateway.worker.sweep import Sweep

log = logging.getLogger(__name__)
CHANNEL = "siaga"
MOST = 200  # jobs in one note, which has room for 8,000 bytes; the sweep finds the rest
RINGS: Mapping[str, Callable[[Sweep, int], object]] = {  # as in gateway.jobs
    "deliver": Sweep.deliver_incident,
    "send": Sweep.deliver_one,
    "wave": Sweep.wave,
    "locate": Sweep.look_up,
}


class SecondBell:
    """One database's bell: a process that has committed rings it, and each worker hears it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_there = engine.dialect.name == "postgresql"

    def ring(self, jobs: Sequence[Job]) -> None:
        """Tell the workers of these jobs. It never raises."""
        note = " ".join(f"{name}:{row_id}" for name, row_id in jobs[:MOST] if name in RINGS)
        if not note or not self._is_there:
            return
        try:
            with self._engine.begin() as connection:
                connection.execute(select(func.pg_notify(CHANNEL, note)))
        except SQLAlchemyError as error:
            log.warning("the second bell is silent", extra={"error": type(error).__name__})

    def listen(self, rounds: Sweep) -> None:
        """Do what is rung for, until the connection is lost: call it again then. What was rung meanwhile is the
        sweep's."""
        if not self._is_there:
            return
        url = self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        try:
            with psycopg.connect(url, autocommit=True, **POSTGRESQL) as connection:  # type: ignore[arg-type]
                connection.execute(f"LISTEN {CHANNEL}")
                for note in connection.notifies():
                    _do(rounds, note.payload)
        except psycopg.OperationalError as error:
            log.warning("nobody hears the second bell", extra={"error": type(error).__name__})


def _do(rounds: Sweep, note: str) -> None:
    for job in note.split():
        name, _, row_id = job.partition(":")
        if name in RINGS and row_id.isdecimal():
            RINGS[name](rounds, int(row_id))
