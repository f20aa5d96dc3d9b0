"""Say which incident an officer's or desk's answer without a code is about.

Policemen answer every text with "siap". So such an answer is read against the newest text or call of ours to that phone
that names an incident: a yes to "you need not come" is no yes to another incident.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from gateway.core.intent.facts import AskedFor, Standing
from gateway.core.words.replies import Reply


class About(Enum):
    """The ways in which an answer without a code is handled."""

    TAKE = auto()  # it is about `code`: do what it says
    WHICH = auto()  # several wait: ask which is meant
    CLOSED = auto()  # only noted: that incident is closed
    TAKEN = auto()  # only noted: somebody goes there already
    SEEKING = auto()  # only noted: nobody goes there yet, and a yes has to name the code
    NOTHING = auto()  # this phone was told of no incident


@dataclass(frozen=True)
class Verdict:
    """A verdict says what is done with an answer. `code` is the incident that it is about; "" for WHICH and NOTHING.
    `waiting` are the codes that wait for an answer of this phone, the newest first, without `code`; `held` are those it
    has accepted."""

    about: About
    code: str = ""
    waiting: tuple[str, ...] = ()
    held: tuple[str, ...] = ()

    @property
    def takes(self) -> bool:
        """Return whether the answer is used, or its sender is asked which incident it means."""
        return self.about in (About.TAKE, About.WHICH)


STATES = frozenset({Reply.EN_ROUTE, Reply.ARRIVES, Reply.ON_SCENE, Reply.RESOLVED, Reply.FALSE_ALARM, Reply.BACKUP})
ENDS = frozenset({Reply.RESOLVED, Reply.FALSE_ALARM, Reply.DECLINE})  # these end a duty
YES = frozenset({Reply.ACCEPT, Reply.EN_ROUTE, Reply.ON_SCENE})  # en route and on scene are a yes as well

# How the newest text's incident is read while it is open, by how the phone stands to it and whether somebody goes.
READ: dict[tuple[Standing, bool], About] = {
    (Standing.WAITING, False): About.TAKE,
    (Standing.WAITING, True): About.TAKE,
    (Standing.ACCEPTED, False): About.TAKE,
    (Standing.ACCEPTED, True): About.TAKE,
    (Standing.DECLINED, False): About.TAKE,  # "berubah?": a yes of somebody who was asked
    (Standing.DECLINED, True): About.TAKEN,
    (Standing.STOOD_DOWN, False): About.SEEKING,
    (Standing.STOOD_DOWN, True): About.TAKEN,
    (Standing.NOT_ASKED, False): About.SEEKING,
    (Standing.NOT_ASKED, True): About.TAKEN,
}


def about(reply: Reply, duties: Sequence[AskedFor], told: AskedFor | None) -> Verdict:
    """Return which incident an answer without a code is about.

    `duties` are the open incidents that this phone was alerted for, the newest question first. `told` is the incident
    that the newest text or call of ours to this phone names, of those that were there before the answer was sent.
    """
    found = next(filter(None, (rule(reply, duties, told) for rule in RULES)), Verdict(About.NOTHING))
    waiting = tuple(code for code in _codes(duties, Standing.WAITING) if code != found.code)
    held = tuple(code for code in _codes(duties, Standing.ACCEPTED) if code != found.code)
    return Verdict(found.about, found.code, waiting, held)


def _codes(duties: Sequence[AskedFor], standing: Standing) -> list[str]:
    return [duty.code for duty in duties if duty.standing is standing]


def _known(duties: Sequence[AskedFor]) -> list[AskedFor]:
    """Return the duties that were there when the answer was sent: it cannot be about a later one."""
    return [duty for duty in duties if not duty.later]


def _state_of_the_only_one(reply: Reply, duties: Sequence[AskedFor], told: AskedFor | None) -> Verdict | None:
    """A state of somebody who has accepted one open incident is about that one, even if asked for another since."""
    held = _codes(_known(duties), Standing.ACCEPTED)
    return Verdict(About.TAKE, held[0]) if reply in STATES and len(held) == 1 else None


def _no_to_the_newest(reply: Reply, duties: Sequence[AskedFor], told: AskedFor | None) -> Verdict | None:
    """A no declines the newest incident that waits for an answer."""
    waiting = _codes(_known(duties), Standing.WAITING)
    return Verdict(About.TAKE, waiting[0]) if reply is Reply.DECLINE and waiting else None


def _several_wait(reply: Reply, duties: Sequence[AskedFor], told: AskedFor | None) -> Verdict | None:
    """A yes while two or more wait is asked: nobody can tell which is meant."""
    several = len(_codes(_known(duties), Standing.WAITING)) > 1
    return Verdict(About.WHICH) if reply in YES and several else None


def _of_the_newest_text(reply: Reply, duties: Sequence[AskedFor], told: AskedFor | None) -> Verdict | None:
    """Everything else is about the incident that the newest text names."""
    if told is None:
        return None
    if told.closed:
        return Verdict(About.CLOSED, told.code)
    if told.later and told.accepted and reply in ENDS:  # sent before the yes, it takes no yes back and closes nothing
        return _only_noted(told)
    return Verdict(READ[told.standing, told.led], told.code)


def _told_of_none(reply: Reply, duties: Sequence[AskedFor], told: AskedFor | None) -> Verdict | None:
    """Somebody whom nothing of ours has reached yet may mean any text: they read the code to answer with."""
    if not duties:
        return None
    return _only_noted(duties[0])


def _only_noted(duty: AskedFor) -> Verdict:
    return Verdict(About.TAKEN if duty.led else About.SEEKING, duty.code)


Rule = Callable[[Reply, Sequence[AskedFor], "AskedFor | None"], "Verdict | None"]
RULES: tuple[Rule, ...] = (  # the first that says something decides
    _state_of_the_only_one,
    _no_to_the_newest,
    _several_wait,
    _of_the_newest_text,
    _told_of_none,
)
