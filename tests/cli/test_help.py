"""The help of `siaga`: every command and option has its Indonesian, and nothing there is left over."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from gateway.cli import commands, main
from gateway.cli.spoken import indonesian, spoken
from gateway.register.imports import kinds


def helps(command: click.Command, path: str = "") -> Iterator[tuple[str, str]]:
    """Every command and every option that says something of itself."""
    yield path, "help"
    for option in command.params:
        if isinstance(option, click.Option) and option.help:
            yield path, option.opts[-1]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from helps(below, f"{path} {name}".strip())


def test_everything_is_said_in_indonesian_and_nothing_is_left_over() -> None:
    written = {(path, what) for path, said in indonesian().items() for what in said}
    assert written == set(helps(main))


@pytest.mark.parametrize(("told", "language"), [("id_ID.UTF-8", "id"), ("en_US.UTF-8", "en"), ("C", "en"), ("", "en")])
def test_the_terminal_says_which_language(told: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", told)
    assert spoken() == language


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_the_help_of_an_import_names_its_columns(kind: str) -> None:
    told = CliRunner().invoke(main, ["import", kind, "--help"]).output
    columns = kinds.columns(kind)
    assert columns
    assert all(name in told for name in columns)


@pytest.mark.parametrize("name", commands())
def test_the_list_of_commands_says_what_each_command_says_of_itself(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name
    assert commands()[name]["help"] == command.get_short_help_str(limit=1000)


def test_the_list_of_commands_needs_none_of_their_code() -> None:
    """`siaga --help` imports the commands' tables only, or it takes a second."""
    asked = "import sys; from gateway.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    listed, imported = ran.stdout.rsplit("\n", 2)[0], set(ran.stdout.split("\n")[-2].split())
    assert all(name in listed for name in commands())
    assert not imported & {"sqlalchemy", "flask", "redis", "fpdf", "gateway.wiring", "gateway.config"}
