"""`siaga report`: the results, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import click

from gateway.config.values import MAIL_ADDRESS
from gateway.core.sentences import phrases
from gateway.identity import audit_log
from gateway.mail import Enclosure, Mailer, NotSent
from gateway.models import unit as units
from gateway.models.unit import Unit
from gateway.operations.results import results as reports
from gateway.operations.results import words
from gateway.operations.results.formats import FORMATS, file_name
from gateway.operations.results.results import Results
from gateway.unit_of_work import UnitOfWork
from gateway.wiring import House, house


class BadAsk(click.ClickException):
    """There is no such unit or period; the sentence is a key of `console.results`."""

    exit_code = 2

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(phrases.say(f"console.results.{key}", "en", **facts))


@click.command()
@click.option("--unit", "code", metavar="CODE", help="With all below it; without: the topmost unit.")
@click.option("--from", "first", default="", metavar="DATE", help="The first day; without: 30 days in all.")
@click.option("--to", "last", default="", metavar="DATE", help="The last day, to its end; without: today.")
@click.option("--month", default="", metavar="MONTH", help="A whole month, like 2026-11, or `last`; not with --from.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="table", show_default=True)
@click.option("--output", type=click.File("wb", lazy=True), default="-", metavar="FILE", help="Instead of the screen.")
@click.option("--mail", "readers", multiple=True, metavar="ADDRESS", help="Send it there instead; as PDF if a table.")
def report(
    code: str | None, first: str, last: str, month: str, form: str, output: BinaryIO, readers: tuple[str, ...]
) -> None:
    """What was achieved in these days (like 2026-11-30, on the unit's clock), beside as many days before."""
    if month and (first or last):
        raise click.UsageError("--month names all days: leave --from and --to out")
    home = house()
    with home.open_reading_uow() as uow:
        found = _read(uow, code, first, last, month)
    if readers:
        _mail(home, found, "pdf" if form == "table" else form, readers)
    else:
        output.write(FORMATS[form].write(found, home.settings.default_language))


def _mail(home: House, found: Results, form: str, readers: Sequence[str]) -> None:
    """Send the report as a file, and note in the trail that it left. Ends with 1 and a sentence if it did not."""
    settings, language = home.settings, home.settings.default_language
    if not settings.smtp_url:
        raise click.ClickException("no mail server: set SMTP_URL and SMTP_FROM")
    if unusable := [reader for reader in readers if not MAIL_ADDRESS.fullmatch(reader)]:
        raise click.BadParameter(", ".join(unusable), param_hint="--mail")
    kind = FORMATS[form]
    file = Enclosure(file_name(found, form), kind.mimetype, kind.write(found, language))
    subject = f"Siaga: {words.say('title', language)}, {found.unit_name}, {found.period.first} - {found.period.last}"
    try:
        told = "\n".join(words.introduction(found, language))
        Mailer(settings.smtp_url, settings.smtp_from).send(readers, subject, told, [file])
    except NotSent as error:
        raise click.ClickException(f"the report was not sent: {error}") from error
    with home.open_uow() as uow:
        audit_log.record(uow, "siaga report", "report.mail", found.unit, f"{file.name} to {', '.join(readers)}")
    click.echo(f"{file.name} was sent to {len(readers)}")


def _read(uow: UnitOfWork, code: str | None, first: str, last: str, month: str) -> Results:
    unit = _unit(uow, code)
    today = reports.today(uow, unit)
    try:
        period = reports.read_month(month, today) if month else reports.read_period(first, last, today)
    except reports.BadPeriod as error:
        raise BadAsk(str(error)) from error
    return reports.read(uow, unit, period)


def _unit(uow: UnitOfWork, code: str | None) -> Unit:
    unit = units.by_code(uow.db, code) if code else units.topmost(uow.db)
    if unit is None:
        raise BadAsk("no_unit", code=code) if code else BadAsk("no_units")
    return unit
