"""The help of `siaga`: every command and option has its Indonesian, and nothing there is left over."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.cli.spoken import indonesian, spoken
from gateway.register.imports import kinds


def helps(command: click.Command, path: str = "") -> Iterator[tuple[str, str]]:
    """Every command and every option that says something of itself."""
    yield path, "help"
    for option in command.params:
        if isinstance(option, click.Option) and option.help:
            yield path, option.opts[-1]
    for name, below in command.commands.items() if isinstance(command, click.Group) else ():
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
