"""`siaga inbox` and `siaga incidents`: unread texts and incidents in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

import click

from gateway.core import defaults
from gateway.core.incident_kinds import IncidentKind
from gateway.core.sentences import phrases
from gateway.core.words.pinwords import hide_pins
from gateway.models import clarification as clarifications
from gateway.models import event as events
from gateway.models import inbound as inbounds
from gateway.models import incident as incidents_
from gateway.models import unit as units
from gateway.models.event import Event
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork
from gateway.wiring import house


@click.command()
def inbox() -> None:
    """What waits for a human to read it. Numbers are whole here: somebody has to ring them."""
    with house().open_uow() as uow:
        zone = units.timezone_of(units.topmost(uow.db))
        rows = inbounds.waiting_for_a_human(uow.db)
        for row in rows:
            at = f"{row.received_at:%Y-%m-%d} {phrases.clock_text(row.received_at, zone)}"
            words = " ".join(hide_pins(row.body).split()) or f"({row.kind})"
            click.echo(f"{row.id}  {at}  {row.phone}  {_call(uow, row.id)}{words}")
        if not rows:
            click.echo("nothing waits")


def _call(uow: UnitOfWork, inbound_id: int) -> str:
    """Return the code of the open uncertain call that a text is, and when silence opens it; "" for any other text."""
    call = clarifications.of_inbound(uow.db, inbound_id)
    if call is None or not call.is_open:
        return ""
    left = f" opens in {(call.opens_at - uow.now()).total_seconds():.0f} s" if call.opens_at is not None else ""
    return f"{call.code} {call.state}{left}  "


@click.command()
@click.argument("code", required=False)
def incidents(code: str | None) -> None:
    """The newest incidents; with CODE, one incident's timeline."""
    with house().open_uow() as uow:
        for line in _list(uow) if code is None else _timeline(uow, code.upper()):
            click.echo(line)


def _list(uow: UnitOfWork) -> Iterator[str]:
    rows = incidents_.newest(uow.db)
    for row in rows:
        unit = uow.db.get(Unit, row.unit_id) if row.unit_id else None
        at = f"{row.opened_at:%Y-%m-%d} {phrases.clock_text(row.opened_at, units.timezone_of(unit))}"
        drill = "  DRILL" if row.drill else ""
        where = unit.name if unit is not None else "-"
        yield f"{row.code}  {row.state:<11}  {at}  {row.name}  {where}{drill}"
    if not rows:
        yield "no incident yet"


def _timeline(uow: UnitOfWork, code: str) -> Iterator[str]:
    row = incidents_.newest_by_code(uow.db, code)
    if row is None:
        raise click.ClickException(f"there is no incident {code}")
    what = "" if row.what is IncidentKind.UNKNOWN else "  " + phrases.say(f"console.kind.{row.what}", defaults.LANGUAGE)
    why = f" ({row.kind_by or row.kind_reason})" if what and (row.kind_by or row.kind_reason) else ""
    yield f"{row.code}  {row.state}  {row.name}  {row.phone}{what}{why}"
    zone = units.timezone_of(uow.db.get(Unit, row.unit_id) if row.unit_id else None)
    for event in events.of_incident(uow.db, row.id):
        seconds = (event.at - row.opened_at).total_seconds()
        yield f"{phrases.clock_text(event.at, zone)}  +{seconds:.1f} s  {told(event)}"


def told(event: Event) -> str:
    """Return a line of a timeline in words."""
    key, known = f"console.event.{event.kind}", phrases.keys()
    what = phrases.say(key, defaults.LANGUAGE) if key in known else event.kind
    return "  ".join(filter(None, (what, event.who, " ".join(event.text.split()))))
