"""Find the incident code that an officer typed somewhere in an answer."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from gateway.core.codes import is_code
from gateway.core.words.spelling import Token, tokens

# Distances, times, house numbers and a word said twice ("apa2") have the form of a code too; they are codes only where
# one is open.
_EVERYDAY = re.compile(
    r"(?:APA|ADA)2|\d+(?:KM|M|MT|MTR|MN|MNT|MEN|MIN|HR|X|ST|ND|RD|TH)|(?:KM|RT|RW|GG|GANG|PS|RS|JL|AK|SD|TKP)\d+"
)


def code_in(cleaned: str, codes: Collection[str] = ()) -> tuple[str | None, str]:
    """Return the code in a text (upper case, None without one), and the text with blanks in its place, so that every
    other word stands where it stood. `cleaned` is in plain characters (`spelling.clean`); `codes` are the likely
    ones."""
    parts = tokens(cleaned)
    found = next(_open_codes(parts, {code.upper() for code in codes}), None) or next(_formed(parts), None)
    if found is None:
        return None, cleaned
    code, start, end = found
    return code, cleaned[:start] + " " * (end - start) + cleaned[end:]


_Found = tuple[str, int, int]


def _open_codes(parts: list[Token], codes: Collection[str]) -> Iterator[_Found]:
    for token in parts:
        if token.typed.upper() in codes:
            yield token.typed.upper(), token.start, token.end
    for token in parts:
        for code in codes:
            if token.typed.upper().endswith(code):
                yield code, token.end - len(code), token.end
            elif token.typed.upper().startswith(code):
                yield code, token.start, token.start + len(code)


def _formed(parts: list[Token]) -> Iterator[_Found]:
    for token in parts:
        typed = token.typed.upper()
        if is_code(typed) and not _EVERYDAY.fullmatch(typed):
            yield typed, token.start, token.end
