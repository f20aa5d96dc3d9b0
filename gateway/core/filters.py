"""Tell what an operator blocks on a line of an application, and let a text pass it with all it says.

Indonesian aggregators publish what Telkomsel, Indosat and Tri block on such lines (nusasms.com, FAQ on long numbers,
2026): some words, links, and any number of more than three digits. A phone's own SIM has no such filter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

_LINK = re.compile(r"(?:https?://|www\.?)\S*", re.IGNORECASE)
_PRECISE = re.compile(r"-?\d+\.\d{4,}")  # a coordinate of a map


@dataclass(frozen=True)
class Profile:
    """The things that one line's operators block: words (lower case), links, runs of more than `digits` digits (0 =
    none)."""

    words: frozenset[str] = frozenset()
    links: bool = False
    digits: int = 0

    @cached_property
    def _words(self) -> re.Pattern[str] | None:
        return re.compile(rf"\b(?:{'|'.join(sorted(self.words))})\b", re.IGNORECASE) if self.words else None

    @cached_property
    def _runs(self) -> re.Pattern[str] | None:
        return re.compile(rf"\d{{{self.digits + 1},}}") if self.digits else None

    @property
    def is_open(self) -> bool:
        """Return whether it blocks nothing."""
        return not (self.words or self.links or self.digits)

    def offences(self, text: str) -> list[str]:
        """Return what stands in the text that is blocked, in the order of the text's kinds: words, links, numbers."""
        found = self._words.findall(text) if self._words else []
        found += _LINK.findall(text) if self.links else []
        return found + (self._runs.findall(text) if self._runs else [])

    def passing(self, text: str) -> str:
        """Return the text so that it passes, with all that it says: a blocked word is divided, a number stands in
        groups, a position in whole groups of its digits; only a link goes."""
        if self.links:
            text = " ".join(_LINK.sub(" ", text).split())
        if self._runs:
            text = _PRECISE.sub(lambda found: f"{float(found[0]) + 0.0:.3f}", text)
            text = self._runs.sub(self._grouped, text)
        if self._words:
            text = self._words.sub(lambda found: f"{found[0][:1]}-{found[0][1:]}", text)
        return text

    def _grouped(self, found: re.Match[str]) -> str:
        run = found[0]
        return " ".join(run[at : at + self.digits] for at in range(0, len(run), self.digits))


OPEN = Profile()
PROFILES: Mapping[str, Profile] = {
    "open": OPEN,
    "links": Profile(links=True),  # no map link on this line
    "indonesia": Profile(
        words=frozenset({"pin", "akun", "password", "kode verifikasi", "selamat", "nomor", "dana", "juta"}),
        links=True,
        digits=3,
    ),
}
