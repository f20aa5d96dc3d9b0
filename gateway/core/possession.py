"""Say what needs proof that a message comes from the phone, and the person, whose number it bears.

Anybody can send a text or place a call under another's number. What starts help is taken without proof; what makes
phones cease to ring is not, except where the tables below say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from gateway.core.intent.facts import Standing

PROOF_IN = timedelta(minutes=10)  # a number is asked for proof at most once in this time; a word counts for as long
PROOF_KEY = "7"  # a key by habit is 1, on an old menu 4: neither proves that somebody listened
REOPENS = timedelta(minutes=30)  # so long a desk may open an incident again

# Whether a yes counts without proof, by how the phone stands to the incident and whether somebody goes there. Who has
# declined or was stood down counts as asked while nobody goes, and then only by the code.
YES_COUNTS: dict[tuple[Standing, bool], bool] = {
    (Standing.WAITING, False): True,
    (Standing.WAITING, True): True,
    (Standing.ACCEPTED, False): True,
    (Standing.ACCEPTED, True): True,
    (Standing.DECLINED, False): True,
    (Standing.DECLINED, True): False,
    (Standing.STOOD_DOWN, False): True,
    (Standing.STOOD_DOWN, True): False,
    (Standing.NOT_ASKED, False): False,
    (Standing.NOT_ASKED, True): False,
}


class Closing(Enum):
    """A closing: it says what becomes of an officer's or desk's "done" or "false alarm"."""

    CLOSES = auto()
    UNPROVEN = auto()  # it closes, marked: the desk may open it again, and the citizen is asked
    NOTED = auto()  # it stays open, and the desk is told


@dataclass(frozen=True)
class Closer:
    """Somebody who says that an incident is over."""

    desk: bool = False
    proven: bool = False
    on_scene: bool = False


def closing(careful: bool, by: Closer, before: Sequence[Closer] = ()) -> Closing:
    """Return what becomes of a closing by `by`; `before` are the others who have said the same.

    A `careful` incident is quiet or under duress: whoever is with the citizen may hold an officer's phone too. Only a
    desk closes it, or two proven officers of whom one is on the scene.
    """
    if not careful:
        return Closing.CLOSES if by.proven else Closing.UNPROVEN
    if by.desk:
        return Closing.CLOSES if by.proven else Closing.NOTED
    officers = [one for one in (by, *before) if one.proven and not one.desk]
    both = by.proven and len(officers) > 1 and any(one.on_scene for one in officers)
    return Closing.CLOSES if both else Closing.NOTED


def may_leave(remaining: int, least: int, proven: bool) -> bool:
    """Return whether an officer goes off duty at once: where fewer than `least` would remain, only with proof."""
    return proven or remaining >= least
