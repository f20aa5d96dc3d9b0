"""docs/security.md names for each line a test that exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PAGE = ROOT / "docs" / "security.md"


def test_every_line_of_the_tables_names_a_test_that_exists() -> None:
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("|") and "---" not in line]
    named = [re.findall(r"`(test_\w+)`", line) for line in lines]
    assert [line for line, tests in zip(lines, named, strict=True) if not tests and "shown by" not in line] == []
    written = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert {test for tests in named for test in tests if f"def {test}(" not in written} == set()
