"""Explain the columns of each kind of file, and give an empty table to fill in."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.core.sentences import phrases
from gateway.register import tables
from gateway.register.imports import kinds
from gateway.register.imports.columns import COLUMNS
from gateway.register.tables import Table

HEADINGS = ("column", "needed", "meaning", "example", "also")  # of the sheet that explains, `console.admin_imports.*`


@dataclass(frozen=True)
class Line:
    """One column of a kind of file: whether it must be filled, an example, and its other headers."""

    name: str
    needed: bool
    example: str
    also: tuple[str, ...]

    def meaning(self, language: str) -> str:
        return phrases.say(f"console.column.{self.name}", language)


def lines(kind: str) -> list[Line]:
    """Return the columns of one of the TABLES of `kinds`, in order."""
    needed = kinds.sheet(kind).needed
    return [Line(name, name in needed, COLUMNS[name].example, COLUMNS[name].also) for name in kinds.columns(kind)]


def template(kind: str, ending: str, language: str) -> bytes:
    """Return an empty table of a kind as a file with this ending. It has no example row: somebody would leave it in."""
    return tables.in_bytes(Table(kind, kinds.columns(kind), (), _remarks(kind, language)), ending)


def _remarks(kind: str, language: str) -> tuple[str, list[str], list[list[str]]]:
    say = [phrases.say(f"console.admin_imports.{name}", language) for name in HEADINGS]
    needed = say[1]
    rows = [
        [one.name, needed if one.needed else "", one.meaning(language), one.example, ", ".join(one.also)]
        for one in lines(kind)
    ]
    return phrases.say("console.admin_imports.columns", language), say, rows
