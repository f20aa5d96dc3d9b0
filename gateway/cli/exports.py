"""`siaga export`: lists as tables for Excel and for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from gateway.register import exports, tables
from gateway.register.exports import EXPORTS, NoReason, Taker
from gateway.register.imports import guide, kinds
from gateway.wiring import house


@click.command("export")
@click.argument("kind", type=click.Choice(tuple(EXPORTS)))
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--by", "who", default=exports.OPERATOR, metavar="NAME", help="Who takes it; recorded as it is given.")
@click.option("--reason", default="", help="Why; needed for lists of people who may ask for help.")
@click.option("--empty", is_flag=True, help="Only the columns: a template to fill in and import.")
def take_out(kind: str, file: Path, who: str, reason: str, empty: bool) -> None:
    """Write a list to FILE, whose ending is .xlsx or .csv; what `siaga import` reads comes back unchanged.

    Citizens and volunteers go out without identity numbers, notes, homes, PINs and whatever tells a quiet phone.
    """
    ending = file.suffix.removeprefix(".").lower()
    if ending not in tables.WRITERS:
        raise click.BadParameter(f"must end with {' or '.join('.' + one for one in tables.WRITERS)}", param_hint="FILE")
    if empty and kind not in kinds.TABLES:
        raise click.BadParameter(f"{kind} cannot be imported", param_hint="--empty")
    file.write_bytes(guide.template(kind, ending, "id") if empty else _taken(kind, ending, Taker(who), reason))


def _taken(kind: str, ending: str, taker: Taker, reason: str) -> bytes:
    try:
        with house().open_uow() as uow:
            return tables.in_bytes(exports.take(uow, kind, taker, reason), ending)
    except NoReason:
        raise click.ClickException(f"{kind} go out for a --reason only, which is recorded") from None
