"""docs/developers/map.md shows the floors as they are, and names tests that exist; the index lists every page."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs/developers"
MAP = (FOLDER / "map.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (.+) \|$", re.MULTILINE)


def floors() -> list[set[str]]:
    """The rows of the import contract, from the top."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (layers,) = [it["layers"] for it in contracts["contracts"] if it.get("containers") == ["gateway"]]
    return [set(layer.split(" | ")) for layer in layers]


def test_the_picture_has_the_rows_of_the_import_contract() -> None:
    drawn = re.findall(r'^    L(\d+)\["(.+)"\]', MAP, re.MULTILINE)
    assert [number for number, _ in drawn] == [str(at) for at in range(1, len(drawn) + 1)]
    assert [set(names.split(" · ")) for _, names in drawn] == floors()


def test_its_arrows_point_down() -> None:
    arrows = [(int(above), int(below)) for above, below in re.findall(r"L(\d+)\[.*--> L(\d+)", MAP)]
    assert arrows == [(at, at + 1) for at in range(1, len(floors()))]


def test_every_package_has_one_sentence_and_its_tests() -> None:
    told = {name: (sentence, tests) for name, sentence, tests in ROW.findall(MAP)}
    assert set(told) == set().union(*floors())
    assert [name for name, (sentence, _) in told.items() if not sentence.endswith(".")] == []
    assert [name for name, (_, tests) in told.items() if "`tests/" not in tests] == []


def test_every_file_that_a_page_for_developers_names_is_there() -> None:
    named = {
        (page.name, path)
        for page in FOLDER.glob("*.md")
        if not page.name.startswith("add-a-")  # a recipe names files that do not exist yet
        for path in re.findall(r"`((?:gateway|tests|docs|bench)/[\w/.-]+)`", page.read_text(encoding="utf-8"))
    }
    assert len(named) > 60
    assert {(page, path) for page, path in named if not (ROOT / path).exists()} == set()


def test_the_index_names_every_page() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    pages = {page.name for page in FOLDER.glob("*.md")} - {"README.md"}
    assert {page for page in pages if f"]({page})" not in index} == set()
