"""A unit of work on a fresh database of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from cli.noon import NOON, Opens
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.unit_of_work import AfterCommit, UnitOfWork


@pytest.fixture
def open_uow(engine: Engine, settings: Settings) -> Opens:
    """One transaction each time, like the house's; the clock stands still."""

    @contextmanager
    def opened() -> Iterator[UnitOfWork]:
        with Session(engine, expire_on_commit=False) as db, db.begin():
            yield UnitOfWork(db, Switchboard([]), AfterCommit(), lambda: NOON, settings)

    return opened
