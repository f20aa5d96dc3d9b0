"""Where this code lies and which version it is: in a checkout, or in a wheel that carries the checkout's root along."""

from __future__ import annotations

import os
from importlib.metadata import version as version_of
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_IN_A_WHEEL = _PACKAGE / "root"  # made by setup.py
ROOT = _IN_A_WHEEL if _IN_A_WHEEL.is_dir() else _PACKAGE.parent  # holds wsgi.py, worker.py, switch.py, migrations/
MIGRATIONS = ROOT / "migrations"


def version() -> str:
    """Return the version of this code, which is written in pyproject.toml."""
    return version_of("siaga")


def tables() -> str:
    """Return the number of the tables that this code needs: the newest migration's."""
    return (MIGRATIONS / ".current-head").read_text(encoding="utf-8").partition("_")[0]


def is_writable(folder: Path) -> bool:
    """Return whether this is a folder that we may write in, or one that we may make."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)
