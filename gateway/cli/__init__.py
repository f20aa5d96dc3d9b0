"""The operator's door: `siaga …`. Each command is a line or two into the rooms."""

from __future__ import annotations

from typing import Any

import click

from gateway.cli import care, demo, imports, incidents, people, phones, users
from gateway.cli.door import troubles


class Siaga(click.Group):
    """Whatever stands in a command's way is told in a sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        with troubles():
            return super().invoke(ctx)


@click.group(cls=Siaga)
def main() -> None:
    """Siaga: turns any phone into a panic button, and makes the right officers' phones ring."""


COMMANDS: tuple[click.Command, ...] = (
    demo.demo,
    imports.bring_in,
    people.citizen,
    people.duty,
    users.user,
    incidents.inbox,
    incidents.incidents,
    incidents.drill,
    phones.phone,
    care.check,
    care.sweep,
    care.audit,
    care.rekey,
)
for command in COMMANDS:
    main.add_command(command)
