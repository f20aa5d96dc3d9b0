"""The operator's door: the commands `siaga …`. Each command is a line or two into the rooms."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from gateway.cli.spoken import LANGUAGES, indonesian, spoken, translated


@cache
def commands() -> Mapping[str, Mapping[str, str]]:
    """Return what stands in commands.toml: by command its `module`, its `function`, and the `help` of the list."""
    return tomllib.loads(Path(__file__).with_name("commands.toml").read_text(encoding="utf-8"))


class Siaga(click.Group):
    """The group of all commands. It imports a command when it is called, because all of them take a second, and reports
    in a sentence what keeps a command from its work."""

    language = LANGUAGES[-1]  # of the help

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in commands():
            return None
        known: click.Command = getattr(import_module(f"{__name__}.{commands()[cmd_name]['module']}"),
                                       commands()[cmd_name]["function"])  # fmt: skip
        return translated(known, cmd_name) if self.language == "id" else known

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the tables of their help, without the commands themselves."""
        said = indonesian() if self.language == "id" else commands()
        room = formatter.width - max(map(len, commands())) - 6
        names = self.list_commands(ctx)
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, click.Command(name, help=said[name]["help"]).get_short_help_str(room)) for name in names]
            )

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] in commands() and _beside_the_demo(args[:1]):
            os.environ["DEMO"] = "1"
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        from gateway.cli.door import troubles  # it needs nearly everything, and the help needs none of it

        with troubles():
            return super().invoke(ctx)


def _beside_the_demo(words: Sequence[str]) -> bool:
    """Return whether this command is for the demo in this folder.

    `siaga phone` always is. Any other command is if only a demo has run here: its keys lie in the folder, and no line
    is configured. Only the operator's door infers this. A web process or a worker without settings refuses to start,
    demo or not.
    """
    from gateway.cli.programs import PROGRAMS
    from gateway.config import BadSetting
    from gateway.config.sources import environment

    try:
        given = environment()
    except BadSetting:
        return False  # the command itself will say so
    if "DEMO" in given or {*words} & {"init", "serve", *PROGRAMS}:
        return False
    real = any(name in given for name in ("CARRIERS", "CARRIERS_FILE", "SECRET_KEY", "SECRET_KEY_FILE"))
    keys = Path(given.get("DATA_DIR", "var")) / "demo.json"
    return [*words] == ["phone"] or (not real and keys.exists())


def _tell_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    from gateway.infrastructure.installation import tables, version

    if wanted:
        click.echo(f"siaga {version()}, tables {tables()}")
        ctx.exit()


def _choose_language(ctx: click.Context, _: click.Parameter, language: str) -> None:
    if isinstance(ctx.command, Siaga):
        ctx.command.language = language
    if language == "id":
        said = translated(ctx.command)
        ctx.command.help, ctx.command.params = said.help, said.params


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
