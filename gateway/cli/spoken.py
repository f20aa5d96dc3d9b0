"""Help in Indonesian and English: English stands beside the code, Indonesian in help_id.toml."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import click

LANGUAGES = ("id", "en")
INDONESIAN = Path(__file__).with_name("help_id.toml")


def spoken() -> str:
    """Return the language of whoever sits at this terminal: "id" where it says so (LC_ALL, LC_MESSAGES, LANG)."""
    told = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "id" if told.lower().startswith(("id_", "id.", "indonesia")) or told.lower() == "id" else "en"


@cache
def indonesian() -> Mapping[str, Mapping[str, str]]:
    """Return what stands in help_id.toml: by command ("citizen add"), "help" and each of its options."""
    return tomllib.loads(INDONESIAN.read_text(encoding="utf-8"))


def translate(command: click.Command, path: str = "") -> None:
    """Let this command and what is below it tell their help in Indonesian, where it is written."""
    said = indonesian().get(path, {})
    command.help = said.get("help", command.help)
    for option in command.params:
        if isinstance(option, click.Option):
            option.help = said.get(option.opts[-1], option.help)
    for name, below in command.commands.items() if isinstance(command, click.Group) else ():
        translate(below, f"{path} {name}".strip())
