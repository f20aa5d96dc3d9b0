"""Find whom a name fits that an officer typed: "joko", "bripka joko", "Joko S"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.core.words.spelling import bare

_WORD = re.compile(r"\w+")
_SHORTEST = 3  # letters of a beginning that stands for a whole word ("joko" for "Jokowi", "sus" for "Susilo")


def fitting(name: str, titles: Sequence[str]) -> list[int]:
    """Return which of these titles (rank and name) the typed name fits, by their place. Each typed word must be a word
    of the title, or the beginning of one; where whole words fit somebody, beginnings fit nobody else."""
    typed = _words(name)
    if not typed:
        return []
    whole = [at for at, title in enumerate(titles) if set(typed) <= set(_words(title))]
    return whole or [at for at, title in enumerate(titles) if all(_begins(word, title) for word in typed)]


def _begins(word: str, title: str) -> bool:
    return any(known == word or (len(word) >= _SHORTEST and known.startswith(word)) for known in _words(title))


def _words(text: str) -> list[str]:
    return [bare(word) for word in _WORD.findall(text)]
