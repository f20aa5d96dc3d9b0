"""The database: open it, tell whether it is away, and bring its tables up to date.

PostgreSQL serves production, SQLite a demo or one small station. Both are opened so that a COMMIT that returned is on
the disk, and so that nobody waits longer for a lock or a dead network than a carrier waits for our answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import Connection as PsycopgConnection
from psycopg import Error as PsycopgError
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.pool import ConnectionPoolEntry

from gateway.infrastructure.installation import MIGRATIONS

T = TypeVar("T")
PING_SECONDS = 3
LOCK_SECONDS = 5  # Twilio gives up on a webhook after 15
IDLE_SECONDS = 4  # a process that hangs inside a transaction loses its locks before others give up waiting for them
READING_SECONDS = 60  # a transaction that only reads blocks nobody, so it may pause longer between two statements
BUSY_SECONDS = 10  # SQLite has one writer at a time: its queue is longer
POSTGRESQL = {
    "connect_timeout": 3,
    "application_name": "siaga",
    "options": f"-c lock_timeout={LOCK_SECONDS}s -c statement_timeout=15s"
    f" -c idle_in_transaction_session_timeout={IDLE_SECONDS}s",
    # with these a database that disappears is noticed in seconds; the kernel's defaults take a quarter of an hour
    "tcp_user_timeout": 5000,  # milliseconds
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
SQLITE = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
# Codes that mean that the database, and not our statement, is at fault: SQLSTATE classes and codes
# (https://www.postgresql.org/docs/current/errcodes-appendix.html), result codes (https://www.sqlite.org/rescode.html).
HELD_STATE = "55P03"  # another transaction holds the lock
GONE_STATES = ("08", "25006", "25P03", "40", "53", HELD_STATE, "57", "58", "XX")
GONE_NAMES = ("BUSY", "LOCKED", "IOERR", "FULL", "CANTOPEN", "READONLY", "CORRUPT", "NOTADB", "NOMEM", "PROTOCOL")


def open_engine(url: str, pool_size: int = 10) -> Engine:
    """Return an engine for `postgresql+psycopg://` or `sqlite:///`. It connects only when first used.

    It keeps `pool_size` connections and opens as many again when needed. For SQLite this makes the folder, and every
    transaction begins as a writer, so that two of them never deadlock half-way; a transaction that only reads sets the
    execution option `read_only=True` and then never waits.
    """
    if url.startswith("sqlite"):
        with suppress(OSError):  # if the folder cannot be made, the database counts as away and connecting fails
            Path(make_url(url).database or "").parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            connect_args={"timeout": BUSY_SECONDS},
            hide_parameters=True,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=LOCK_SECONDS,
        pool_pre_ping=True,
        connect_args=POSTGRESQL,
        hide_parameters=True,  # otherwise an error message would put people's words into the log
    )
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _connect(_dialect: Any, _entry: Any, positional: tuple[Any, ...], named: dict[str, Any]) -> Connected:
    return Connected.connect(*positional, **named)


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("read_only", False):
        connection.exec_driver_sql(f"SET LOCAL idle_in_transaction_session_timeout = '{READING_SECONDS}s'")


class Connected(PsycopgConnection[Any]):
    """A PostgreSQL connection whose server may hang while its sockets stay open (a stopped process, a dying disk).

    When the pool hands it out, it first pings the server and waits at most PING_SECONDS.
    """

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        # only the pool's ping runs in this state
        asked = self.autocommit and self.pgconn.transaction_status == TransactionStatus.IDLE
        try:
            return super().wait(gen, interval, PING_SECONDS if asked else timeout)
        except PsycopgError:
            if asked:
                self.close()
            raise


def _prepare_sqlite(connection: SqliteConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver would begin late and as a reader; _begin_sqlite does it
    for pragma in SQLITE:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN DEFERRED" if reads else "BEGIN IMMEDIATE")


# --- away or wrong -----------------------------------------------------------------------------------------------


def is_gone(error: BaseException) -> bool:
    """Return whether the database is away, full or locked, as opposed to our statement being wrong.

    If so, the request is worth keeping in the spool. Causes count too: an error raised while a lost connection was
    being handled comes from that loss.
    """
    return any(_says_gone(link) for link in _causes(error))


def is_held(error: BaseException) -> bool:
    """Return whether another transaction held a lock for longer than we wait; the database itself answers."""
    return any(getattr(getattr(link, "orig", None), "sqlstate", None) == HELD_STATE for link in _causes(error))


def _says_gone(error: BaseException) -> bool:
    if not isinstance(error, DBAPIError):
        return isinstance(error, NoFreeConnection)
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    if name:
        return name.removeprefix("SQLITE_").startswith(GONE_NAMES)
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # psycopg has no SQLSTATE for a server that it could not talk to
        return isinstance(error, OperationalError | InterfaceError)
    return str(state).startswith(GONE_STATES)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__


# --- migrations --------------------------------------------------------------------------------------------------


def migrate(url: str) -> None:
    """Bring the tables up to date.

    Several processes may do this at once: one works, the others wait and find it done.
    """
    command.upgrade(scripts(url), "head")


def migrate_as_configured(back_to: str | None = None) -> None:
    """Bring the tables of the configured database up to date, or back to those of an older version's number.

    Bad settings, keys of another database and one that does not answer end the process with a sentence. Raises
    alembic's CommandError for a number that is none.
    """
    if back_to is None:
        command.upgrade(scripts(), "head")
    else:
        command.downgrade(scripts(), back_to)


def head(url: str) -> str | None:
    """Return the revision that this database stands at; None if it has no tables of ours."""
    engine = open_engine(url)
    try:
        with engine.connect().execution_options(read_only=True) as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def newest() -> str:
    """Return the revision that this code needs."""
    return str(ScriptDirectory.from_config(scripts()).get_current_head())


def scripts(url: str = "") -> Config:
    """Return Alembic's configuration with our folder of migrations, for commands against the database at `url`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = url
    return config
