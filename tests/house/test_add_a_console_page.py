"""The recipe docs/developers/add-a-console-page.md, followed in a scratch copy, and with each step forgotten."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RECIPE = ROOT / "docs/developers/add-a-console-page.md"
BLOCK = re.compile(
    r"^ *<!-- (new|edit|end) (\S+?)(?: \| (.+?))? -->\n( *)```\w+\n(.*?)\n *```$", re.MULTILINE | re.DOTALL
)
TESTS = ("conftest.py", "no_redis.py", "console/conftest.py", "console/admins.py", "console/station.py")
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


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A copy of the code and of what checks it."""
    for folder in ("gateway", "migrations"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (*(f"tests/{name}" for name in TESTS), "tests/console/chromium.py", *CHECKS, "pyproject.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def checked(scratch: Path, names: str) -> subprocess.CompletedProcess[str]:
    """What the checks of these names say in the scratch copy, which comes before the house itself."""
    environ = {**os.environ, "PYTHONPATH": f"{scratch}:{scratch / 'tests'}"}
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-k", names, *CHECKS]
    return subprocess.run(words, cwd=scratch, env=environ, capture_output=True, text=True, timeout=300, check=False)


def test_who_follows_the_recipe_has_a_page_in_every_language_that_fails_no_check(scratch: Path) -> None:
    for step in STEPS:
        step.apply(scratch)
    done = checked(scratch, NAMES)
    assert done.returncode == 0, done.stdout + done.stderr


# What is forgotten: words of its block, what is left out of the block (all of it: ""), and the check that fails.
FORGOTTEN = {
    "who may open it": ("@allow", "@allow(ADMIN)\n", "who_is_no_admin_reaches_nothing"),
    "a sentence": ("Mahali", "", "every_admin_page_is_there_in_every_language[sw]"),
    "the list of pages": ("places.page,", "", "every_page_of_the_folder_is_registered"),
    "the menu": ("admin_places.show", "", "every_page_is_in_the_menu"),
    "the path in the tests": ("/admin/places", "", "the_menu_leads_to_every_section"),
}


@pytest.mark.parametrize("what", FORGOTTEN)
def test_a_forgotten_step_fails_a_check_that_names_it(what: str, scratch: Path) -> None:
    holds, left_out, failing = FORGOTTEN[what]
    (at,) = [at for at, step in enumerate(STEPS) if _is(step, what, holds)]
    for number, step in enumerate(STEPS):
        if number != at:
            step.apply(scratch)
        elif left_out:
            assert left_out in step.lines
            Step(step.how, step.file, step.anchor, step.lines.replace(left_out, "")).apply(scratch)
    done = checked(scratch, failing.partition("[")[0])
    assert done.returncode == 1, done.stdout + done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("FAILED") and failing in line], done.stdout


def _is(step: Step, what: str, holds: str) -> bool:
    """Whether this is the block that is forgotten; the page's own file names its path and its endpoint too."""
    return holds in step.lines and (step.how != "new" or what == "who may open it")
