"""`siaga import`: units, areas, officers, shifts, citizens, places and cells from files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TextIO, TypedDict

import click

from gateway.register.imports import kinds
from gateway.register.imports.outcome import Outcome, Unusable
from gateway.wiring import house

SOME_REFUSED, UNUSABLE = 1, 2  # the exit codes of `siaga import` (contract)


class Import(click.Command):
    """The command `import`, whose help names the columns of the KIND that stands before --help."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = [word for word in args if word in kinds.KINDS]
        self.epilog = f"{named[0]}: {', '.join(kinds.columns(named[0]))}" if named else None
        return super().parse_args(ctx, args)


@click.command("import", cls=Import)
@click.argument("kind", type=click.Choice(kinds.KINDS))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--column", "meant", multiple=True, metavar="HEADER=COLUMN", help="Read a header of FILE as this column.")
def bring_in(kind: str, file: Path, dry_run: bool, meant: Sequence[str]) -> None:
    """Bring in units, areas, officers, shifts, citizens, places or cells from FILE (Excel .xlsx, CSV, GeoJSON).

    Good rows are kept, bad ones told as "line N: …". Ends with 0 when all were good, 1 when some were refused, 2 when
    the file could not be used. The same file again changes nothing.
    """
    try:
        columns = _columns(kind, meant)
        outcome = _cells(file, dry_run) if kind == "cells" else _sheet(kind, file, dry_run, columns)
    except (Unusable, OSError) as error:
        click.echo(f"{file.name}: {error}", err=True)
        sys.exit(UNUSABLE)
    for fault in outcome.faults:
        click.echo(str(fault), err=True)
    if outcome.taken_for:
        told = ", ".join(f"{header} as {column}" for header, column in outcome.taken_for.items())
        click.echo(f"headers that were read as our columns: {told}", err=True)
    if outcome.ignored:
        click.echo(f"columns that are not known and were ignored: {', '.join(outcome.ignored)}", err=True)
    click.echo(f"{kind}: {outcome}{' (dry run: nothing was kept)' if dry_run else ''}")
    sys.exit(SOME_REFUSED if outcome.faults else 0)


def _columns(kind: str, meant: Sequence[str]) -> dict[str, str]:
    """Return the column for each header that the command names. Raises BadParameter for one that the kind has not."""
    told = dict(one.rpartition("=")[::2] for one in meant)
    for column in set(told.values()) - set(kinds.columns(kind)):
        raise click.BadParameter(f"{kind} has no column {column or '(none)'}", param_hint="--column")
    return told


def _sheet(kind: str, file: Path, dry_run: bool, meant: Mapping[str, str]) -> Outcome:
    with file.open("rb") as stream, click.progressbar(length=1, label=kind, **_bar()) as bar:

        def watch(done: int, lines: int) -> None:
            bar.length = max(lines, done)
            bar.update(done - bar.pos)

        return kinds.bring_in(house().open_uow, kind, stream, dry_run=dry_run, watch=watch, meant=meant)


def _cells(file: Path, dry_run: bool) -> Outcome:
    with click.progressbar(length=file.stat().st_size, label="cells", **_bar()) as bar:
        return kinds.bring_in_cells(house().open_uow, file, _in_steps(bar.update), dry_run=dry_run)


class _Bar(TypedDict):
    file: TextIO
    hidden: bool


def _bar() -> _Bar:
    """Return where a progress bar is drawn: on a terminal. Where a program reads stderr, not even its label is."""
    return {"file": sys.stderr, "hidden": not sys.stderr.isatty()}


def _in_steps(update: Callable[[int], None], step: int = 1 << 16) -> Callable[[int], None]:
    """Return a function that updates the progress bar only every `step` bytes.

    Drawing the bar for each line costs more time than reading the lines.
    """
    waiting = 0

    def seen(size: int) -> None:
        nonlocal waiting
        waiting += size
        if waiting >= step:
            update(waiting)
            waiting = 0

    return seen
