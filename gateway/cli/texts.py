"""`siaga texts`: what desks have said of texts, for training: read a second time, and exported."""

from __future__ import annotations

import click

from gateway.models import labelled_text as labelled_texts
from gateway.models.labelled_text import EMERGENCY, EVERYDAY
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


@texts.command()
def unread() -> None:
    """List the texts of which one desk has said that they are no emergency, and that wait for a second reader."""
    with house().open_uow() as uow:
        rows = labelled_texts.unconfirmed(uow.db)
        for row in rows:
            click.echo(f"{row.id}  {row.language}  {row.read_by}  {' '.join(row.words.split())}")
    if not rows:
        click.echo("nothing waits for a second reader")


@texts.command()
@click.argument("number", type=int, metavar="ID")
@click.option("--by", "who", required=True, metavar="NAME", help="Who has read it; another than the first reader.")
@click.option("--emergency", is_flag=True, help="It is an emergency after all.")
def confirm(number: int, who: str, emergency: bool) -> None:
    """Say as the second reader that a text is no emergency, or with --emergency that it is one."""
    with house().open_uow() as uow:
        if not labelled.read_again(uow, number, EMERGENCY if emergency else EVERYDAY, who):
            raise click.ClickException(f"text {number} is not kept, or {who} was its first reader")
