"""`siaga backup`, `siaga restore`: the whole gateway in one file, and back without a phone ringing by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from gateway.cli.door import Trouble
from gateway.operations.backup import archive, holding, restoring
from gateway.operations.backup.archive import BadBackup
from gateway.wiring import house

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("path", type=FILE, required=False)
def backup(path: Path | None) -> None:
    """Write the database and the kept requests into FILE (siaga-DATE-TIME.zip), while the gateway goes on.

    No key is in the file: keep ENCRYPTION_KEYS and SECRET_KEY apart from it. It does hold names, numbers and positions
    of officers in the clear: keep it as you keep the disk.
    """
    home = house()
    path = path or Path(datetime.now(UTC).strftime("siaga-%Y%m%d-%H%M%S.zip"))
    try:
        manifest = archive.write(home.engine, home.settings.data_dir, path)
    except OSError as error:
        raise Trouble(f"{path} cannot be written: {error.strerror}") from error
    click.echo(f"{sum(manifest.counts.values())} rows of {len(manifest.counts)} tables in {path}")


@click.command()
@click.argument("path", type=FILE, required=False)
@click.option("--replace", is_flag=True, help="Also over a database that holds something, which is lost.")
@click.option("--go", is_flag=True, help="Let everything start that has waited since the restore.")
@click.option("--by", default="", help="With --go: who says so.")
def restore(path: Path | None, replace: bool, go: bool, by: str) -> None:
    """Fill an empty database from FILE; or, with --go, let what was open in it start again.

    Stop web and workers first. Until somebody says go nothing leaves for what was open in the backup; web and workers
    may run meanwhile, and serve every new panic.
    """
    if go == (path is not None) or (go and not by.strip()):
        raise click.UsageError("either FILE, or --go --by NAME")
    if path is None:
        _go(by.strip())
        return
    home = house()
    try:
        done = restoring.restore(home.engine, home.settings.database_url, home.settings.data_dir, path, replace)
    except BadBackup as error:
        raise Trouble(str(error)) from error
    counts = done.manifest.counts
    click.echo(f"{sum(counts.values())} rows of {len(counts)} tables, as of {done.manifest.made_at}")
    click.echo(f"{done.open_incidents} open incidents wait. Look at the monitor, then: siaga restore --go --by NAME")


def _go(by: str) -> None:
    home = house()
    with home.open_uow() as uow:
        started = holding.let_go(uow, by)
    requests = restoring.release_spool(home.settings.data_dir)
    click.echo(f"{started} timers started, {requests} kept requests handed to web")
