"""`siaga backup`, `siaga restore`: the whole gateway in one file, and back without a phone ringing by itself."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path

import click

from gateway.cli.door import Trouble
from gateway.identity import audit_log
from gateway.models import hold
from gateway.operations import backups
from gateway.operations.backups import BadBackup
from gateway.wiring import house

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("path", type=FILE, metavar="[FILE]", required=False)
def backup(path: Path | None) -> None:
    """Write the database and the kept requests into FILE, while the gateway goes on.

    Without FILE: siaga-DATE-TIME.tar here. No key is in it: keep ENCRYPTION_KEYS and SECRET_KEY apart from it. Names
    and numbers are in the clear: keep it as you keep the disk.
    """
    home = house()
    path = path or Path(datetime.now(UTC).strftime("siaga-%Y%m%d-%H%M%S.tar"))
    try:
        manifest = backups.write(home.engine, home.settings.data_dir, path)
    except (BadBackup, OSError) as error:
        raise Trouble(f"no backup was written: {error}") from error
    click.echo(f"{path}: {_counted(manifest)}")


@click.command()
@click.argument("path", type=FILE, metavar="[FILE]", required=False)
@click.option("--replace", is_flag=True, help="Also over a database that holds something; that is lost.")
@click.option("--go", is_flag=True, help="Let leave what the restore holds: phones ring.")
@click.option("--by", metavar="NAME", help="Who says go; recorded as it is given.")
def restore(path: Path | None, replace: bool, go: bool, by: str | None) -> None:
    """Fill an empty database from FILE; later, with --go, let what was open in it go on.

    Stop web and workers first. What was open is held: nobody is texted or rung for it before --go. Start web and
    workers again at once, because new panics are served.
    """
    if go == (path is not None):
        raise click.UsageError("either FILE, or --go")
    if path is None:
        _go(by or getpass.getuser())
        return
    home = house()
    try:
        done = backups.restore(home.engine, home.settings.database_url, home.settings.data_dir, path, replace=replace)
    except (BadBackup, OSError) as error:
        raise Trouble(f"not restored: {error}") from error
    click.echo(f"{_counted(done.manifest)}, as of {done.manifest.made_at}")
    click.echo(f"held: {done.incidents} open incidents, {done.requests} kept requests, and all that was owed.")
    click.echo("Start web and workers, look at the monitor, then: siaga restore --go")


def _go(by: str) -> None:
    home = house()
    with home.open_uow() as uow:
        incidents = hold.incidents_held(uow.db)
        hold.go(uow.db, uow.now())
        audit_log.record(uow, by, "restore.go", "", str(incidents))
    requests = backups.hand_in(home.settings.data_dir)
    click.echo(f"{incidents} incidents go on, {requests} kept requests are handed to web")


def _counted(manifest: backups.Manifest) -> str:
    return f"{sum(manifest.counts.values())} rows of {len(manifest.counts)} tables"
