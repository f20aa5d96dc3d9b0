"""Hide PINs in people's words: a timeline or a text that is passed on shows `AMAN ****`."""

from __future__ import annotations

import re

# A PIN follows one of these words, at once or later; a house number or a sum that follows is masked with it, which
# costs less than a PIN read over somebody's shoulder.
_AFTER = (
    r"aman|batal|pin|safe|ok(?:e|ay)?|salama|cancel|ghairi|daftar|unregister|leave"
    r"|siap|terima|86|otw|menuju|tiba|tkp|selesai|palsu|lepas|cuti"  # an officer's PIN ends an answer
)
_SECOND = r"(?:(\W{1,3}|\W+[a-z]{1,6}\W+)\d{4,8}(?!\d))?"  # PIN <old> <new>
_SPLIT = r"(?<!\d )\d{3} \d(?=[\s.!]*$)"  # a word of ours that left in groups and comes back so
_PIN = re.compile(
    rf"(?i)(?<![a-z])((?:{_AFTER})(?:\W+(?=\d*[a-z])[a-z\d]+){{0,2}}\W*?)(?<!\d)(\d{{4,8}}(?!\d)|{_SPLIT}){_SECOND}"
)
_BARE = re.compile(r"\W*\d{4,8}\W*")  # nothing but digits, as somebody answers "your PIN?"


def hide_pins(text: str) -> str:
    """Return the text with everything that may be a PIN as asterisks; phone numbers, coordinates and the like stay."""
    if _BARE.fullmatch(text):
        return re.sub(r"\d", "*", text)
    return _PIN.sub(lambda found: found[1] + "****" + (found[3] + "****" if found[3] else ""), text)
