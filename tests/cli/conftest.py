"""A desk on a fresh database of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from cli.desks import NOON, NoBell, Opens
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.unit_of_work import Desk


@pytest.fixture
def open_desk(engine: Engine, settings: Settings) -> Opens:
    """One transaction each time, like the house's; the clock stands still."""

    @contextmanager
    def opened() -> Iterator[Desk]:
        with Session(engine, expire_on_commit=False) as db, db.begin():
            yield Desk(db, Switchboard([]), NoBell(), lambda: NOON, settings)

    return opened
