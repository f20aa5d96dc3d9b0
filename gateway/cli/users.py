"""`siaga user`: the users who may log in to the console."""

from __future__ import annotations

import sys

import click

from gateway.cli.door import PHONE
from gateway.identity import api_keys, audit_log, users
from gateway.identity.api_keys import Scope
from gateway.models import user as accounts
from gateway.models.user import ROLES
from gateway.wiring import house

BY = "siaga user"


@click.group()
def user() -> None:
    """Who may log in to the console."""


@user.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True, help="admin: everything; desk: acts; viewer: looks.")
@click.option("--unit", "unit_code", metavar="CODE", help="Sees this unit and what is below it; without: every unit.")
def add(name: str, role: str, unit_code: str | None) -> None:
    """Add a user; the password comes from standard input. Prints the otpauth:// URI for the authenticator."""
    password = read_password()
    try:
        with house().open_uow() as uow:
            click.echo(users.otpauth(users.add(uow, name, password, role, unit_code)))
    except users.BadUser as error:
        raise click.ClickException(str(error)) from error


@user.command()
@click.argument("name")
@click.option("--revoke", is_flag=True, help="Take the key away instead.")
def key(name: str, revoke: bool) -> None:
    """Give a program a key that reads /api/v1 as this user would; printed once. The key before it ends."""
    try:
        with house().open_uow() as uow:
            found = accounts.by_name(uow.db, name)
            if found is None:
                raise users.BadUser("no_user")
            audit_log.record(uow, BY, "user.key_revoked" if revoke else "user.key", found.name)
            if revoke:
                users.take_key(uow, found.id)
            else:
                click.echo(users.give_key(uow, found.id))
    except users.BadUser as error:
        raise click.ClickException(str(error)) from error


@user.command()
@click.argument("name")
@click.argument("number", type=PHONE, metavar="PHONE", required=False)
def phone(name: str, number: str | None) -> None:
    """Note the user's own number, or forget it: a citizen who lives with them, or named their number, is not shown to
    them."""
    try:
        with house().open_uow() as uow:
            found = accounts.by_name(uow.db, name)
            if found is None:
                raise users.BadUser("no_user")
            audit_log.record(uow, BY, "user.phone", found.name)
            users.set_phone(uow, found.id, number)
    except users.BadUser as error:
        raise click.ClickException(str(error)) from error


@click.group("key")
def api_key() -> None:
    """Which other systems may use /api/v1, and what each may do."""


@api_key.command("add")
@click.argument("name")
@click.option("--user", "user_name", required=True, metavar="NAME", help="It sees and does what this user may.")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([one.value for one in Scope]),
    multiple=True,
    required=True,
    help="May be repeated.",
)
def add_key(name: str, user_name: str, scopes: tuple[str, ...]) -> None:
    """Give the system NAME a key, printed once. Its former key ends."""
    try:
        with house().open_uow() as uow:
            made = api_keys.give(uow, name, user_name, [Scope(one) for one in scopes])
            audit_log.record(uow, "siaga key", "key.add", name, " ".join(scopes))
            click.echo(made)
    except api_keys.BadKey as error:
        raise click.ClickException(str(error)) from error


@api_key.command("end")
@click.argument("name")
def end_key(name: str) -> None:
    """End a system's key at once."""
    try:
        with house().open_uow() as uow:
            api_keys.end(uow, name)
            audit_log.record(uow, "siaga key", "key.end", name)
    except api_keys.BadKey as error:
        raise click.ClickException(str(error)) from error


@api_key.command("list")
def list_keys() -> None:
    """List the keys that have not ended: the system, its user, its scopes."""
    with house().open_reading_uow() as uow:
        for row in api_keys.every(uow):
            click.echo(f"{row.name}\t{row.user.name}\t{row.scopes}")


def read_password() -> str:
    """Return the first line of standard input, which a terminal does not show. Raises click.Abort."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
