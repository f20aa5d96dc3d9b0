"""`man siaga` says what the commands say of themselves, and the Tab key knows them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docs import man_page
from gateway.cli import commands

SIAGA = Path(sys.executable).with_name("siaga")


def test_the_page_is_what_the_commands_say() -> None:
    """Else: `python -m docs.man_page`."""
    assert man_page.PAGE.read_text(encoding="utf-8") == man_page.text()


def test_the_page_has_a_part_for_each_command_and_the_commands_below() -> None:
    parts = [line.removeprefix(".SS siaga ") for line in man_page.text().splitlines() if line.startswith(".SS")]
    assert {part.split()[0].replace("\\", "") for part in parts} == set(commands())
    assert any(part.startswith(r"citizen never\-ask ") for part in parts)


@pytest.mark.skipif(shutil.which("man") is None, reason="man is not installed")
def test_man_shows_the_page_without_complaint() -> None:
    shown = subprocess.run(
        ["man", "--warnings", "-E", "UTF-8", "-l", man_page.PAGE],
        capture_output=True, text=True, check=True, env={**os.environ, "MANWIDTH": "90", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert shown.stderr == ""
    assert "siaga webhook replay" in shown.stdout


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("siaga work", {"worker"}), ("siaga report --format p", {"pdf"})],
)
def test_the_tab_key_of_bash_completes(typed: str, offered: set[str]) -> None:
    words = typed.split()
    asked = (
        f'eval "$(_SIAGA_COMPLETE=bash_source "$0")"; complete -p siaga >&2; '
        f"COMP_WORDS=({' '.join(words)}) COMP_CWORD={len(words) - 1}; "
        f'_siaga_completion "$0"; printf "%s\\n" "${{COMPREPLY[@]}}"'
    )
    told = subprocess.run(["bash", "-c", asked, SIAGA], capture_output=True, text=True, check=True)
    assert "_siaga_completion" in told.stderr
    assert set(told.stdout.split()) == offered
