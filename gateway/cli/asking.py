"""How `siaga init` asks: sentences in Indonesian and English (asking.toml), answers from a terminal or a script."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import click

Check = Callable[[str], str]  # an answer -> what is wrong with it; empty where nothing is
SENTENCES = Path(__file__).with_name("asking.toml")
YES = ("y", "ya", "yes")


@cache
def sentences() -> Mapping[str, Mapping[str, str]]:
    """Return what stands in asking.toml: by key, the sentence in each language."""
    return tomllib.loads(SENTENCES.read_text(encoding="utf-8"))


class Asking:
    """Questions in one language ("id" or "en").

    On a terminal a secret is not shown while it is typed. A script writes one answer a line to standard input.
    """

    def __init__(self, language: str) -> None:
        self.language = language

    def words(self, key: str, **facts: object) -> str:
        """Return a sentence."""
        return sentences()[key][self.language].format(**facts)

    def say(self, key: str, **facts: object) -> None:
        click.echo(self.words(key, **facts))

    def ask(self, question: str, usual: str = "", *, shown: str | None = None, hidden: bool = False) -> str:
        """Return the answer, or `usual` for an empty one; `shown` stands for `usual` on the screen.

        Raises click.Abort where nobody answers any more.
        """
        told = usual if shown is None else shown
        label = f"{question} [{told}]" if told else question
        if sys.stdin.isatty():
            said = str(click.prompt(label, default="", show_default=False, hide_input=hidden))
        else:
            click.echo(f"{label}: ")
            said = sys.stdin.readline()
            if not said:
                raise click.Abort
        return said.strip() or usual

    def until(
        self,
        name: str,
        question: str,
        check: Check,
        usual: str = "",
        *,
        shown: str | None = None,
        hidden: bool = False,
    ) -> str:
        """Ask until the answer is good, and say each time what is wrong with it."""
        while True:
            said = self.ask(question, usual, shown=shown, hidden=hidden)
            wrong = check(said)
            if not wrong:
                return said
            self.say("wrong", name=name, why=wrong)
            if said == usual:
                usual, shown = "", None

    def agrees(self, key: str) -> bool:
        """Return whether the answer is a yes."""
        return self.ask(self.words(key)).lower() in YES
