"""Write the whole database and what DATA_DIR keeps into one file, and read it back, on PostgreSQL and SQLite alike.

The file is a ZIP: `manifest.json`, `tables/NAME.jsonl` (a row a line, sealed values as they stand), and the folders
`spool/` and `outage/`. No key is in it. Why not pg_dump: docs/adr/0031-our-own-backup.md.
"""

from __future__ import annotations

import base64
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, ForeignKeyConstraint, MetaData, Table, func, insert, inspect, select, text
from sqlalchemy.schema import sort_tables_and_constraints

FORMAT = 1
MANIFEST = "manifest.json"
VERSIONS = "alembic_version"
FOLDERS = ("spool", "outage")  # of DATA_DIR
BATCH = 1000  # rows that are held in memory
SNAPSHOT = {"postgresql": "REPEATABLE READ"}  # SQLite's one transaction is a snapshot by itself


class BadBackup(ValueError):  # noqa: N818 - named for what is bad, like BadSetting
    """The file is no whole backup of ours, or does not fit this version or these keys."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself: its tables' revision, when it was made, and how many rows each table has."""

    revision: str
    made_at: str
    counts: Mapping[str, int]
    format: int = FORMAT


# --- out ----------------------------------------------------------------------------------------------------------


def write(engine: Engine, data_dir: Path, path: Path) -> Manifest:
    """Write a backup to a new file that only we may read; return its manifest. All tables are of one moment, and the
    gateway goes on meanwhile. Raises FileExistsError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                manifest = _write_all(engine, data_dir, archive)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)  # half a backup is worse than none
        raise
    return manifest


def _write_all(engine: Engine, data_dir: Path, archive: zipfile.ZipFile) -> Manifest:
    with _snapshot(engine) as connection:
        counts: dict[str, int] = {}
        revision = MigrationContext.configure(connection).get_current_revision()
        made_at = datetime.now(UTC).isoformat()
        for table in _reflected(connection):
            with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as lines:
                counts[table.name] = _write_rows(connection, table, lines)
    for folder in FOLDERS:
        for each in sorted((data_dir / folder).rglob("*")):
            if each.is_file():
                _add_file(archive, each, str(each.relative_to(data_dir)))
    manifest = Manifest(str(revision), made_at, counts)
    archive.writestr(MANIFEST, json.dumps(vars(manifest), indent=1))
    return manifest


def _add_file(archive: zipfile.ZipFile, path: Path, name: str) -> None:
    try:
        archive.writestr(name, path.read_bytes())
    except FileNotFoundError:  # a request that was handed in meanwhile
        return


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    options: dict[str, Any] = {"read_only": True}
    if level := SNAPSHOT.get(engine.dialect.name):
        options["isolation_level"] = level
    with engine.connect().execution_options(**options) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        yield connection


def _write_rows(connection: Connection, table: Table, lines: IO[bytes]) -> int:
    count = 0
    query = select(table).order_by(*table.primary_key).execution_options(yield_per=BATCH)
    for row in connection.execute(query):
        lines.write(json.dumps([_plain(value) for value in row]).encode() + b"\n")
        count += 1
    return count


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; times and bytes say what they are."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        return {"at": aware.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return {"bytes": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _reflected(connection: Connection) -> list[Table]:
    """Return the tables as they stand in the database, whatever version made them, in an order for inserting."""
    known = MetaData()
    known.reflect(connection, only=lambda name, _: name != VERSIONS)
    return [table for table, _ in sort_tables_and_constraints(known.tables.values()) if table is not None]


# --- in -----------------------------------------------------------------------------------------------------------


@contextmanager
def reading(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """Open a backup. Raises BadBackup."""
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise BadBackup(f"{path} is no backup that can be read") from error
    with archive:
        try:
            manifest = Manifest(**json.loads(archive.read(MANIFEST)))
        except (KeyError, ValueError, TypeError) as error:
            raise BadBackup(f"{path} is no whole backup: it has no {MANIFEST}") from error
        if manifest.format != FORMAT:
            raise BadBackup(f"{path} was made by another version (format {manifest.format})")
        yield archive, manifest


def rows(archive: zipfile.ZipFile, name: str, columns: Sequence[str] = ()) -> Iterator[list[Any]]:
    """Yield the rows of a table as lists of values. Raises BadBackup."""
    try:
        with archive.open(f"tables/{name}.jsonl") as lines:
            for line in lines:
                yield [_value(value) for value in json.loads(line)]
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BadBackup(f"the table {name} in the backup is damaged") from error


def _value(plain: Any) -> Any:
    if not isinstance(plain, dict):
        return plain
    if "at" in plain:
        return datetime.fromisoformat(plain["at"])
    return date.fromisoformat(plain["day"]) if "day" in plain else base64.b64decode(plain["bytes"])


def filled(connection: Connection) -> list[str]:
    """Return the names of the tables that hold anything but the canary."""
    if VERSIONS not in inspect(connection).get_table_names():
        return []
    counted = ((table.name, _count(connection, table)) for table in _reflected(connection))
    return [name for name, count in counted if count and name != "canaries"]


def load(connection: Connection, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Fill the tables, which are of the backup's revision, in this transaction, and count them. Raises BadBackup."""
    tables = _reflected(connection)
    if {table.name for table in tables} != set(manifest.counts):
        raise BadBackup("the backup does not hold the tables of its revision")
    for table in tables:
        connection.execute(table.delete())
    loaded: set[str] = set()
    later: list[tuple[Table, dict[str, Any]]] = []
    for table in tables:
        loaded.add(table.name)
        late = _late(table, loaded - {table.name})
        for some in _batches(_named(table, rows(archive, table.name), connection)):
            later += [(table, kept) for row in some if (kept := _take(row, late))]
            connection.execute(insert(table), some)
    for table, row in later:
        connection.execute(table.update().where(table.c.id == row.pop("id")).values(**row))
    counts = {table.name: _count(connection, table) for table in tables}
    if counts != dict(manifest.counts):
        wrong = sorted(name for name, count in counts.items() if count != manifest.counts[name])
        raise BadBackup(f"not as many rows as the backup says: {', '.join(wrong)}")
    _go_on_counting(connection, tables)


def _late(table: Table, loaded: set[str]) -> list[str]:
    """Return the columns that point to rows which are not there yet: of this table, or of one that comes later."""
    keys: Iterable[ForeignKeyConstraint] = table.foreign_key_constraints
    return [key.column_keys[0] for key in keys if key.referred_table.name not in loaded]


def _take(row: dict[str, Any], late: Sequence[str]) -> dict[str, Any]:
    """Empty the late columns of a row, and return what they held with the row's id."""
    held = {name: row[name] for name in late if row[name] is not None}
    row.update(dict.fromkeys(held))
    return held | {"id": row["id"]} if held else {}


def _named(table: Table, values: Iterable[list[Any]], connection: Connection) -> Iterator[dict[str, Any]]:
    names = [column.name for column in table.columns]
    fit: Callable[[Any], Any] = _without_zone if connection.dialect.name == "sqlite" else lambda value: value
    for row in values:
        if len(row) != len(names):
            raise BadBackup(f"the table {table.name} in the backup has other columns")
        yield dict(zip(names, map(fit, row), strict=True))


def _without_zone(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _batches(found: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    source = iter(found)
    while some := list(islice(source, BATCH)):
        yield some


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _go_on_counting(connection: Connection, tables: Sequence[Table]) -> None:
    """Let new rows get ids beyond the restored ones. SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in (table for table in tables if "id" in table.c):
        sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
        newest = connection.scalar(select(func.max(table.c.id)))
        if sequence and newest:
            connection.execute(select(func.setval(sequence, newest)))
