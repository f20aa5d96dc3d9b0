"""`siaga drill` and `siaga synthetic`: exercises with people and tests by machine, now or by a timetable."""

from __future__ import annotations

import re
from datetime import timedelta

import click

from gateway.cli.door import PhoneNumber
from gateway.core.sentences import phrases
from gateway.identity import audit_log
from gateway.incidents import drills
from gateway.models import drill as rows
from gateway.models import synthetic_panic as synthetic_rows
from gateway.models import unit as units
from gateway.models.unit import Unit
from gateway.responses import synthetic_panics
from gateway.unit_of_work import UnitOfWork
from gateway.wiring import house

WHO = "siaga drill"  # stands in the trail
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([1-9][0-9]{0,4})([smhd])")


class Duration(click.ParamType[timedelta]):
    """A command's parameter that reads a span of time: 45s, 30m, 6h, 30d."""

    name = "TIME"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        found = _DURATION.fullmatch(value)
        if found is None:
            self.fail(f"{value!r} is no span of time; write it like 30m, 6h or 30d", param, ctx)
        return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


@click.command()
@click.option("--unit", "code", metavar="CODE", help="Where; without: the topmost unit.")
@click.option("--all-waves", is_flag=True, help="Ask the later waves too, not only the first.")
@click.option("--every", type=Duration(), help="Again and again, beginning after this time: 12h, 30d.")
@click.option("--never", is_flag=True, help="No more by the timetable.")
@click.option("--plans", is_flag=True, help="Show the timetable.")
def drill(code: str | None, all_waves: bool, every: timedelta | None, never: bool, plans: bool) -> None:
    """Raise an alarm that every phone says is an exercise (LATIHAN). It ends by itself within five minutes."""
    with house().open_uow() as uow:
        if plans:
            _show(uow)
            return
        unit = units.by_code(uow.db, code) if code else units.topmost(uow.db)
        if unit is None:
            raise click.ClickException(f"there is no unit {code or 'yet'}; siaga import units brings them in")
        if never:
            _forget(uow, unit)
        elif every is not None:
            _plan(uow, unit, every, all_waves)
        else:
            _begin(uow, unit, all_waves)


def _begin(uow: UnitOfWork, unit: Unit, all_waves: bool) -> None:
    try:
        incident = drills.begin(uow, unit, all_waves=all_waves)
    except drills.AlreadyRunning as error:
        raise click.ClickException(str(error)) from error
    audit_log.record(uow, WHO, "incident.drill", incident.code)
    click.echo(f"{incident.code}  drill at {unit.name}; follow it with: siaga incidents {incident.code}")


def _plan(uow: UnitOfWork, unit: Unit, every: timedelta, all_waves: bool) -> None:
    try:
        row = drills.plan(uow, unit, every, all_waves=all_waves)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    audit_log.record(uow, WHO, "drill.planned", unit.code, f"every {every}")
    click.echo(f"{unit.code}  drills every {every}, the next at {_moment(uow, row)}")


def _forget(uow: UnitOfWork, unit: Unit) -> None:
    if not drills.forget_plan(uow, unit):
        raise click.ClickException(f"{unit.code} has no timetable of drills")
    audit_log.record(uow, WHO, "drill.unplanned", unit.code)
    click.echo(f"{unit.code}  no more drills by the timetable")


def _show(uow: UnitOfWork) -> None:
    found = rows.plans(uow.db)
    for row in found:
        unit = uow.db.get_one(Unit, row.unit_id)
        waves = "all waves" if row.all_waves else "first wave"
        click.echo(f"{unit.code}  every {timedelta(seconds=row.every_s)}, {waves}, the next at {_moment(uow, row)}")
    if not found:
        click.echo("no drill is planned")


def _moment(uow: UnitOfWork, row: rows.DrillPlan) -> str:
    zone = units.timezone_of(uow.db.get(Unit, row.unit_id))
    return f"{row.next_at:%Y-%m-%d} {phrases.clock_text(row.next_at, zone)}"


# --- tests by machine -------------------------------------------------------------------------------------------------


@click.command()
@click.argument("phone", type=PhoneNumber(), required=False)
@click.option("--every", type=Duration(), help="Again and again: 15m, 6h.")
@click.option("--within", type=Duration(), default="60s", show_default=True, help="Later than this is an alarm.")
@click.option("--never", is_flag=True, help="No more by the timetable.")
def synthetic(phone: str | None, every: timedelta | None, within: timedelta, never: bool) -> None:
    """Send a synthetic panic to the test phone PHONE, and show how long each step of the last ones took.

    PHONE is the number of one of our own lines, or a phone that sends each text back. No person is asked.
    """
    with house().open_uow() as uow:
        if phone is None:
            _show_synthetic(uow)
        elif never:
            if not synthetic_panics.forget_plan(uow, phone):
                raise click.ClickException(f"{phone} has no timetable")
            audit_log.record(uow, WHO, "synthetic.unplanned", phone)
            click.echo(f"{phone}  no more synthetic panics")
        elif every is None:
            synthetic_panics.begin(uow, phone, within)
            audit_log.record(uow, WHO, "synthetic.begun", phone)
            click.echo(f"{phone}  a synthetic panic is on its way")
        else:
            _plan_synthetic(uow, phone, every, within)


def _plan_synthetic(uow: UnitOfWork, phone: str, every: timedelta, within: timedelta) -> None:
    try:
        synthetic_panics.plan(uow, phone, every, within)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    audit_log.record(uow, WHO, "synthetic.planned", phone, f"every {every}")
    click.echo(f"{phone}  a synthetic panic every {every}, an alarm after {within}")


def _show_synthetic(uow: UnitOfWork) -> None:
    found = synthetic_rows.newest(uow.db)
    for row in found:
        steps = "  ".join(f"{step} {seconds:.1f} s" for step, seconds in row.seconds().items())
        late = f"  LATE: not {row.missing} within {row.within_s} s" if row.missing else ""
        click.echo(f"{row.started_at:%Y-%m-%d %H:%M} UTC  {row.phone}  {steps}{late}")
    if not found:
        click.echo("no synthetic panic yet")
