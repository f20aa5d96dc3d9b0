"""`python -m docs.example_env`: writes docs/siaga.env.example from the table of docs/settings.md, a line a setting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from gateway.config import Settings

FOLDER = Path(__file__).parent
EXAMPLE = FOLDER / "siaga.env.example"
ROW = re.compile(r"^\| (`[A-Z].*?`(?:, `[A-Z_0-9]+`)*) \| (.*?) \| (.*?) \|$", re.MULTILINE)
LONGEST = 100  # characters of what a line tells; the page has the rest
HEAD = """\
# Every setting of Siaga, a line each; take the # away before those that you need. Written by docs/example_env.py.
# `siaga init` asks for the needed ones and tries each. What is meant, whole: docs/settings.md
"""


def text() -> str:
    """Return the whole example."""
    page = (FOLDER / "settings.md").read_text(encoding="utf-8").partition("## Environment")[2]
    told = [line for row in ROW.findall(page) for line in _lines(*row)]
    known = {line.partition("=")[0] for line in told}
    others = [f"#{name}=  # of a line: docs/settings.md" for name in Settings.names() if f"#{name}" not in known]
    return HEAD + "".join(f"{line}\n" for line in (*told, *others))


def _lines(names: str, meaning: str, default: str) -> Iterator[str]:
    told = (
        _plain(meaning) if len(_plain(meaning)) <= LONGEST else _plain(meaning)[: LONGEST - 2].rpartition(" ")[0] + " …"
    )
    usual = f" [{_plain(default)}]" if default.strip() else ""
    for name in re.findall(r"`([A-Z][A-Z_0-9]+)`", names):
        yield f"#{name}=  # {told}{usual}"


def _plain(cell: str) -> str:
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", cell).replace("`", "").strip()


if __name__ == "__main__":
    EXAMPLE.write_text(text(), encoding="utf-8")
