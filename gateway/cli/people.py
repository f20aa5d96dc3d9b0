"""`siaga citizen` and `siaga duty`: the citizens who may ask for help, and the officers who can be alerted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import click

from gateway.cli.door import PHONE
from gateway.core.languages import CODES
from gateway.identity import audit_log
from gateway.identity.callers import identify
from gateway.models import citizen as citizens
from gateway.models import officer as officers
from gateway.models import unit as units
from gateway.models.citizen import Citizen
from gateway.models.unit import Unit
from gateway.register import applications, decisions, never_ask, phone_checks
from gateway.register.applications import Given
from gateway.unit_of_work import UnitOfWork
from gateway.wiring import house

ASK_FROM_NOW_ON = "The number may ask for officers from now on."
Decide = Callable[[UnitOfWork, str, str, str], Citizen]
DECISIONS: Mapping[str, tuple[Decide, str, str]] = {
    "verify": (decisions.verify, citizens.VERIFIED, f"{ASK_FROM_NOW_ON} Address or place name the unit, else --unit."),
    "refuse": (decisions.refuse, citizens.REFUSED, "The application is not accepted; the applicant hears the reason."),
    "suspend": (decisions.suspend, citizens.SUSPENDED, "The number is recorded and shown, and rings nobody."),
    "restore": (decisions.restore, citizens.VERIFIED, "Lift a suspension."),
}


@click.group()
def citizen() -> None:
    """Who may ask for help. Every decision is audited under the NAME it was made by."""


def _decision(name: str) -> click.Command:
    decide, result, help_text = DECISIONS[name]

    @click.argument("phone", type=PHONE, metavar="PHONE")
    @click.option("--by", required=True, metavar="NAME", help="Who decides; recorded as it is given.")
    @click.option("--reason", default="", help="Why; the citizen hears it where it was refused.")
    @click.option("--unit", metavar="CODE", help="The unit that they belong to from now on.")
    def command(phone: str, by: str, reason: str, unit: str | None) -> None:
        with house().open_uow() as uow:
            found = citizens.current(uow.db, phone)
            if found is not None and found.state == result:
                click.echo(f"{phone} {found.person.name}: is {found.state} already")
                return
            if found is not None and unit is not None:
                found.unit_id = _unit(uow, unit).id
            _say(_decided(decide, uow, phone, by, reason))

    return click.command(name, help=help_text)(command)


def _decided(decide: Decide, uow: UnitOfWork, phone: str, by: str, reason: str) -> Citizen:
    try:
        return decide(uow, phone, by, reason)
    except (decisions.NotOnTheRegister, decisions.WrongState) as error:
        raise click.ClickException(str(error)) from error
    except decisions.NoUnit as error:
        raise click.ClickException(f"{error}; name it with --unit CODE") from error


def _say(found: Citizen) -> None:
    click.echo(f"{found.phone} {found.person.name}: {found.state}")


for name in DECISIONS:
    citizen.add_command(_decision(name))


@citizen.command()
@click.argument("phone", type=PHONE, metavar="PHONE")
@click.option("--by", required=True, metavar="NAME", help="Who adds them; recorded as it is given.")
@click.option("--reason", default="", help="Why, for the audit trail.")
@click.option("--name", required=True, help="The citizen's name.")
@click.option("--national-id", default="", help="Identity number; kept encrypted.")
@click.option("--address", default="", help="Kept encrypted.")
@click.option("--language", type=click.Choice(CODES), help="What their phone is answered in.")
@click.option("--home", nargs=2, type=float, metavar="LAT LON", help="Where they live, degrees WGS 84.")
@click.option("--unit", metavar="CODE", help="The unit that they belong to.")
@click.option("--quiet", is_flag=True, help="Never a reply, never a ring.")
@click.option("--pending", is_flag=True, help="Only an application; verify it later.")
def add(phone: str, by: str, reason: str, pending: bool, **told: Any) -> None:
    """Add a citizen whose identity was seen at the desk: verified at once, unless --pending. Without --unit the home or
    the address name the unit, else it is the topmost one."""
    with house().open_uow() as uow:
        given = Given(*(told.pop(part) for part in ("name", "national_id", "address")))
        found = applications.file(uow, identify(uow, phone), given, "desk")
        if found is None:
            raise click.ClickException(f"{phone} is on the register already; change it there, or import a file")
        _fill(uow, found, **told)
        audit_log.record(uow, by, "citizen.add", phone, reason)
        top = units.topmost(uow.db)
        verify = partial(decisions.verify, own=top.id if top is not None else None)
        _say(found if pending else _decided(verify, uow, phone, by, reason))


@citizen.command("never-ask")
@click.argument("phone", type=PHONE, metavar="PHONE")
@click.option("--by", required=True, metavar="NAME", help="Who looks; recorded as it is given.")
@click.option("--reason", required=True, help="Why: a written request of the citizen, seen at the counter.")
def read_never_ask(phone: str, by: str, reason: str) -> None:
    """Read whom a citizen named as those who must never know. Nothing else shows it; tell it to nobody by phone."""
    with house().open_uow() as uow:
        found = citizens.current(uow.db, phone)
        if found is None:
            raise click.ClickException(f"{phone} is on no list")
        for whom in never_ask.read(uow, found, by, reason):
            click.echo(whom)


def _fill(
    uow: UnitOfWork,
    found: Citizen,
    language: str | None,
    home: tuple[float, float] | None,
    unit: str | None,
    quiet: bool,
) -> None:
    found.language = language or found.language
    found.quiet = quiet or found.quiet
    if home is not None:
        if not (abs(home[0]) <= 90 and abs(home[1]) <= 180):
            raise click.ClickException("--home is latitude, then longitude, in degrees")
        found.lat, found.lon = home
    if unit is not None:
        found.unit_id = _unit(uow, unit).id


def _unit(uow: UnitOfWork, code: str) -> Unit:
    named = units.by_code(uow.db, code)
    if named is None:
        raise click.ClickException(f"there is no unit {code}")
    return named


@click.command()
@click.argument("phone", type=PHONE, metavar="PHONE")
@click.argument("what", type=click.Choice(["on", "off"]))
def duty(phone: str, what: str) -> None:
    """Put an officer on or off duty."""
    with house().open_uow() as uow:
        officer = officers.by_phone(uow.db, phone)
        if officer is None:
            raise click.ClickException(f"{phone} is no officer's number")
        if officer.on_duty != (what == "on"):
            officer.set_duty(what == "on")
            audit_log.record(uow, "siaga duty", f"officer.duty_{what}", phone)
        click.echo(f"{phone} {officer.title}: {what} duty")


@click.command("test-phone")
@click.argument("phone", type=PHONE, metavar="PHONE", required=False)
@click.option("--unheard", is_flag=True, help="Every officer's who was not heard from for a month.")
def test_phone(phone: str | None, unheard: bool) -> None:
    """Prove officers' phones by their humans: a text with a word to send back, and a call that asks for a key."""
    if (phone is None) is not unheard:
        raise click.UsageError("name one PHONE, or say --unheard")
    with house().open_uow() as uow:
        known = officers.by_phone(uow.db, phone) if phone is not None else None
        if phone is not None and known is None:
            raise click.ClickException(f"{phone} is no officer's number")
        for officer in [known] if known is not None else phone_checks.unheard(uow):
            asked = phone_checks.ask(uow, officer.phone, officer.language)
            if asked:
                audit_log.record(uow, "siaga test-phone", "officer.test", officer.phone)
            click.echo(f"{officer.phone} {officer.title}: {'asked' if asked else 'not asked: a moment ago, or quiet'}")
