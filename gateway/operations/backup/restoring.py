"""Restore a backup into an empty database: with the right keys, to the same counts, and nothing leaves until somebody
says go."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.util.exc import CommandError
from cryptography.fernet import InvalidToken
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gateway.infrastructure import database
from gateway.infrastructure.readiness import WRONG_KEYS
from gateway.models import sealing
from gateway.operations.backup import archive, holding
from gateway.operations.backup.archive import BadBackup, Manifest

WAITING = "held"  # the folder in DATA_DIR/spool for requests of the backup, until somebody says go


@dataclass(frozen=True)
class Restored:
    manifest: Manifest
    open_incidents: int


def restore(engine: Engine, url: str, data_dir: Path, path: Path, replace: bool = False) -> Restored:
    """Restore this file; `replace`: also over a database that holds something, which is lost. Raises BadBackup before
    anything is changed, except for a damaged file, which leaves empty tables."""
    with archive.reading(path) as (opened, manifest):
        _try_keys(opened)
        with engine.connect().execution_options(read_only=True) as connection:
            if (full := archive.filled(connection)) and not replace:
                raise BadBackup(f"this database holds {', '.join(full[:3])} …; --replace forgets what is there")
        _bring_to(url, manifest.revision)
        with engine.begin() as connection:
            archive.load(connection, opened, manifest)
            at_once = manifest.revision == database.newest()
            open_incidents = _stop(connection) if at_once else 0
        if not at_once:
            database.migrate(url)
            with engine.begin() as connection:
                open_incidents = _stop(connection)
        _unpack(opened, data_dir)
    return Restored(manifest, open_incidents)


def _stop(connection: object) -> int:
    with Session(connection, join_transaction_mode="rollback_only") as db:  # type: ignore[arg-type]
        count = holding.stop_all(db)
        db.commit()
        return count


def _try_keys(opened: zipfile.ZipFile) -> None:
    """Raise BadBackup unless our keys open the backup's canary."""
    for row in archive.rows(opened, "canaries"):
        try:
            sealing.unseal(next(value for value in row if isinstance(value, str)))
        except (InvalidToken, StopIteration) as error:
            raise BadBackup(f"ENCRYPTION_KEYS {WRONG_KEYS}") from error


def _bring_to(url: str, revision: str) -> None:
    try:
        if database.head(url) not in (None, revision):
            command.downgrade(database.scripts(url), "base")
        command.upgrade(database.scripts(url), revision)
    except CommandError as error:
        raise BadBackup(f"the backup is of a newer version than this one (revision {revision})") from error


def _unpack(opened: zipfile.ZipFile, data_dir: Path) -> None:
    """Put the kept requests aside until somebody says go. The snapshot is written anew from the database."""
    target = data_dir / "spool" / WAITING
    names = [name for name in opened.namelist() if name.startswith("spool/") and name.endswith(".hook")]
    if names:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in names:
        place = target / Path(name).name
        place.write_bytes(opened.read(name))
        place.chmod(0o600)


def release_spool(data_dir: Path) -> int:
    """Let web hand in the kept requests of the backup; return how many."""
    kept = sorted((data_dir / "spool" / WAITING).glob("*.hook"))
    for path in kept:
        path.rename(data_dir / "spool" / path.name)
    return len(kept)
