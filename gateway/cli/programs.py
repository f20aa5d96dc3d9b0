"""`siaga web`, `worker`, `switch` and `migrate`: the programs of Procfile, from any folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

import click
from alembic.util import CommandError

from gateway.infrastructure import database
from gateway.infrastructure.installation import ROOT

PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "web": ("-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "--pythonpath", str(ROOT), "wsgi:app"),
    "worker": (str(ROOT / "worker.py"),),
    "switch": (str(ROOT / "switch.py"),),
}


def command_of(program: str) -> tuple[str, ...]:
    """Return the command line of one of our programs."""
    return (sys.executable, *PROGRAMS[program])


def _become(program: str) -> None:
    """Replace this process, so that a supervisor's signals reach the program itself."""
    sys.stdout.flush()
    os.execv(sys.executable, command_of(program))  # noqa: S606 - our own programs


@click.command()
def web() -> None:
    """Take the carriers' hooks and serve the pages; WEB_CONCURRENCY processes."""
    _become("web")


@click.command()
def worker() -> None:
    """Send what is owed, and do what is due. Run two of them or more."""
    _become("worker")


@click.command()
def switch() -> None:
    """Hold the calls of lines over an Asterisk; idle where there is none."""
    _become("switch")


@click.command()
@click.option("--back-to", metavar="NUMBER", help="Take the newer tables away again, with what only they hold.")
def migrate(back_to: str | None) -> None:
    """Bring the database's tables up to this version's; several at once are fine.

    With --back-to: before an older version is installed again. `siaga --version` of that version tells the NUMBER.
    """
    try:
        database.migrate_as_configured(back_to)
    except CommandError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"the tables are those of {back_to or 'this version'}")
