"""The archive of consent texts: which words a citizen agreed to, by the version that stands with the entry."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def archive() -> Mapping[str, Mapping[str, str]]:
    """Return the words by version, the oldest first, and by language."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def shown_now(language: str) -> str:
    """Return the version that is shown today, with its language, as it stands with an entry: "2026-11/id"."""
    return f"{[*archive()][-1]}/{language}"


def words(version: str | None) -> str | None:
    """Return the words of a version as it stands with an entry; None where none, or an unknown one, stands there."""
    name, _, language = (version or "").partition("/")
    return archive().get(name, {}).get(language)
