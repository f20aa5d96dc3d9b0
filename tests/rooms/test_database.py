"""The database as it is opened: nothing lost between two writers, and away told from wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.orm import Session

from gateway.infrastructure import database
from gateway.infrastructure.database import head, is_gone, is_held, migrate, newest, open_engine
from gateway.models import AuditHead, Event, Unit

WRITERS, UPDATES = 30, 30
NO_ZONE = datetime(2026, 1, 1)  # noqa: DTZ001 - that is what is refused


def add(engine: Engine, times: int) -> None:
    """Read, then write what was read: what another writer does in between is lost unless one of us waits."""
    for _ in range(times):
        with Session(engine) as db, db.begin():
            found = db.scalars(select(AuditHead).with_for_update()).one()
            found.count += 1


def test_of_900_concurrent_updates_none_is_lost(engine: Engine) -> None:
    with Session(engine) as db, db.begin():
        db.add(AuditHead(count=0, link=""))
    with ThreadPoolExecutor(WRITERS) as writers:
        for done in [writers.submit(add, engine, UPDATES) for _ in range(WRITERS)]:
            done.result()
    with Session(engine) as db:
        assert db.scalars(select(AuditHead.count)).one() == WRITERS * UPDATES


def test_sqlite_is_opened_for_keeps(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with engine.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() for pragma in pragmas]
    engine.dispose()
    assert found == ["wal", 2, 1, 10_000]  # synchronous 2 = FULL


def test_postgresql_waits_for_nothing_longer_than_a_carrier_does(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)
    with engine.connect() as connection:
        shown = ("lock_timeout", "statement_timeout", "application_name")
        found = [connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in shown]
    engine.dispose()
    assert found == ["5s", "15s", "siaga"]


@pytest.mark.parametrize(("read_only", "allowed"), [(False, "4s"), (True, "1min")])
def test_a_writer_that_stops_half_way_loses_its_locks_before_whoever_waits_for_them_gives_up(
    postgresql_url: str, read_only: bool, allowed: str
) -> None:
    engine = open_engine(postgresql_url)
    with engine.connect().execution_options(read_only=read_only) as connection:
        found = connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar_one()
    engine.dispose()
    assert found == allowed
    assert database.IDLE_SECONDS < database.LOCK_SECONDS


def test_a_writer_that_was_stopped_too_long_finds_the_database_gone(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)

    def sleeps(connection: Connection) -> None:
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = '50ms'"))
        time.sleep(0.5)
        connection.execute(text("SELECT 1"))

    assert is_gone(failing(engine, sleeps))
    engine.dispose()


def test_a_reader_on_sqlite_does_not_wait_for_the_writer(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with engine.connect() as writer, engine.connect().execution_options(read_only=True) as reader:
        writer.execute(insert(AuditHead).values(count=1, link=""))
        assert reader.execute(select(AuditHead)).all() == []
        writer.commit()
    engine.dispose()


def test_a_folder_for_sqlite_is_made(tmp_path: Path) -> None:
    migrate(url := f"sqlite:///{tmp_path / 'new' / 'var'}/siaga.db")
    assert head(url) == newest()


# --- away or wrong -----------------------------------------------------------------------------------------------


def failing(engine: Engine, act: Callable[[Connection], object]) -> SQLAlchemyError:
    with pytest.raises(SQLAlchemyError) as failed, engine.connect() as connection:
        act(connection)
    return failed.value


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://siaga@127.0.0.1:1/siaga",
        "postgresql+psycopg://siaga@/siaga?host=/nowhere",
        "sqlite:////proc/siaga.db",
    ],
)
def test_a_database_that_cannot_be_opened_is_gone(url: str) -> None:
    engine = open_engine(url)
    assert is_gone(failing(engine, lambda connection: connection.execute(text("SELECT 1"))))


def test_a_session_that_was_cut_off_is_gone(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)
    error = failing(
        engine,
        lambda connection: connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())")),
    )
    assert is_gone(error)
    with engine.connect() as connection:  # and the next one is a new one
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    engine.dispose()


IMPATIENT = {"sqlite": "PRAGMA busy_timeout = 50", "postgresql": "SET LOCAL lock_timeout = '50ms'"}
LOCK = {"sqlite": "UPDATE audit_heads SET count = 1", "postgresql": "LOCK TABLE audit_heads"}


def test_a_lock_that_is_not_given_in_time_is_gone(engine: Engine) -> None:
    kind = engine.dialect.name
    with engine.connect() as holder, engine.connect().execution_options(read_only=True) as waiter:
        holder.execute(text(LOCK[kind]))
        waiter.execute(text(IMPATIENT[kind]))
        with pytest.raises(DBAPIError) as refused:
            waiter.execute(text(LOCK[kind]))
    assert is_gone(refused.value)
    assert is_held(refused.value) == (kind == "postgresql")


def test_a_pool_that_is_used_up_is_gone(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.05)
    engine = open_engine(postgresql_url, pool_size=1)
    with engine.connect(), engine.connect():
        error = failing(engine, lambda connection: connection.execute(text("SELECT 1")))
    engine.dispose()
    assert is_gone(error)


@pytest.mark.parametrize(
    "act",
    [
        lambda connection: connection.execute(text("SELECT 1 FROM no_such_table")),
        lambda connection: connection.execute(text("SELEC 1")),
        lambda connection: connection.execute(insert(Event).values(kind="note")),
        lambda connection: connection.execute(insert(Event).values(incident_id=7, kind="note", at=NO_ZONE)),
    ],
    ids=["no such table", "no such word", "a column is missing", "a time without a zone"],
)
def test_a_statement_that_is_wrong_is_not_gone(engine: Engine, act: Callable[[Connection], object]) -> None:
    assert not is_gone(failing(engine, act))


def test_a_row_that_is_already_there_is_not_gone(engine: Engine) -> None:
    with pytest.raises(IntegrityError) as refused, Session(engine) as db, db.begin():
        db.add_all([Unit(code="A", name="A", kind="polres"), Unit(code="A", name="B", kind="polres")])
    assert not is_gone(refused.value)


def test_what_breaks_while_a_lost_connection_is_handled_broke_because_of_it() -> None:
    lost, later = NoFreeConnection("pool"), KeyError("state")
    assert not is_gone(later)
    later.__context__ = lost
    assert is_gone(later)
