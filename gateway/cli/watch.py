"""`siaga watchdog`: tell people when the gateway is unwell, from another machine; and write the list of them."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click
from cryptography.fernet import Fernet
from sqlalchemy import select

from gateway import watchdog as dog
from gateway.cli.door import PHONE, Trouble
from gateway.config.sources import environment
from gateway.core.policy_groups import POLICE
from gateway.infrastructure.logs import start_logging
from gateway.models import user as users
from gateway.models.unit import Unit, timezone_of
from gateway.models.user import User
from gateway.unit_of_work import UnitOfWork
from gateway.wiring import house


@click.command()
@click.option("--make", "path", type=click.Path(dir_okay=False, path_type=Path), help="Write the sealed list here.")
@click.option("--also", type=PHONE, multiple=True, help="With --make: somebody who is neither a desk nor an admin.")
def watchdog(path: Path | None, also: tuple[str, ...]) -> None:
    """Ask /readyz of WATCHED_URL every 5 s; text and ring desks and administrators while it is not well.

    It needs no database: run it on another machine, with lines of its own. `--make FILE` runs beside the database and
    writes the numbers of desks and administrators, sealed with WATCHDOG_KEY, or with a new key that it prints.
    """
    if path is not None:
        _make(path, also)
        return
    start_logging()
    stop = threading.Event()
    for end in (signal.SIGTERM, signal.SIGINT):
        signal.signal(end, lambda *_: stop.set())
    dog.Watchdog.load(environment()).run(stop, dog.Watch())


def _make(path: Path, also: tuple[str, ...]) -> None:
    given = environment().get("WATCHDOG_KEY", "")
    key = given or Fernet.generate_key().decode()
    with house().open_reading_uow() as uow:
        found = people(uow) | {phone: dog.Watcher(phone) for phone in also}
    try:
        dog.write_list(path, key, list(found.values()))
    except ValueError as error:
        raise Trouble("WATCHDOG_KEY is no Fernet key; leave it away, and a new one is made") from error
    click.echo(f"{len(found)} numbers written to {path}")
    if not given:
        click.echo(f"WATCHDOG_KEY={key}")


def people(uow: UnitOfWork) -> dict[str, dog.Watcher]:
    """Return the desks and the administrators who may log in, by number."""
    admins = select(User).where(User.role == users.ADMIN, User.suspended.is_(False), User.phone.is_not(None))
    found = {
        row.phone: dog.Watcher(row.phone, row.language, timezone_of(row.unit))
        for row in uow.db.scalars(admins)
        if row.phone
    }
    language = uow.settings.default_language
    desks = uow.db.scalars(select(Unit).where(Unit.phone.is_not(None), Unit.kind.in_(POLICE)))
    return found | {row.phone: dog.Watcher(row.phone, language, row.timezone) for row in desks if row.phone}
