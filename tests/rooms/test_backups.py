"""A backup of a station in use comes back whole, with the right keys, and nothing leaves before somebody says go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from journeys.city import Pontianak
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from gateway.config import Settings
from gateway.core.messages import Hook
from gateway.infrastructure import database
from gateway.models import Base, held, sealing
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.operations.backup import archive, holding, restoring
from gateway.operations.backup.archive import BadBackup
from tests.conftest import TEST_KEY

Counts = dict[str, int]


@pytest.fixture
def city(engine: Engine, settings: Settings, tmp_path: Path) -> Pontianak:
    return Pontianak(engine, settings, tmp_path).build()


@pytest.fixture
def other_url(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of the other kind: what one wrote the other reads."""
    if database_url.startswith("postgresql"):
        return f"sqlite:///{tmp_path / 'restored.db'}"
    return str(request.getfixturevalue("postgresql_url"))


@pytest.fixture
def target(other_url: str) -> Iterator[Engine]:
    engine = database.open_engine(other_url)
    yield engine
    engine.dispose()


def counts(engine: Engine) -> Counts:
    with Session(engine) as db:
        found = {t.name: db.scalar(select(func.count()).select_from(t)) or 0 for t in Base.metadata.sorted_tables}
    return {name: count for name, count in found.items() if name not in ("held_timers", "workers")}


def panic_and_backup(city: Pontianak, path: Path) -> Counts:
    city.budi.texts("TOLONG ada maling")
    city.forward(5)
    city.house.spool.keep("simulator", Hook("POST", "https://x/hooks/simulator/sms", "sms"))
    archive.write(city.house.engine, city.house.settings.data_dir, path)
    return counts(city.house.engine)


def test_it_comes_back_to_the_same_counts_on_the_other_database_and_waits_for_a_go(
    city: Pontianak, target: Engine, other_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "backup.zip"
    before = panic_and_backup(city, path)
    assert path.stat().st_mode & 0o077 == 0
    data_dir = tmp_path / "elsewhere"
    done = restoring.restore(target, other_url, data_dir, path)
    assert counts(target) == before
    assert done.open_incidents == 1
    assert list((data_dir / "spool").glob("*.hook")) == []
    with Session(target) as db:
        assert held.is_on(db)
        assert db.scalars(select(Incident)).one().next_wave_at is None
        assert {row.body for row in db.scalars(select(Inbound))} >= {"TOLONG ada maling"}
    assert restoring.release_spool(data_dir) == 1
    assert len(list((data_dir / "spool").glob("*.hook"))) == 1


def test_other_keys_a_full_database_and_a_damaged_file_are_refused(
    city: Pontianak, target: Engine, other_url: str, tmp_path: Path
) -> None:
    path, data_dir = tmp_path / "backup.zip", tmp_path / "elsewhere"
    before = panic_and_backup(city, path)
    sealing.use_keys([Fernet.generate_key().decode()])
    with pytest.raises(BadBackup, match="ENCRYPTION_KEYS"):
        restoring.restore(target, other_url, data_dir, path)
    sealing.use_keys([TEST_KEY])
    broken = tmp_path / "broken.zip"
    broken.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(BadBackup, match="no backup"):
        restoring.restore(target, other_url, data_dir, broken)
    restoring.restore(target, other_url, data_dir, path)
    with pytest.raises(BadBackup, match="not empty"):
        restoring.restore(target, other_url, data_dir, path)
    restoring.restore(target, other_url, data_dir, path, replace=True)
    assert counts(target) == before


@pytest.fixture
def restored(city: Pontianak, target: Engine, other_url: str, settings: Settings, tmp_path: Path) -> Pontianak:
    """The gateway on a restored database, an hour after the panic that was open in the backup."""
    panic_and_backup(city, tmp_path / "backup.zip")
    restoring.restore(target, other_url, tmp_path / "elsewhere", tmp_path / "backup.zip")
    (tmp_path / "second").mkdir()
    elsewhere = settings.model_copy(update={"data_dir": tmp_path / "elsewhere"})
    again = Pontianak(target, elsewhere, tmp_path / "second")
    for number in city.handsets.numbers():
        again.handsets.add(number)
    again.clock.at = city.clock.at + timedelta(hours=1)
    return again


def sent(city: Pontianak) -> int:
    """How many texts and calls reached phones."""
    return sum(len(phone.got) + len(phone.calls) for phone in map(city.phone, city.handsets.numbers()))


def test_nothing_leaves_for_what_was_open_until_somebody_says_go(restored: Pontianak) -> None:
    restored.forward(180)
    assert sent(restored) == 0
    assert "restored" in restored.house.reasons()
    with restored.house.open_uow() as uow:
        assert holding.let_go(uow, "AKP Dewi") > 0
    restored.forward(10)
    assert sent(restored) > 0
    assert "restored" not in restored.house.reasons()


def test_a_panic_that_comes_meanwhile_is_served(restored: Pontianak) -> None:
    restored.citizen("+6281390000002", "Siti").texts("TOLONG kebakaran")
    restored.forward(10)
    assert sent(restored) > 0
    assert restored.incidents[0].next_wave_at is None


def test_who_asks_again_meanwhile_is_served_too(restored: Pontianak) -> None:
    restored.phone("+6281390000001").texts("TOLONG")
    restored.forward(20)
    assert sent(restored) > 0
