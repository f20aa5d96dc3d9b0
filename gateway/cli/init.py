"""`siaga init`: from nothing to a gateway that has made one phone ring, by answering questions."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
import pyotp
import segno
from sqlalchemy import exists, select

from gateway.cli import first_ring
from gateway.cli.asking import Asking
from gateway.cli.init_settings import Installation, dashboard
from gateway.cli.spoken import LANGUAGES, spoken
from gateway.config.sources import FILE, USUAL_FILE, read_file
from gateway.identity import audit_log, users
from gateway.infrastructure.database import migrate_as_configured
from gateway.models.user import ADMIN, User
from gateway.register.imports import kinds
from gateway.register.imports.outcome import Unusable
from gateway.wiring import House, house

BY = "siaga init"  # stands in the trail


@click.command()
@click.option("--language", type=click.Choice(LANGUAGES), default=spoken, help="Of the questions; else the terminal's.")
def init(language: str) -> None:
    """Set Siaga up by answering questions: settings, keys, tables, the first admin, people, and one phone that rings.

    Run it again at any time: what is there stays, and an empty answer changes nothing.
    """
    asking = Asking(language)
    path = Path(os.environ.get(FILE) or USUAL_FILE).absolute()
    given = read_file(path) if path.exists() else {}
    if (os.environ.get("DEMO") or given.get("DEMO") or "0") != "0":
        raise click.ClickException(asking.words("demo"))
    asking.say("hello", path=path)
    Installation(asking, path, given).ask_all()
    migrate_as_configured()
    asking.say("migrated")
    home = house()
    _admin(asking, home)
    for kind in ("units", "officers"):
        _file(asking, home, kind)
    dashboard(asking, home.settings)
    first_ring.ring(asking, home)
    asking.say("done")


def _admin(asking: Asking, home: House) -> None:
    """Add the first admin, and show the secret of their authenticator."""
    with home.open_reading_uow() as uow:
        if uow.db.scalar(select(exists().where(User.role == ADMIN))):
            asking.say("admin_there")
            return
    while True:
        name = asking.ask(asking.words("admin_name"), "admin")
        password = _password(asking)
        try:
            with home.open_uow() as uow:
                uri = users.otpauth(users.add(uow, name, password, ADMIN))
                audit_log.record(uow, BY, "user.add", name)
            break
        except users.BadUser as error:
            asking.say("wrong", name=name, why=error.say(asking.language))
    asking.say("admin_scan", uri=uri)
    segno.make(uri, error="l").terminal(compact=True)
    authenticator = pyotp.parse_uri(uri)

    def check(said: str) -> str:
        good = not said or (isinstance(authenticator, pyotp.TOTP) and authenticator.verify(said, valid_window=1))
        return "" if good else asking.words("admin_no_code")

    asking.until(name, asking.words("admin_code"), check)


def _password(asking: Asking) -> str:
    """Return a password; somebody at a terminal types it twice, because nothing shows it."""
    words = asking.words("admin_password", least=users.LEAST)
    while True:
        said = asking.ask(words, hidden=True)
        if not sys.stdin.isatty() or asking.ask(asking.words("admin_again"), hidden=True) == said:
            return said
        asking.say("wrong", name=words, why=asking.words("admin_differs"))


def _file(asking: Asking, home: House, kind: str) -> None:
    """Import one file; rows that were refused are told, and the question comes again for a file that is none."""

    def check(said: str) -> str:
        return "" if not said or Path(said).is_file() else asking.words("no_file")

    while said := asking.until(kind, asking.words(f"file_{kind}"), check):
        try:
            with Path(said).open("rb") as stream:
                outcome = kinds.bring_in(home.open_uow, kind, stream, by=BY)
        except (Unusable, OSError) as error:
            asking.say("wrong", name=said, why=error)
            continue
        for fault in outcome.faults:
            click.echo(f"  {fault}")
        click.echo(f"{kind}: {outcome}")
        if not outcome.faults:
            return
