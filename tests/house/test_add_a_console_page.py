"""The recipe docs/developers/add-a-console-page.md, followed in a scratch copy, and with each step forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.scratch import ROOT, Said, Scratch, copied

RECIPE = ROOT / "docs/developers/add-a-console-page.md"
BLOCK = re.compile(
    r"^ *<!-- (new|edit|end) (\S+?)(?: \| (.+?))? -->\n( *)```\w+\n(.*?)\n *```$", re.MULTILINE | re.DOTALL
)
HELPERS = (
    "conftest.py",
    "no_redis.py",
    *(f"console/{name}.py" for name in ("conftest", "admins", "station", "chromium")),
)
CHECKS = ("tests/console/test_admin.py", "tests/console/test_reach.py", "tests/house/test_console_pages.py")
NAMES = "every_admin_page_is_there or menu_leads or who_is_no_admin or registered or in_the_menu"


@dataclass(frozen=True)
class Step:
    """One block of the recipe: how and where it goes in, and its lines."""

    how: str
    file: str
    anchor: str
    lines: str

    def apply(self, root: Path) -> None:
        path = root / self.file
        text = path.read_text("utf-8") if self.how != "new" else ""
        before, anchor, behind = text.partition(self.anchor + "\n") if self.anchor else (text, "\n", "")
        assert anchor, f"{self.file} has no line {self.anchor!r}"
        path.write_text(f"{before}{anchor}{self.lines}\n{behind}".lstrip("\n"), "utf-8")


def steps() -> list[Step]:
    """The blocks of the recipe, in order."""
    found = BLOCK.findall(RECIPE.read_text("utf-8"))
    return [
        Step(how, file, anchor, "\n".join(line.removeprefix(margin) for line in body.split("\n")))
        for how, file, anchor, margin, body in found
    ]


STEPS = steps()


@pytest.fixture(scope="module")
def house_copy(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Scratch]:
    """A copy of the code and of what checks it, and a migrated database so that each run need not make its own."""
    names = ("gateway", *(f"tests/{name}" for name in HELPERS), *CHECKS, "pyproject.toml")
    with copied(tmp_path_factory.mktemp("recipe"), names, MIGRATED_FILE=str(migrated_file)) as made:
        yield made


@pytest.fixture
def scratch(house_copy: Scratch) -> Scratch:
    """The copy before any step."""
    house_copy.put_back()
    return house_copy


def checked(scratch: Scratch, *words: str) -> Said:
    return scratch.checked("-p", "pytest_socket", *words)


def test_who_follows_the_recipe_has_a_page_in_every_language_that_fails_no_check(scratch: Scratch) -> None:
    for step in STEPS:
        step.apply(scratch.root)
    done = checked(scratch, "-k", NAMES, *CHECKS)
    assert done.code == 0, done.text


ADMIN, REACH, PAGES = CHECKS
# What is forgotten: words of its block, what is left out of the block (all of it: ""), and the check that fails.
FORGOTTEN = {
    "who may open it": (
        "@allow", "@allow(ADMIN)\n",
        f"{REACH}::test_who_is_no_admin_reaches_nothing_but_results_and_a_desk_reports[Siti]"
    ),
    "a sentence": ("Mahali", "", f"{ADMIN}::test_every_admin_page_is_there_in_every_language[sw]"),
    "the list of pages": ("places.page,", "", f"{PAGES}::test_every_page_of_the_folder_is_registered"),
    "the menu": ("admin_places.show", "", f"{PAGES}::test_every_page_is_in_the_menu"),
    "the path in the tests": ("/admin/places", "", f"{ADMIN}::test_the_menu_leads_to_every_section"),
}  # fmt: skip


@pytest.mark.parametrize("what", FORGOTTEN)
def test_a_forgotten_step_fails_a_check_that_names_it(what: str, scratch: Scratch) -> None:
    holds, left_out, failing = FORGOTTEN[what]
    (at,) = [at for at, step in enumerate(STEPS) if _is(step, what, holds)]
    for number, step in enumerate(STEPS):
        if number != at:
            step.apply(scratch.root)
        elif left_out:
            assert left_out in step.lines
            Step(step.how, step.file, step.anchor, step.lines.replace(left_out, "")).apply(scratch.root)
    done = checked(scratch, failing)
    assert done.code == 1, done.text
    assert f"FAILED {failing}" in done.text, done.text


def _is(step: Step, what: str, holds: str) -> bool:
    """Whether this is the block that is forgotten; the page's own file names its path and its endpoint too."""
    return holds in step.lines and (step.how != "new" or what == "who may open it")
