"""Read the words with which a phone tells a line to send it no more texts, or to send them again.

Only a text of nothing else counts: whatever stands beside such a word is read like any other text, for a panic first.
Carriers keep further words for themselves (Twilio: CANCEL, END, QUIT, YES); those are in the carrier's own table,
because here they mean something else.
"""

from __future__ import annotations

from enum import StrEnum


class OptOut(StrEnum):
    """The two things that a phone can tell a line."""

    STOP = "stop"
    START = "start"


WORDS: dict[str, OptOut] = {
    "STOP": OptOut.STOP,
    "STOPALL": OptOut.STOP,
    "STOP ALL": OptOut.STOP,
    "UNSUBSCRIBE": OptOut.STOP,
    "OPTOUT": OptOut.STOP,
    "REVOKE": OptOut.STOP,
    "BERHENTI": OptOut.STOP,
    "START": OptOut.START,
    "UNSTOP": OptOut.START,
}


def read(text: str) -> OptOut | None:
    """Return what a text of nothing but such a word says, None for every other text."""
    return WORDS.get(" ".join(text.upper().split()))
