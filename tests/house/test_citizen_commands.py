"""Every citizen command is complete: words and sentences in each language, a row, a function, an example."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import get_args

import pytest

import gateway
from gateway import sms
from gateway.core.intent.besides import Also
from gateway.core.intent.table import Kind
from gateway.core.languages import CODES
from gateway.core.sentences import phrases
from gateway.core.words.commands import READERS, Command, Role
from gateway.core.words.reading import read
from tests.core.test_intent import EXAMPLES

COMMANDS = get_args(Command)
CATCH_ALL = {"unclear", "words while open", "not listed", "echo", "machine"}
TELLS = {"tell", "answer", "sentence", "tell_desk", "tell_citizen", "answer_citizen", "tell_alerted"}


@pytest.mark.parametrize("language", CODES)
def test_every_command_has_words_in_every_language(language: str) -> None:
    file = resources.files("gateway.core") / "words" / f"{language}.toml"
    words: dict[str, list[str]] = tomllib.loads(file.read_text("utf-8"))["citizen"]
    assert [kind.__name__ for kind in COMMANDS if not words.get(kind.role)] == []


def test_every_command_is_read() -> None:
    assert set(READERS) == set(COMMANDS)
    assert {kind.role for kind in COMMANDS} <= set(Role)


def test_every_command_has_an_example_that_a_row_of_its_own_takes() -> None:
    shown = {type(read(example.text).command) for example in EXAMPLES if example.row not in CATCH_ALL}
    assert [kind.__name__ for kind in COMMANDS if kind not in shown] == []


def test_every_intent_and_everything_beside_it_has_a_function() -> None:
    assert [kind.name for kind in Kind if kind not in sms.DO] == []
    assert [also.name for also in Also if also not in sms.ALSO] == []


@pytest.mark.parametrize("language", CODES)
def test_every_sentence_that_the_rooms_tell_is_in_every_catalogue(language: str) -> None:
    assert sorted(told() - set(phrases.keys(language))) == []


@cache
def told() -> frozenset[str]:
    """The keys of sentences that stand in the calls which tell somebody something."""
    return frozenset(_told())


def _told() -> Iterator[str]:
    for path in Path(gateway.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in TELLS:
                keys = (value.value for value in node.args if isinstance(value, ast.Constant))
                yield from (key for key in keys if isinstance(key, str) and "." in key and " " not in key)


def test_every_text_is_read_in_one_place() -> None:
    """Only the reading hands a text to a word list; everybody else asks the reading."""
    root = Path(gateway.__file__).parent
    calls = re.compile(r"\.hear(_clean)?\(")
    hearing = {str(path.relative_to(root)) for path in root.rglob("*.py") if calls.search(path.read_text("utf-8"))}
    assert hearing == {"core/words/reading.py", "core/words/lexicon.py"}
