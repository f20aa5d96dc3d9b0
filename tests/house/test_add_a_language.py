"""docs/developers/add-a-language.md, followed in a copy of the repository; and each of its steps forgotten once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RECIPE = ROOT / "docs/developers/add-a-language.md"
CHECKS = "tests/core/test_languages.py"
FILES = ("README.md", "pyproject.toml", CHECKS, "tests/core/test_script.py", "tests/core/test_numerals.py")
TABLE = "gateway/core/languages.py"
Block = tuple[str, str, str]  # its kind, its first line (which may name a file), its text


def steps() -> dict[int, list[Block]]:
    """The blocks of each step that has any, in their order."""
    found = {}
    for number, text in re.findall(r"^## (\d+)\. (.*?)(?=^## |\Z)", RECIPE.read_text("utf-8"), re.M | re.S):
        blocks = re.findall(r"^```(\w+)\n(.*?)^```$", text, re.M | re.S)
        if blocks:
            found[int(number)] = [(kind, body.partition("\n")[0], body) for kind, body in blocks]
    return found


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "gateway", tmp_path / "gateway", ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def follow(copy: Path, without: int = 0, change: Callable[[str], str] = str) -> None:
    """Do what every step says, except the one whose number is `without`."""
    for number, blocks in steps().items():
        for kind, first, text in blocks if number != without else ():
            WRITERS[kind](copy, first.removeprefix("# "), change(text))


def _run(copy: Path, name: str, text: str) -> None:
    subprocess.run(["sh", "-euc", text], cwd=copy, check=True)


def _write(copy: Path, name: str, text: str) -> None:
    path, _, place = name.partition(": ")
    if not place:
        assert not (copy / path).exists(), f"{path} is there already"
        (copy / path).write_text(text, "utf-8")
        return
    body = text.partition("\n")[2]
    table = (copy / path).read_text("utf-8")
    before = {"imports": r"^\n+@dataclass", "rows": r"^    \)\n}$"}[place]
    assert len(re.findall(before, table, re.M)) >= 1
    at = next(re.finditer(before, table, re.M)).start()
    (copy / path).write_text(table[:at] + body + table[at:], "utf-8")


def _replace_row(copy: Path, name: str, text: str) -> None:
    readme = (copy / "README.md").read_text("utf-8")
    row = next(line for line in readme.splitlines() if line.startswith(text.partition(" | ")[0] + " |"))
    (copy / "README.md").write_text(readme.replace(row, text.strip()), "utf-8")


WRITERS: dict[str, Callable[[Path, str, str], None]] = {
    "sh": _run,
    "python": _write,
    "toml": _write,
    "markdown": _replace_row,
}


def python(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """This Python in the copy, which sees the copy's gateway and not ours."""
    told = {**os.environ, "PYTHONPATH": str(copy), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run([sys.executable, *arguments], cwd=copy, env=told, capture_output=True, text=True)


def check(copy: Path, *files: str) -> subprocess.CompletedProcess[str]:
    return python(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", *files)


def test_who_follows_the_recipe_speaks_in_texts_calls_menus_settings_and_imports(copy: Path) -> None:
    follow(copy)
    said = python(copy, str(ROOT / "tests/house/speak_malay.py"), str(copy))
    assert said.stdout.strip() == "spoken", said.stderr
    checked = check(copy, "-rA", "-k", "ms or test_languages", "tests/core")
    assert checked.returncode == 0, checked.stdout
    for name in ("test_it_has_every_sentence[ms]", "test_every_number_has_words_of_its_own[ms]"):
        assert f"::{name}" in checked.stdout


FAILS = {
    1: "test_it_has_every_sentence[ms]",
    2: "cannot import name 'malay'",
    3: "test_it_knows_how_people_cry_for_help_and_how_officers_answer[ms]",
    4: "test_every_catalogue_belongs_to_a_row",
    5: "test_the_readme_names_it[ms]",
}


def test_every_step_that_can_be_forgotten_has_its_check() -> None:
    assert set(steps()) == set(FAILS)


@pytest.mark.parametrize("step", FAILS)
def test_a_forgotten_step_fails_a_check_by_name(copy: Path, step: int) -> None:
    follow(copy, without=step)
    checked = check(copy, CHECKS)
    assert checked.returncode != 0
    assert FAILS[step] in checked.stdout


@pytest.mark.parametrize(
    ("written", "instead", "fails"),
    [
        (', "africastalking": None', "", "ms: a voice or None for africastalking"),
        ('menu_key="4"', 'menu_key="1"', "test_its_menu_key_is_its_own[ms]"),
        ("            cardinal=malay.cardinal,\n", "", "argument: 'cardinal'"),
        ("return _ONES[n]", 'return "satu"', "two numbers sound alike"),
    ],
)
def test_a_half_filled_row_fails_a_check_by_name(copy: Path, written: str, instead: str, fails: str) -> None:
    assert any(written in text for blocks in steps().values() for _, _, text in blocks)
    follow(copy, change=lambda text: text.replace(written, instead))
    checked = check(copy, CHECKS)
    assert checked.returncode != 0
    assert fails in checked.stdout


def test_a_language_that_lacks_one_sentence_fails_a_check_by_name(copy: Path) -> None:
    follow(copy)
    (copy / "gateway/core/catalogues/ms/voice.po").unlink()
    checked = check(copy, CHECKS)
    assert checked.returncode != 0
    assert FAILS[1] in checked.stdout
