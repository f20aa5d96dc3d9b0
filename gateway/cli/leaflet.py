"""`siaga leaflet`: what is handed out on paper, as PDF."""

from __future__ import annotations

from typing import BinaryIO

import click

from gateway.core.languages import CODES
from gateway.models import unit as units
from gateway.operations.leaflets import ways
from gateway.operations.leaflets.sheets import SHEETS, NoNumber, make
from gateway.wiring import house


@click.command()
@click.argument("sheet", type=click.Choice(list(SHEETS)))
@click.option("--unit", "code", metavar="CODE", help="Whose numbers; without: the topmost unit.")
@click.option("--language", type=click.Choice(CODES), help="Of the sheet; without: DEFAULT_LANGUAGE.")
@click.option("--output", type=click.File("wb", lazy=True), default="-", metavar="FILE", help="Instead of the screen.")
def leaflet(sheet: str, code: str | None, language: str | None, output: BinaryIO) -> None:
    """Make a sheet or card as PDF, from the numbers of the lines: citizen, poster, officer, desk, private.

    `private` is a small card without heading on how to ask in silence and under threat. Make it at the counter, for the
    person alone; never lay it out.
    """
    home = house()
    with home.open_reading_uow() as uow:
        unit = units.by_code(uow.db, code) if code else units.topmost(uow.db)
        if unit is None:
            raise click.ClickException(f"there is no unit {code or 'yet'}; siaga import units brings them in")
        found = ways.read(uow, unit)
    settings = home.settings
    try:
        output.write(make(sheet, found, language or settings.default_language, f"{settings.public_url}/monitor"))
    except NoNumber as error:
        raise click.ClickException(str(error)) from error
