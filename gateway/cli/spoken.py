"""Help in Indonesian and English: English stands beside the code, Indonesian in help_id.toml."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from copy import copy
from functools import cache
from pathlib import Path
from typing import TypeVar

import click

C = TypeVar("C", bound=click.Command)
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


def translated(command: C, path: str = "") -> C:
    """Return this command, and what is below it, with their help in Indonesian where it is written."""
    found = copy(command)
    said = indonesian().get(path, {})
    found.help = said.get("help", command.help)
    found.params = [copy(option) for option in command.params]
    for option in found.params:
        if isinstance(option, click.Option):
            option.help = said.get(option.opts[-1], option.help)
    if isinstance(found, click.Group):
        found.commands = {name: translated(below, f"{path} {name}".strip()) for name, below in found.commands.items()}
    return found
