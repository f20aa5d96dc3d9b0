"""Backups: the database and the requests kept on this disk in one file, made and read by the databases' own tools.

The file is a tar: `manifest.json`, `database` (what `pg_dump -Fc` wrote, or an SQLite database made by its backup API)
and `spool/`. No key is in it, but a word sealed with the keys, so that a restore tells at once whether they fit.
Restored is into an empty database, and nothing that was open leaves before somebody says go (gateway.models.hold).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from cryptography.fernet import InvalidToken
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, Engine, MetaData, func, inspect, select, table, text
from sqlalchemy.orm import Session

from gateway.infrastructure import database
from gateway.infrastructure.readiness import WRONG_KEYS
from gateway.models import canary, hold, sealing

FORMAT = 1
MANIFEST, DATABASE, SPOOL = "manifest.json", "database", "spool"
VERSIONS = "alembic_version"
OURS_ANYWAY = ("canaries", "workers", "switches", VERSIONS)  # filled by starting, not by people
OPEN_FOREVER = "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0"


class BadBackup(ValueError):  # noqa: N818 - named for what is bad, like BadSetting
    """The backup, its keys or the database to fill do not fit; nothing was changed unless the sentence says so."""


@dataclass(frozen=True)
class Manifest:
    """The manifest says what a backup is: when, of what, and how many rows."""

    made_at: str
    kind: str  # of the database: postgresql or sqlite
    revision: str  # of its tables
    canary: str  # a word sealed with the keys of its day
    sha256: str  # of `database`
    counts: Mapping[str, int]  # rows by table
    format: int = FORMAT


@dataclass(frozen=True)
class Restored:
    manifest: Manifest
    incidents: int  # open ones that wait for a go
    requests: int  # of the spool, that wait too


# --- out --------------------------------------------------------------------------------------------------------------


def write(engine: Engine, data_dir: Path, path: Path) -> Manifest:
    """Write a backup to a new file that only we may read, while the gateway goes on; its tables are all of one moment.
    Raises BadBackup, and OSError where the disk refuses."""
    draft = path.with_name(f"{path.name}.draft")  # half a backup must not look like one
    with _scratch(path.parent) as scratch:
        dump = scratch / DATABASE
        revision, word, counts = KINDS[engine.dialect.name].dump(engine, dump)
        manifest = Manifest(_now(), engine.dialect.name, revision, word, _sha256(dump), counts)
        (scratch / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.close(descriptor)
        try:
            _pack(draft, scratch, data_dir)
            draft.replace(path)
        except BaseException:
            path.unlink(missing_ok=True)
            draft.unlink(missing_ok=True)
            raise
    return manifest


def _pack(draft: Path, scratch: Path, data_dir: Path) -> None:
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            for name in (MANIFEST, DATABASE):
                tar.add(scratch / name, name)
            for kept in sorted((data_dir / SPOOL).rglob("*.hook")):
                _add(tar, kept, str(kept.relative_to(data_dir)))
        file.flush()
        os.fsync(file.fileno())


def _add(tar: tarfile.TarFile, path: Path, name: str) -> None:
    try:
        tar.add(path, name)
    except FileNotFoundError:  # a request that was handed in meanwhile
        return


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _told(connection: Connection) -> tuple[str, str, dict[str, int]]:
    """Return the revision of a database's tables, its sealed word, and its rows by table."""
    counts = {
        name: connection.scalar(select(func.count()).select_from(table(name))) or 0
        for name in inspect(connection).get_table_names()
    }
    if VERSIONS not in counts:
        raise BadBackup("there are no tables of ours in this database")
    revision = str(connection.scalar(text(f"SELECT version_num FROM {VERSIONS}")))  # noqa: S608 - a constant
    return revision, canary.token(connection), counts


# --- in ---------------------------------------------------------------------------------------------------------------


def restore(engine: Engine, url: str, data_dir: Path, path: Path, *, replace: bool = False) -> Restored:
    """Fill the database from this file, and hold what was open in it. `replace`: also a database that holds something,
    which is lost. No process of ours may run on it. Raises BadBackup, and OSError where the disk refuses."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _opened(path) as tar, _scratch(data_dir) as scratch:
        manifest = _manifest(tar)
        _try_out(manifest, engine, replace)
        dump = scratch / DATABASE
        _take(tar, DATABASE, dump)
        if _sha256(dump) != manifest.sha256:
            raise BadBackup("the backup is damaged: its database is not the one that was written")
        incidents = KINDS[manifest.kind].load(engine, url, dump, manifest)
        return Restored(manifest, incidents, _take_requests(tar, data_dir))


def _try_out(manifest: Manifest, engine: Engine, replace: bool) -> None:
    """Raise BadBackup unless this database may be filled with this backup."""
    if manifest.kind != engine.dialect.name:
        raise BadBackup(f"the backup is of {manifest.kind}, and DATABASE_URL names {engine.dialect.name}")
    try:
        sealing.unseal(manifest.canary)
    except InvalidToken as error:
        raise BadBackup(f"ENCRYPTION_KEYS {WRONG_KEYS}") from error
    try:
        ScriptDirectory.from_config(database.scripts()).get_revision(manifest.revision)
    except CommandError as error:
        raise BadBackup(f"the backup is of a newer version than this one (tables {manifest.revision})") from error
    if in_use := KINDS[manifest.kind].in_use(engine):
        raise BadBackup(f"{in_use} of web or worker still use this database: stop them first")
    if not replace and (full := _filled(engine)):
        raise BadBackup(f"this database is not empty ({', '.join(full[:3])} …): --replace forgets what is there")


def _filled(engine: Engine) -> list[str]:
    """Return the names of the tables that hold something."""
    with engine.connect().execution_options(read_only=True) as connection:
        names = [name for name in inspect(connection).get_table_names() if name not in OURS_ANYWAY]
        return [name for name in names if connection.execute(select(text("1")).select_from(table(name)).limit(1)).all()]


def _held(engine: Engine) -> int:
    with Session(engine) as db:
        hold.put_all(db)
        incidents = hold.incidents_held(db)
        db.commit()
        return incidents


def _compare(engine: Engine, manifest: Manifest) -> None:
    with engine.connect().execution_options(read_only=True) as connection:
        if _told(connection)[2] != manifest.counts:
            raise BadBackup("the restored rows are not those that were written; this database is not fit for use")


def _take_requests(tar: tarfile.TarFile, data_dir: Path) -> int:
    """Lay the backup's kept requests beside the spool, where nobody hands them in before a go."""
    names = [name for name in tar.getnames() if name.startswith(f"{SPOOL}/") and name.endswith(".hook")]
    for name in names:
        _held_folder(data_dir).mkdir(mode=0o700, parents=True, exist_ok=True)
        _take(tar, name, _held_folder(data_dir) / Path(name).name)
    return len(names)


def hand_in(data_dir: Path) -> int:
    """Let web hand in the requests of a restored backup; return how many."""
    kept = sorted(_held_folder(data_dir).glob("*.hook"))
    for path in kept:
        path.rename(data_dir / SPOOL / path.name)
    return len(kept)


def _held_folder(data_dir: Path) -> Path:
    return data_dir / SPOOL / "held"


# --- the file ---------------------------------------------------------------------------------------------------------


@contextmanager
def _scratch(beside: Path) -> Iterator[Path]:
    """Make a folder on the disk that the file goes to or comes to: what lies in it is as secret as the database."""
    with tempfile.TemporaryDirectory(prefix=".siaga-", dir=beside) as folder:
        yield Path(folder)


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path) as tar:
            yield tar
    except (tarfile.TarError, EOFError) as error:
        raise BadBackup(f"{path} is no whole backup of siaga") from error


def _manifest(tar: tarfile.TarFile) -> Manifest:
    try:
        file = tar.extractfile(MANIFEST)
        manifest = Manifest(**json.loads(file.read() if file is not None else b""))
    except (KeyError, TypeError, ValueError) as error:
        raise BadBackup("this file is no backup of siaga") from error
    if manifest.format != FORMAT or manifest.kind not in KINDS:
        raise BadBackup("the backup is of a newer version than this one")
    return manifest


def _take(tar: tarfile.TarFile, name: str, path: Path) -> None:
    try:
        source = tar.extractfile(name)
    except KeyError as error:
        raise BadBackup(f"the backup is damaged: {name} is not in it") from error
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        if source is not None:
            shutil.copyfileobj(source, file)
        file.flush()
        os.fsync(file.fileno())


# --- SQLite -----------------------------------------------------------------------------------------------------------


def _dump_sqlite(engine: Engine, path: Path) -> tuple[str, str, dict[str, int]]:
    _copy(Path(engine.url.database or ""), path)
    with closing_engine(f"sqlite:///{path}") as copy, copy.connect() as connection:
        told = _told(connection)
    _copy(path, plain := path.with_suffix(".plain"))  # our own engine writes ahead; the file must be whole by itself
    plain.replace(path)
    return told


def _load_sqlite(engine: Engine, url: str, dump: Path, manifest: Manifest) -> int:
    """Bring a copy up to date and hold what is open in it, then put it in the database's place at once."""
    with closing_engine(f"sqlite:///{dump}") as copy:
        _compare(copy, manifest)
        database.migrate(f"sqlite:///{dump}")
        incidents = _held(copy)
    engine.dispose()
    _copy(dump, Path(engine.url.database or ""))
    return incidents


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")


@contextmanager
def closing_engine(url: str) -> Iterator[Engine]:
    engine = database.open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def _used_sqlite(_: Engine) -> int:
    return 0  # the copy takes the file's lock, and who reads on reads what is held


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


def _dump_postgresql(engine: Engine, path: Path) -> tuple[str, str, dict[str, int]]:
    with engine.connect().execution_options(isolation_level="REPEATABLE READ", read_only=True) as connection:
        connection.execute(text(OPEN_FOREVER))
        told = _told(connection)
        snapshot = str(connection.scalar(text("SELECT pg_export_snapshot()")))
        _run(engine, "pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}", f"--file={path}")
        return told


def _load_postgresql(engine: Engine, url: str, dump: Path, manifest: Manifest) -> int:
    tables = MetaData()
    with engine.begin() as connection:
        tables.reflect(connection)
        tables.drop_all(connection)
    engine.dispose()
    _run(engine, "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-acl", str(dump))
    _compare(engine, manifest)
    database.migrate(url)
    return _held(engine)


def _run(engine: Engine, tool: str, *words: str) -> None:
    """Run a tool of PostgreSQL on the engine's database. Raises BadBackup with its own first complaint."""
    given = {name: value for name, value in _connection(engine).items() if name != "password"}
    secret = {"PGPASSWORD": _connection(engine)["password"]} if "password" in _connection(engine) else {}
    command = [tool, *words, f"--dbname={make_conninfo(**given)}"]
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and the words are ours
            command, capture_output=True, text=True, check=False, env=os.environ | secret
        )
    except FileNotFoundError as error:
        raise BadBackup(f"{tool} is not installed (Debian: postgresql-client)") from error
    if done.returncode:
        raise BadBackup(" ".join(done.stderr.split())[:300] or f"{tool} failed")


def _connection(engine: Engine) -> dict[str, str]:
    """Return libpq's parameters of the engine's database."""
    named = engine.dialect.create_connect_args(engine.url)[1]
    return {name: str(value) for name, value in named.items() if name != "context"}


def _used_postgresql(engine: Engine) -> int:
    """Return how many other connections of ours this database has."""
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name = 'siaga' AND pid <> pg_backend_pid()"
    )
    engine.dispose()  # none of them is this process's own
    with engine.connect().execution_options(read_only=True) as connection:
        return connection.scalar(others) or 0


@dataclass(frozen=True)
class Kind:
    """A kind of database dumps into a file, loads from one (and says how many incidents are held), and counts who uses
    it."""

    dump: Callable[[Engine, Path], tuple[str, str, dict[str, int]]]
    load: Callable[[Engine, str, Path, Manifest], int]
    in_use: Callable[[Engine], int]


KINDS: Mapping[str, Kind] = {
    "sqlite": Kind(_dump_sqlite, _load_sqlite, _used_sqlite),
    "postgresql": Kind(_dump_postgresql, _load_postgresql, _used_postgresql),
}
