"""`siaga purge`: forget what is old enough."""

from __future__ import annotations

import click

from gateway.operations.retention import forgetting
from gateway.wiring import house


@click.command()
@click.option("--dry-run", is_flag=True, help="Only tell what would be forgotten.")
def purge(dry_run: bool) -> None:
    """Forget texts, positions, people and old applications after the days of RETAIN_…_DAYS (0 = never).

    Rows stay and figures stay true; nothing that is open is touched, and never the trail. Safe to stop and to repeat:
    let a timer run it once a day.
    """
    home = house()
    if dry_run:
        tally = forgetting.foresee(home.open_reading_uow, home.settings)
    else:
        tally = forgetting.forget(home.open_uow, home.settings, home.spool)
    for name, count in sorted(tally.items()):
        click.echo(f"{name:<24}{count:>8}")
    click.echo(f"{tally.total()} {'would be forgotten' if dry_run else 'forgotten'}")
