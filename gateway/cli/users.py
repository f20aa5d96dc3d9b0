"""`siaga user`: the users who may log in to the console."""

from __future__ import annotations

import sys

import click

from gateway.cli.door import PHONE
from gateway.identity import audit_log, users
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


def read_password() -> str:
    """Return the first line of standard input, which a terminal does not show. Raises click.Abort."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
