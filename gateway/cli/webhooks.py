"""`siaga webhook`: which other systems are told what happens to incidents."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from gateway.identity import audit_log
from gateway.models import webhook as rows
from gateway.monitor import webhooks
from gateway.monitor.webhooks import BadWebhook
from gateway.wiring import house

BY = "siaga webhook"


@click.group("webhook")
def webhook() -> None:
    """Which other systems are told what happens to incidents."""


@webhook.command("add")
@click.argument("name")
@click.argument("url")
@click.option("--user", "user_name", required=True, metavar="NAME", help="Only what this user sees is told.")
@click.option("--private", "is_private", is_flag=True, help="It may stand in your own network, and without TLS.")
def add(name: str, url: str, user_name: str, is_private: bool) -> None:
    """Tell the system NAME at URL from now on. The secret that signs is printed once."""
    try:
        with house().open_uow() as uow:
            made = webhooks.add(uow, name, url, user_name, is_private)
            audit_log.record(uow, BY, "webhook.add", name)
            click.echo(made)
    except BadWebhook as error:
        raise click.ClickException(str(error)) from error


@webhook.command("end")
@click.argument("name")
def end(name: str) -> None:
    """Tell a system nothing more."""
    try:
        with house().open_uow() as uow:
            webhooks.end(uow, name)
            audit_log.record(uow, BY, "webhook.end", name)
    except BadWebhook as error:
        raise click.ClickException(str(error)) from error


@webhook.command("list")
def list_webhooks() -> None:
    """List the systems that are told: name, user, how many messages wait, what went wrong last."""
    with house().open_reading_uow() as uow:
        waits = rows.waiting(uow.db)
        for row in rows.active(uow.db):
            count, _ = waits.get(row.id, (0, None))
            click.echo(f"{row.name}\t{row.user.name}\t{count}\t{row.trouble if row.is_bad else ''}")


@webhook.command("replay")
@click.argument("name")
@click.option("--since", type=click.DateTime(), required=True, help="UTC, as in 2026-11-30T07:00:00.")
def replay(name: str, since: datetime) -> None:
    """Send a system once more what happened since then, in its order."""
    try:
        with house().open_uow() as uow:
            count = webhooks.replay(uow, name, since.replace(tzinfo=UTC))
            audit_log.record(uow, BY, "webhook.replay", name)
            click.echo(f"{count} messages")
    except BadWebhook as error:
        raise click.ClickException(str(error)) from error
