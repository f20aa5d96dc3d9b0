"""The operator's door: the commands `siaga …`. Each command is a line or two into the rooms."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from gateway.cli import (
    care,
    demo,
    drills,
    explain,
    imports,
    incidents,
    init,
    leaflet,
    people,
    phones,
    programs,
    purge,
    results,
    serve,
    subjects,
    texts,
    users,
    watch,
    webhooks,
)
from gateway.cli.door import troubles
from gateway.cli.spoken import LANGUAGES, spoken, translate
from gateway.config import BadSetting
from gateway.config.sources import environment
from gateway.infrastructure.installation import tables, version


class Siaga(click.Group):
    """The group of all commands. It reports in a sentence what keeps a command from its work."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if _beside_the_demo(args[:1]):
            os.environ["DEMO"] = "1"
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        with troubles():
            return super().invoke(ctx)


def _beside_the_demo(words: Sequence[str]) -> bool:
    """Return whether this command is for the demo in this folder.

    `siaga phone` always is. Any other command is if only a demo has run here: its keys lie in the folder, and no line
    is configured. Only the operator's door infers this. A web process or a worker without settings refuses to start,
    demo or not.
    """
    try:
        given = environment()
    except BadSetting:
        return False  # the command itself will say so
    if "DEMO" in given or {*words} & {"init", "serve", *programs.PROGRAMS}:
        return False
    real = any(name in given for name in ("CARRIERS", "CARRIERS_FILE", "SECRET_KEY", "SECRET_KEY_FILE"))
    keys = Path(given.get("DATA_DIR", "var")) / "demo.json"
    return [*words] == ["phone"] or (not real and keys.exists())


def _tell_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"siaga {version()}, tables {tables()}")
        ctx.exit()


def _choose_language(ctx: click.Context, _: click.Parameter, language: str) -> None:
    if language == "id":
        translate(ctx.command)


@click.group(cls=Siaga)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default=spoken,
    is_eager=True,
    expose_value=False,
    callback=_choose_language,
    help="Of this help; by default the terminal's (LANG).",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_tell_version,
    help="Show the version, and the number of the tables that it needs.",
)
def main() -> None:
    """Siaga: turns any phone into a panic button, and makes the right officers' phones ring."""


COMMANDS: tuple[click.Command, ...] = (
    demo.demo,
    init.init,
    serve.serve,
    programs.web,
    programs.worker,
    programs.switch,
    programs.migrate,
    imports.bring_in,
    people.citizen,
    people.duty,
    people.test_phone,
    users.user,
    users.api_key,
    webhooks.webhook,
    incidents.inbox,
    incidents.incidents,
    drills.drill,
    drills.synthetic,
    explain.explain,
    phones.phone,
    care.check,
    care.sweep,
    care.audit,
    care.rekey,
    results.report,
    leaflet.leaflet,
    texts.texts,
    subjects.subject,
    subjects.erase,
    subjects.breach,
    purge.purge,
    watch.watchdog,
)
for command in COMMANDS:
    main.add_command(command)
