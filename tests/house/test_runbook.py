"""Each reason and warning that `/readyz` can give has its page in the runbook, in both languages, with what to do."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

from gateway.infrastructure import readiness
from gateway.operations import line_warnings

FOLDER = Path(__file__).resolve().parents[2] / "docs/runbook"
LANGUAGES = {".md": ("What people notice", "What to do"), ".id.md": ("Yang dirasakan orang", "Yang dilakukan")}
NO_REASON = {"overdue"}  # it names incidents
WARNINGS = {line_warnings.NO_RING, line_warnings.LATE, line_warnings.LIMIT}


def first_word(key: ast.expr | None) -> str:
    """ "line" of f"line {name}", "redis" of "redis"."""
    part = key.values[0] if isinstance(key, ast.JoinedStr) else key
    return part.value.split()[0] if isinstance(part, ast.Constant) and isinstance(part.value, str) else ""


def reasons() -> set[str]:
    """Every name that the module can give a reason: the keys that its functions write."""
    tree = ast.parse(Path(readiness.__file__).read_text("utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name not in NO_REASON]
    nodes = [node for function in functions for node in ast.walk(function)]
    keys = [key for node in nodes if isinstance(node, ast.Dict) for key in node.keys]
    keys += [node.key for node in nodes if isinstance(node, ast.DictComp)]
    keys += [node.slice for node in nodes if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)]
    return {first_word(key) for key in keys} - {""}


def test_every_warning_has_one_of_these_names() -> None:
    tree = ast.parse(inspect.getsource(line_warnings.warnings))
    written = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) and len(node.values) == 3]
    begun = {ast.unparse(node.values[0].value) for node in written if isinstance(node.values[0], ast.FormattedValue)}
    assert {getattr(line_warnings, name) for name in begun if name.isupper()} == WARNINGS


def test_the_reasons_are_found() -> None:
    assert {"database", "worker", "line", "clock", "synthetic", "owed"} <= reasons()


@pytest.mark.parametrize("suffix", LANGUAGES)
def test_every_reason_has_its_page_and_no_page_is_left_over(suffix: str) -> None:
    pages = {path.name for path in FOLDER.glob("*.md") if not path.name.startswith("README")}
    assert {name for name in pages if name.endswith(".id.md") == (suffix == ".id.md")} == {
        f"{name}{suffix}" for name in reasons() | WARNINGS
    }
    index = (FOLDER / f"README{suffix}").read_text("utf-8")
    assert [name for name in reasons() | WARNINGS if f"[`{name}`]({name}{suffix})" not in index] == []


@pytest.mark.parametrize("suffix", LANGUAGES)
@pytest.mark.parametrize("name", sorted(reasons() | WARNINGS))
def test_a_page_says_what_people_notice_and_then_what_to_do(name: str, suffix: str) -> None:
    page = (FOLDER / f"{name}{suffix}").read_text("utf-8")
    assert tuple(re.findall(r"^## (.*)$", page, re.M)) == LANGUAGES[suffix]
    assert re.search(r"^1\. .+$", page, re.M)
