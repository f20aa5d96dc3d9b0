"""`siaga serve`: a whole gateway on one machine."""

from __future__ import annotations

import time

import click

from gateway.carriers.registry import is_switched
from gateway.cli.children import STEP, Children, end_on_signals
from gateway.config import Settings
from gateway.config.sources import NO_FILE, environment
from gateway.infrastructure import valkey
from gateway.infrastructure.database import migrate_as_configured
from gateway.wiring import build

WORKERS = 2  # so that one may die, or end for an update, without a second in which nobody sends


def programs(settings: Settings) -> tuple[str, ...]:
    """Return what has to run on a machine that does everything: web, workers, and switch where a line needs it."""
    switched = any(is_switched(line) for line in settings.carriers)
    return ("web", *("worker",) * WORKERS, *(("switch",) if switched else ()))


@click.command()
def serve() -> None:
    """Everything on this one machine: tables, web, workers, and switch where a line needs it.

    Restarts what dies. Ctrl-C or SIGTERM ends all of it. For one small station; SQLite and the embedded Valkey will do.
    """
    end_on_signals()
    settings = Settings.load()
    migrate_as_configured()
    build(settings).engine.dispose()  # a setting that cannot be used is named here, once, and not by every child
    try:
        with Children(programs(settings), environment() | NO_FILE) as children:
            click.echo(f"Siaga serves {settings.public_url} on {settings.host}:{settings.port}; Ctrl-C ends it.")
            while True:
                children.tick()
                time.sleep(STEP)
    finally:
        if settings.redis_url is None:
            valkey.stop(settings.data_dir)
