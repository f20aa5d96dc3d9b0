"""The prose of the code: a docstring is a plain sentence whose subject the reader sees at once."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

GATEWAY = Path(__file__).resolve().parents[2] / "gateway"
NOT_YET: tuple[str, ...] = ()  # files below gateway/ whose docstrings are still to be mended
# "What is owed.", "Whoever was told.": a sentence without a subject, which a reader must decode from the code below it.
HEADLESS = re.compile(r"(?:ROOM: )?(?:who|whoever|whom|whose|what|whatever|which|whichever|wherever)\b", re.IGNORECASE)
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def plain_files() -> Iterator[Path]:
    """Yield every file below gateway/ but those in NOT_YET."""
    for name in NOT_YET:
        assert (GATEWAY / name).exists(), f"{name} has moved"
    yield from (path for path in sorted(GATEWAY.rglob("*.py")) if str(path.relative_to(GATEWAY)) not in NOT_YET)


def docstrings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each docstring, except for the help texts of commands: operators read those."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Documented) and not is_command(node) and (text := ast.get_docstring(node)):
            yield node.body[0].lineno, text


def is_command(node: ast.AST) -> bool:
    decorators = [ast.unparse(one) for one in getattr(node, "decorator_list", [])]
    return any(re.search(r"\.(command|group)\(", one) for one in decorators)


def test_no_docstring_begins_without_a_subject() -> None:
    found = [
        f"{path.relative_to(GATEWAY)}:{line}: {text.splitlines()[0]}"
        for path in plain_files()
        for line, text in docstrings(path)
        if HEADLESS.match(text)
    ]
    assert found == []


@pytest.mark.parametrize("text", ["Whoever asked for help.", "What is owed now.", "ROOM: what a desk sees."])
def test_a_headless_sentence_is_noticed(text: str) -> None:
    assert HEADLESS.match(text)


@pytest.mark.parametrize("text", ["Return what is due.", "The desk reads it.", "Whole hours only."])
def test_a_plain_sentence_is_left_alone(text: str) -> None:
    assert not HEADLESS.match(text)
