"""`siaga report`: the results, for people and for programs."""

from __future__ import annotations

from typing import BinaryIO

import click

from gateway.core.sentences import phrases
from gateway.models import unit as units
from gateway.models.unit import Unit
from gateway.operations.results import results as reports
from gateway.operations.results.formats import FORMATS
from gateway.operations.results.results import Results
from gateway.unit_of_work import UnitOfWork
from gateway.wiring import house


class BadAsk(click.ClickException):
    """There is no such unit or period; the sentence is a key of `console.results`."""

    exit_code = 2

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(phrases.say(f"console.results.{key}", "en", **facts))


@click.command()
@click.option("--unit", "code", metavar="CODE", help="With all below it; without: the topmost unit.")
@click.option("--from", "first", default="", metavar="DATE", help="The first day; without: 30 days in all.")
@click.option("--to", "last", default="", metavar="DATE", help="The last day, to its end; without: today.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="table", show_default=True)
@click.option("--output", type=click.File("wb", lazy=True), default="-", metavar="FILE", help="Instead of the screen.")
def report(code: str | None, first: str, last: str, form: str, output: BinaryIO) -> None:
    """What was achieved in these days (like 2026-11-30, on the unit's clock), beside as many days before."""
    home = house()
    with home.open_reading_uow() as uow:
        found = _read(uow, code, first, last)
    output.write(FORMATS[form].write(found, home.settings.default_language))


def _read(uow: UnitOfWork, code: str | None, first: str, last: str) -> Results:
    unit = _unit(uow, code)
    try:
        return reports.read(uow, unit, reports.read_period(first, last, reports.today(uow, unit)))
    except reports.BadPeriod as error:
        raise BadAsk(str(error)) from error


def _unit(uow: UnitOfWork, code: str | None) -> Unit:
    unit = units.by_code(uow.db, code) if code else units.topmost(uow.db)
    if unit is None:
        raise BadAsk("no_unit", code=code) if code else BadAsk("no_units")
    return unit
