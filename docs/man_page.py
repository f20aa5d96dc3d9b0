"""`python -m docs.man_page`: writes gateway/cli/siaga.1, the page of `man siaga`, from the help of the commands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from gateway.cli import main

PAGE = Path(__file__).resolve().parents[1] / "gateway" / "cli" / "siaga.1"
HEAD = r""".\" Written by docs/man_page.py from the help of the commands.
.TH SIAGA 1
.SH NAME
siaga \- the operator's door of Siaga, a phone panic\-button gateway
.SH SYNOPSIS
.B siaga
[\-\-language id|en] [\-\-version] COMMAND ...
.SH DESCRIPTION
"""
TAIL = r""".SH ENVIRONMENT
Settings stand in the environment or in the file siaga.env of the folder in which a command is called.
Each has its line in docs/siaga.env.example.
.SH EXIT STATUS
0: done. 1: something is wrong, and a sentence says what. 2: the command was called wrongly.
"""


def text() -> str:
    """Return the whole page."""
    return HEAD + "".join(f"{line}\n" for line in (*_told(main), ".SH COMMANDS", *_below(main))) + TAIL


def _below(group: click.Group, above: click.Context | None = None) -> Iterator[str]:
    """Yield the lines of each command of the group, and of what is below it."""
    context = click.Context(group, info_name="siaga" if above is None else group.name, parent=above)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        inside = click.Context(command, info_name=name, parent=context)
        yield f".SS {_plain(' '.join((inside.command_path, *command.collect_usage_pieces(inside))))}"
        yield from _told(command)
        if isinstance(command, click.Group):
            yield from _below(command, context)


def _told(command: click.Command) -> Iterator[str]:
    """Yield what the command says of itself, and a paragraph for each option."""
    for paragraph in (command.help or "").split("\n\n"):
        yield from (".PP", _plain(" ".join(paragraph.replace("\b", "").split())))
    context = click.Context(command)
    for option in command.get_params(context):
        record = option.get_help_record(context)
        if record is not None and option.name != "help":
            yield from (".TP", f".B {_plain(record[0])}", _plain(record[1]))


def _plain(told: str) -> str:
    """Return the words so that nothing in them is taken for a request of roff."""
    safe = told.replace("\\", r"\e").replace("-", r"\-").replace("\n", " ")
    return rf"\&{safe}" if safe[:1] in (".", "'") else safe


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
