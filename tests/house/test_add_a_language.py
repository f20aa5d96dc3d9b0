"""docs/developers/add-a-language.md, followed in a copy of the repository; and each of its steps forgotten once."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.house.scratch import ROOT, Scratch, copied

RECIPE = ROOT / "docs/developers/add-a-language.md"
CHECKS = "tests/core/test_languages.py"
FILES = ("docs/settings.md", "pyproject.toml", CHECKS, "tests/core/test_script.py", "tests/core/test_numerals.py")
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


@pytest.fixture(scope="module")
def house_copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    with copied(tmp_path_factory.mktemp("recipe"), ("gateway", *FILES)) as made:
        yield made


@pytest.fixture
def copy(house_copy: Scratch) -> Scratch:
    """The copy before any step."""
    house_copy.put_back()
    return house_copy


def follow(copy: Scratch, without: int = 0, change: Callable[[str], str] = str) -> None:
    """Do what every step says, except the one whose number is `without`."""
    for number, blocks in steps().items():
        for kind, first, text in blocks if number != without else ():
            WRITERS[kind](copy.root, first.removeprefix("# "), change(text))


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
    page = (copy / "docs/settings.md").read_text("utf-8")
    row = next(line for line in page.splitlines() if line.startswith(text.partition(" | ")[0] + " |"))
    (copy / "docs/settings.md").write_text(page.replace(row, text.strip()), "utf-8")


WRITERS: dict[str, Callable[[Path, str, str], None]] = {
    "sh": _run,
    "python": _write,
    "toml": _write,
    "markdown": _replace_row,
}


def test_who_follows_the_recipe_speaks_in_texts_calls_menus_settings_and_imports(copy: Scratch) -> None:
    follow(copy)
    said = copy.python(str(ROOT / "tests/house/speak_malay.py"), str(copy.root))
    assert said.stdout.strip() == "spoken", said.stderr
    checked = copy.checked("-rA", "-k", "ms or test_languages", "tests/core")
    assert checked.code == 0, checked.text
    for name in ("test_it_has_every_sentence[ms]", "test_every_number_has_words_of_its_own[ms]"):
        assert f"::{name}" in checked.text


FAILS = {
    1: "test_it_has_every_sentence[ms]",
    2: "cannot import name 'malay'",
    3: "test_it_knows_how_people_cry_for_help_and_how_officers_answer[ms]",
    4: "test_every_catalogue_belongs_to_a_row",
    5: "test_the_page_of_settings_names_it[ms]",
}


def test_every_step_that_can_be_forgotten_has_its_check() -> None:
    assert set(steps()) == set(FAILS)


@pytest.mark.parametrize("step", FAILS)
def test_a_forgotten_step_fails_a_check_by_name(copy: Scratch, step: int) -> None:
    follow(copy, without=step)
    checked = copy.checked(CHECKS)
    assert checked.code != 0
    assert FAILS[step] in checked.text


@pytest.mark.parametrize(
    ("written", "instead", "fails"),
    [
        (', "africastalking": None', "", "ms: a voice or None for africastalking"),
        ('menu_key="4"', 'menu_key="1"', "test_its_menu_key_is_its_own[ms]"),
        ("            cardinal=malay.cardinal,\n", "", "argument: 'cardinal'"),
        ("return _ONES[n]", 'return "satu"', "two numbers sound alike"),
    ],
)
def test_a_half_filled_row_fails_a_check_by_name(copy: Scratch, written: str, instead: str, fails: str) -> None:
    assert any(written in text for blocks in steps().values() for _, _, text in blocks)
    follow(copy, change=lambda text: text.replace(written, instead))
    checked = copy.checked(CHECKS)
    assert checked.code != 0
    assert fails in checked.text


def test_a_language_that_lacks_one_sentence_fails_a_check_by_name(copy: Scratch) -> None:
    follow(copy)
    (copy.root / "gateway/core/catalogues/ms/voice.po").unlink()
    checked = copy.checked(CHECKS)
    assert checked.code != 0
    assert FAILS[1] in checked.text
