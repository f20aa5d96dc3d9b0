"""Each night one worker forgets by itself what is old enough, in pieces, and a failure is made up for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from ledger import NOON
from rooms.test_retention import CALLER, YEARS, Station, kept
from sqlalchemy import Engine, func, select

from gateway.config import Settings
from gateway.infrastructure.spool import Spool
from gateway.models import sealing
from gateway.models.audit import Audit
from gateway.models.incident import Incident
from gateway.models.worker import Worker
from gateway.operations.retention import forgetting
from gateway.unit_of_work import UnitOfWork
from gateway.worker.purging import REST, NightlyPurge

NIGHT = NOON + YEARS + timedelta(hours=15, minutes=5)  # five past three on the town's clock
ELDER, YOUNGER = "a:1", "b:2"


class Night(Station):
    """A station with two workers, each with a purge of its own."""

    @contextmanager
    def of(self, worker: str) -> Iterator[UnitOfWork]:
        with self.open_uow() as uow:
            yield cast(UnitOfWork, SimpleNamespace(db=uow.db, now=uow.now, worker=worker))

    def purge_of(self, worker: str, rests: list[float]) -> NightlyPurge:
        return NightlyPurge(lambda: self.of(worker), kept(), self.spool, rests.append)

    def beat(self, at: datetime, *workers: str) -> None:
        self.now = at
        with self.open_uow() as uow:
            for row in uow.db.scalars(select(Worker).where(Worker.name.in_(workers))):
                row.beat_at = at

    def runs(self) -> int:
        with self.open_uow() as uow:
            return uow.db.scalar(select(func.count(Audit.id)).where(Audit.what == "retention.purge")) or 0


@pytest.fixture
def night(engine: Engine, tmp_path: Path) -> Night:
    night = Night(engine, Spool(tmp_path / "spool", sealing.seal, sealing.unseal, sealing.mark))
    with night.town() as town:
        for hour in range(5):
            town.incident(opened=NOON + timedelta(hours=hour), phone=f"{CALLER}{hour}")
        town.db.add_all(Worker(name=name, beat_at=NOON) for name in (ELDER, YOUNGER))
    night.beat(NIGHT, ELDER, YOUNGER)
    return night


def test_at_night_the_eldest_worker_forgets_once_and_rests_between_its_pieces(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "BATCH", 2)  # so that few rows are several pieces
    rests: list[float] = []
    elder, younger = night.purge_of(ELDER, rests), night.purge_of(YOUNGER, rests)
    younger.tick()
    assert night.runs() == 0
    elder.tick()
    elder.tick()
    assert night.runs() == 1
    assert rests
    assert set(rests) == {REST}
    with night.open_uow() as uow:
        assert set(uow.db.scalars(select(Incident.name))) == {""}
    night.beat(NIGHT + timedelta(days=1), ELDER)
    elder.tick()
    assert night.runs() == 2


def test_by_day_it_rests_and_where_the_eldest_is_dead_the_next_one_does_it(night: Night) -> None:
    night.beat(NIGHT + timedelta(hours=2), ELDER, YOUNGER)
    night.purge_of(ELDER, []).tick()
    assert night.runs() == 0
    night.beat(NIGHT + timedelta(days=1), YOUNGER)
    night.purge_of(YOUNGER, []).tick()
    assert night.runs() == 1


def test_what_failed_is_begun_again_at_the_next_look(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "BATCH", 2)

    def cut(_seconds: float) -> None:
        raise OSError("the database is gone")

    elder = night.purge_of(ELDER, [])
    elder.sleep = cut
    with pytest.raises(OSError, match="gone"):
        elder.tick()
    assert night.runs() == 0
    elder.sleep = lambda _seconds: None
    elder.tick()
    assert night.runs() == 1


def test_it_is_on_unless_switched_off(settings: Settings) -> None:
    assert settings.purge_nightly
