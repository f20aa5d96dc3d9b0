"""The rules that the repository keeps about itself, so that a stranger finds things where they are said to be."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import jobs
from gateway.carriers.registry import CARRIERS
from gateway.config import Settings
from gateway.core.languages import CODES
from gateway.unit_of_work import AfterCommit
from tests.carriers.test_contract import CASES

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 360  # lines of a file of ours; it falls, it does not rise
NAMES_OF_NOTHING = re.compile(r"(^|_)(utils?|helpers?|managers?|process|common|misc)(_|\.|$)")
# in pieces, so that this file names none of them
NOT_OURS_TO_NAME = ("pypi" + ".org", "python" + "hosted", "registry." + "npmjs", "deb." + "debian", "/wo" + "rk/")


def tracked() -> list[Path]:
    """Every file that git keeps."""
    told = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in told.split("\0") if name]


def texts() -> Iterator[tuple[Path, str]]:
    for path in tracked():
        if path.suffix not in (".png", ".ico"):
            yield path, path.read_text(encoding="utf-8")


def test_every_setting_stands_on_their_page() -> None:
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    assert [name for name in sorted(Settings.names()) if f"`{name}`" not in page] == []


def test_both_introductions_begin_with_the_same_two_commands_and_stay_short() -> None:
    for name in ("README.md", "README.id.md"):
        told = (ROOT / name).read_text(encoding="utf-8")
        assert "\nmake demo " in told
        assert "\n.venv/bin/siaga init" in told
        assert told.count("\n") < 130


def test_no_two_settings_have_one_name() -> None:
    assert len(set(Settings.names())) == len(Settings.names())


def test_every_file_that_a_document_links_to_is_there() -> None:
    broken = []
    for path in (path for path in tracked() if path.suffix == ".md"):
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []


def test_every_folder_of_tests_that_contributing_names_is_there() -> None:
    named = re.findall(r"`(tests/\w+)`", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert named
    assert [name for name in named if not (ROOT / name).is_dir()] == []


def test_every_job_that_a_room_can_leave_behind_has_a_function() -> None:
    rings = {name for name in vars(AfterCommit) if not name.startswith("_")} - {"watch"}  # that one is for the monitors
    assert {name for name in rings if not callable(getattr(jobs, name, None))} == set()


def test_every_line_has_doors_and_a_table_of_cases() -> None:
    lines = {path.stem for path in (ROOT / "tests/carriers/cases").glob("*.py")} - {"case", "__init__"}
    assert {case.name for case in CASES} == lines
    assert {name for name, carrier in CARRIERS.items() if carrier.routes} == lines | {"simulator"}


def test_every_language_says_everything() -> None:
    folders = {
        path.name: {po.name for po in path.glob("*.po")} for path in (ROOT / "gateway/core/catalogues").iterdir()
    }
    assert {name for name in folders if len(name) == 2} >= set(CODES)
    assert len({frozenset(folders[name]) for name in CODES}) == 1


def test_no_file_is_called_after_nothing() -> None:
    code = [path.relative_to(ROOT) for path in tracked() if path.suffix in (".py", ".js")]
    assert [str(path) for path in code if NAMES_OF_NOTHING.search(path.name)] == []


def test_no_file_of_ours_has_grown_too_long_to_hold_in_mind() -> None:
    lengths = {path: text.count("\n") for path, text in texts() if path.is_relative_to(ROOT / "gateway")}
    code = {path: length for path, length in lengths.items() if path.suffix == ".py"}
    assert {str(path.relative_to(ROOT)): length for path, length in code.items() if length > LONGEST} == {}


def test_nothing_names_a_registrys_host_or_a_path_of_somebodys_machine() -> None:
    assert [(path.name, word) for path, text in texts() for word in NOT_OURS_TO_NAME if word in text] == []
    assert not (ROOT / "uv.lock").exists()


def test_the_procfile_is_a_whole_deployment() -> None:
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text(encoding="utf-8").splitlines() if line)
    assert set(lines) == {"release", "web", "worker", "switch"}


def test_the_newest_changes_are_those_of_this_version() -> None:
    written = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == written
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", heading) for heading in headings)


@pytest.mark.parametrize("literal", ['"Asia/Jakarta"', '"110"'])
def test_a_default_is_written_once(literal: str) -> None:
    """In gateway/core/defaults.py; whoever needs it reads it there."""
    written = [
        path.relative_to(ROOT) for path in (ROOT / "gateway").rglob("*.py") if literal in path.read_text("utf-8")
    ]
    assert written == [Path("gateway/core/defaults.py")]
