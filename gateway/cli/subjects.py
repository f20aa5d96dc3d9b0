"""`siaga subject`, `erase` and `breach`: a person's own data, handed out and erased, and whom to tell of a breach."""

from __future__ import annotations

import csv
import os
import sys
from dataclasses import astuple, fields
from datetime import datetime, timedelta
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from gateway.cli.door import PHONE
from gateway.core.days import zone
from gateway.core.languages import CODES
from gateway.core.phone import mask
from gateway.identity import audit_log
from gateway.models import unit as units
from gateway.operations.personal_data import erasure
from gateway.operations.personal_data.breach import Concerned, concerned
from gateway.operations.personal_data.erasure import StillOpen
from gateway.operations.personal_data.someone import NoPerson, Someone, find
from gateway.operations.personal_data.subject import sheet
from gateway.outage.gathering import Refresher
from gateway.unit_of_work import UnitOfWork
from gateway.wiring import House, house

HANDED = "citizen.subject"  # what the audit trail says of a sheet that was written


@click.command()
@click.argument("number", type=PHONE, metavar="NUMBER")
@click.option("--to", "path", type=click.Path(dir_okay=False, path_type=Path), help="The file; by default one here.")
@click.option("--by", default="siaga subject", metavar="NAME", help="Who hands it out; recorded as it is given.")
@click.option("--language", type=click.Choice(CODES), help="Of the sheet; by default the person's.")
def subject(number: str, path: Path | None, by: str, language: str | None) -> None:
    """Write all that is kept about the person with this NUMBER into one file, for that person alone.

    PINs and what they did, other people, and whom the person fears are never in it.
    """
    home = house()
    with home.open_uow() as uow:
        who = _person(uow, number)
        told = sheet(uow, who, language or who.language or home.settings.default_language)
        audit_log.record(uow, by, HANDED, number)
    path = path or Path(f"siaga-data-{number.lstrip('+')}.txt")
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(told)
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from error
    click.echo(f"{path}: hand it to that person alone, print it and delete it")


@click.command()
@click.argument("number", type=PHONE, metavar="NUMBER")
@click.option("--by", default="siaga erase", metavar="NAME", help="Who decides; recorded as it is given.")
@click.option("--reason", default="", help="Why, for the audit trail.")
@click.option("--with-calls", is_flag=True, help="Closed calls for help too: only where no proceeding needs them.")
def erase(number: str, by: str, reason: str, with_calls: bool) -> None:
    """Erase the person with this NUMBER, with all their numbers, and tell what stays and why.

    While a call for help is open nothing is erased. Tell the person only that it is done within three days.
    """
    home = house()
    try:
        with home.open_uow() as uow:
            done = erasure.erase(uow, _person(uow, number), by, reason, with_calls=with_calls)
    except StillOpen as error:
        raise click.ClickException(
            f"{mask(number)}: nothing was erased, because a call for help or a question about one is open. Repeat it "
            "once that is closed; tell the person, whoever asks, only that it is done within three days"
        ) from error
    for name, count in sorted(done.tally.items()):
        click.echo(f"{name:<24}{count:>8}")
    click.echo(f"{done.tally.total()} erased")
    for why, count in done.stays:
        click.echo(f"stays: {count} × {why}")
    click.echo(_out_of_the_snapshot(home))


@click.command()
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first day.")
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day.")
@click.option("--by", default="siaga breach", metavar="NAME", help="Who asks; recorded as it is given.")
def breach(since: datetime, until: datetime, by: str) -> None:
    """List as CSV whom a breach in these days may concern: number, name, language, whose, how they may be told.

    Whoever is told "in person" gets no text about it: their phone may be in somebody else's hands.
    """
    with house().open_uow() as uow:
        there = zone(units.timezone_of(units.topmost(uow.db)))
        first, after = since.replace(tzinfo=there), until.replace(tzinfo=there) + timedelta(days=1)
        audit_log.record(uow, by, "citizen.breach_list", "", f"{since:%Y-%m-%d} {until:%Y-%m-%d}")
        out = csv.writer(sys.stdout)
        out.writerow(field.name for field in fields(Concerned))
        out.writerows(map(astuple, concerned(uow, first, after)))


def _person(uow: UnitOfWork, number: str) -> Someone:
    try:
        return find(uow, number)
    except NoPerson as error:
        raise click.ClickException(str(error)) from error


def _out_of_the_snapshot(home: House) -> str:
    """Write this host's snapshot anew, and return what is to be said of the others'."""
    try:
        Refresher(home.snapshot).refresh(home.open_reading_uow)
    except (SQLAlchemyError, OSError) as error:
        return f"snapshot: {type(error).__name__}; web writes it anew within 15 seconds"
    return "snapshot of this host: written anew; that of another host follows within 15 seconds while its web runs"
