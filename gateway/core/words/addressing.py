"""Tell by its head to whom an officer's text is addressed: the citizen (WARGA, "bu", "pak", "kak"), or a colleague who
shall take over (SERAH).

Policemen address each other so, too: "pak kapolsek", "bu kanit", "pak izin". A rank, an office or an opening to a
superior behind the address means a colleague.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.core.codes import is_code
from gateway.core.words.lexicon import Heard, Lexicon


class Role(StrEnum):
    """The roles of words at the head of a text; the keys of `[addressing]` in the word lists."""

    CITIZEN = "citizen"  # "warga": whatever follows is for the citizen
    ADDRESS = "address"
    OFFICE = "office"  # behind an address: a colleague
    OVER = "over"  # "serah": a leader hands the incident over to whom the name behind it fits


@dataclass(frozen=True)
class ToCitizen:
    """Words for the citizen. `called`: they begin with WARGA, which is left out. `other`: a word with the form of a
    code stands at their head, and no incident of the sender's has it ("" if none does)."""

    words: str
    called: bool = False
    other: str = ""


ADDRESSING = Lexicon("addressing", typos={})


def to_citizen(heard: Heard) -> ToCitizen | None:
    """Return what an officer's text says to the citizen, or None if it is not addressed to one. `heard` is the text as
    `ADDRESSING` hears it, with blanks for the code of one of the sender's incidents."""
    first = next(iter(heard.tags), None)
    if first is None or not first.is_any({Role.CITIZEN, Role.ADDRESS}):
        return None
    called = first.is_any({Role.CITIZEN})
    said = heard.after(first)
    if not said or (not called and _to_a_colleague(heard)):
        return None
    return ToCitizen(said if called else heard.text.strip(), called, _other(said) if called else "")


def hand_over(heard: Heard) -> str | None:
    """Return the name behind SERAH ("" if none is there), or None for any other text."""
    first = next(iter(heard.tags), None)
    return heard.after(first) if first is not None and first.is_any({Role.OVER}) else None


def _to_a_colleague(heard: Heard) -> bool:
    return len(heard.tags) > 1 and heard.tags[1].is_any({Role.OFFICE})


def _other(said: str) -> str:
    head = said.split()[0].strip(".,:;!?").upper()
    return head if is_code(head) else ""
