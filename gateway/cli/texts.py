"""`siaga texts export`: what desks have said of texts, for training."""

from __future__ import annotations

import click

from gateway.operations import labelled
from gateway.wiring import house


@click.group()
def texts() -> None:
    """Texts of which desks have said what they are."""


@texts.command()
def export() -> None:
    """Write them as a table with tabs: label, kind, language, text. Digits and known names are masked, but somebody who
    knows a case may still recognise it: keep the file as you keep the database."""
    home = house()
    if not home.settings.learn_from_texts:
        raise click.ClickException("nothing is kept: LEARN_FROM_TEXTS is off")
    with home.open_uow() as uow:
        for line in labelled.export(uow):
            click.echo(line)
