"""Say to which incident's citizen an officer's words go: that of the only open one that this phone has accepted, or of
the one whose code they name. For ten minutes after a closing that counts as well, where nothing open does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from gateway.core.intent.facts import Case
from gateway.core.words.addressing import ToCitizen


class Relay(Enum):
    """The ways in which words for a citizen are handled."""

    PASS_ON = auto()  # to the citizen of `code`
    WHICH = auto()  # the phone has accepted several: ask which is meant
    NOT_YOURS = auto()  # it has accepted none of them, or not the one that is named: only noted


@dataclass(frozen=True)
class Relaying:
    """A verdict about words for a citizen; `code` is "" for WHICH, and for NOT_YOURS where no code is named."""

    relay: Relay
    code: str = ""
    held: tuple[str, ...] = ()


def relaying(said: ToCitizen, named: str | None, held: Sequence[str], over: Sequence[str]) -> Relaying:
    """Return what is done with words for a citizen. `named` is the code of one of the sender's own incidents that the
    text holds; `held` are the open ones that this phone has accepted, `over` those that were closed lately."""
    mine = tuple(held or over)
    if named is not None or said.other:
        code = named or said.other
        return Relaying(Relay.PASS_ON if code in (*held, *over) else Relay.NOT_YOURS, code, mine)
    if len(mine) == 1:
        return Relaying(Relay.PASS_ON, mine[0], mine)
    return Relaying(Relay.WHICH if mine else Relay.NOT_YOURS, "", mine)


def hands_over(case: Case) -> bool:
    """Return whether a responder hands an incident over that they have accepted, and does not cry for help."""
    accepted = any(duty.accepted for duty in case.open.duties)
    return case.reading.hand_over is not None and case.reading.officer_panic is None and accepted


def speaks_to_citizen(case: Case) -> bool:
    """Return whether a responder's text is words for a citizen. A cry, and the words of somebody who needs help
    themselves, are not; "bu", "pak", "kak" are only from somebody who has accepted."""
    said = case.reading.to_citizen
    if said is None or case.reading.officer_panic is not None or case.open.in_need:
        return False
    goes = any(duty.accepted for duty in case.open.duties) or bool(case.open.over)
    return goes or (said.called and bool(case.open.duties))
