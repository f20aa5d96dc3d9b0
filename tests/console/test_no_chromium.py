"""A machine on which no browser can be driven: whoever needs one says what is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.console.chromium import driver_fault

MISSING = "error while loading shared libraries: libatomic.so.1: cannot open shared object file"
ASKS_FOR_A_BROWSER = "tests/console/test_weeks_browser.py::test_the_map_says_what_its_signs_mean"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Playwright's driver ends as it does on a Debian without libatomic1; it is no CI machine."""
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho 'node: {MISSING}' >&2\nexit 127\n")
    node.chmod(0o755)
    return {name: words for name, words in os.environ.items() if name != "CI"} | {"PLAYWRIGHT_NODEJS_PATH": str(node)}


def run(environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *words], env=environ, capture_output=True, text=True, timeout=120)


def test_the_tests_in_a_browser_are_skipped_with_the_reason(environ: dict[str, str]) -> None:
    done = run(environ, "pytest", "-rs", ASKS_FOR_A_BROWSER)
    assert "1 skipped" in done.stdout
    assert f"needs a browser: Playwright's driver does not start (node: {MISSING})" in done.stdout
    assert done.returncode == 0


def test_a_ci_machine_skips_none_of_them(environ: dict[str, str]) -> None:
    done = run(environ | {"CI": "true"}, "pytest", ASKS_FOR_A_BROWSER)
    assert "1 error" in done.stdout
    assert MISSING in done.stdout
    assert done.returncode == 1


@pytest.mark.skipif(bool(driver_fault()), reason=f"needs Playwright's driver: {driver_fault()}")
def test_a_chromium_that_does_not_start_is_named_too(environ: dict[str, str], tmp_path: Path) -> None:
    chromium = tmp_path / "chromium"
    chromium.write_text("#!/bin/sh\necho 'libnss3.so: no such file' >&2\nexit 127\n")
    chromium.chmod(0o755)
    path = f"{tmp_path}:{environ['PATH']}"
    del environ["PLAYWRIGHT_NODEJS_PATH"]
    done = run(environ | {"PATH": path}, "pytest", "-rs", ASKS_FOR_A_BROWSER)
    assert "1 skipped" in done.stdout
    assert "needs a browser: Chromium does not start (libnss3.so: no such file)" in done.stdout


def test_no_pictures_are_taken_and_one_sentence_says_why(environ: dict[str, str]) -> None:
    done = run(environ, "docs.take_pictures")
    assert done.returncode == 1
    assert done.stderr.startswith("No pictures: Playwright's driver does not start")
    assert done.stderr.count("\n") == 1
