"""Decide whether the words of a text are a panic: from a citizen, from an officer, in a report.

Why so generous: the number is a police line, and of 764 real pleas only 36 % held any word for help, while "tolong" is
also the everyday "please". So a text that leads or ends with a cry is a panic; a text that only mentions one needs a
crime, haste or a person beside it; a crime without a cry stands alone or needs somebody, a place or "there is"; only
clear marks of fraud, advertising, an errand or a favour turn a leading cry into a question back. Free texts in which
these rules find nothing are heard by the learned model too (`urgency.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain, pairwise, takewhile

from gateway.core.words.commands import Role
from gateway.core.words.courtesy import asks_a_favour, is_errand, is_plain_call
from gateway.core.words.lexicon import Heard, Lexicon, Tag
from gateway.core.words.quiet_phrases import quiet_phrases
from gateway.core.words.spelling import LINK, is_map, links


@dataclass(frozen=True)
class Panic:
    """Somebody needs the police now.

    `words` is the text after a leading panic word ("" if there is none), or the whole text where the cry comes later.
    `quiet`: nothing may make that phone ring or light up.
    """

    words: str = ""
    quiet: bool = False


CITIZEN = Lexicon(
    "citizen",
    typos={Role.CRY: 5, Role.INCIDENT: 8, Role.ALARM: 8, Role.APPLY: 6},
    glued=(Role.CRY, Role.INCIDENT, Role.ALARM),
    buried=(Role.CRY, Role.ALARM),
    suffixed=(Role.CRY, Role.INCIDENT, Role.ALARM, Role.POLICE, Role.GRAVE, Role.REQUEST),
    keyed=(Role.CRY,),
)


class Sign(Enum):
    """The signs that can be noticed in a text."""

    ONLY = auto()  # nothing but cries, POLISI, emergency numbers, crimes, haste
    POLITE = auto()  # the same with politeness around it, or nothing but grave haste
    LONE = auto()  # nothing but a crime and politeness, and nothing is asked
    LEADS = auto()  # a cry comes first, behind greetings at most
    BEGS = auto()  # a cry, and straight after it a person
    CLOSES = auto()  # a cry comes last, and nothing is asked
    CRY = auto()
    INCIDENT = auto()
    ALARM = auto()
    URGENT = auto()
    PERSON = auto()
    PRESENT = auto()
    SCENE = auto()  # where or by whom, and nothing is asked
    FRESH = auto()  # no word of the past, of a plan, of a question or of laughter
    QUIET = auto()  # asked to be left unrung


# Each line is enough for a panic, from any sender.
ALARMS_OF_ANYBODY: tuple[frozenset[Sign], ...] = (
    frozenset({Sign.ONLY}),
    frozenset({Sign.POLITE}),
    frozenset({Sign.LEADS}),
    frozenset({Sign.BEGS}),
    frozenset({Sign.CLOSES}),
    frozenset({Sign.CRY, Sign.INCIDENT}),
    frozenset({Sign.CRY, Sign.URGENT}),
    frozenset({Sign.INCIDENT, Sign.URGENT}),
    frozenset({Sign.INCIDENT, Sign.QUIET}),
    frozenset({Sign.INCIDENT, Sign.PERSON, Sign.FRESH}),
    frozenset({Sign.INCIDENT, Sign.PRESENT, Sign.FRESH}),
)
# Officers tell of crimes and places all day.
ALARMS = (
    *ALARMS_OF_ANYBODY,
    frozenset({Sign.LONE}),
    frozenset({Sign.ALARM, Sign.FRESH}),
    frozenset({Sign.INCIDENT, Sign.SCENE, Sign.FRESH}),
)
TIP_ALARMS: tuple[frozenset[Sign], ...] = (
    frozenset({Sign.CRY}),
    frozenset({Sign.INCIDENT, Sign.URGENT}),
    frozenset({Sign.INCIDENT, Sign.PERSON, Sign.FRESH}),
    frozenset({Sign.ALARM, Sign.FRESH}),
)
# What no errand, plan, question or thanks in the same text excuses.
_SERIOUS = frozenset({Sign.INCIDENT, Sign.URGENT, Sign.QUIET, Sign.BEGS, Sign.ONLY})
_SINCE = frozenset({"dari", "dr", "sejak", "since", "tangu"})
_SHORT = 2  # words: what so short a text means is for the rules to say
_INCIDENTS = frozenset({Role.INCIDENT, Role.ALARM})
_AROUND_ONE = frozenset({Role.GREETING, Role.PLEA, Role.EMPHASIS})
_CALLS = frozenset({Role.CRY, Role.POLICE})
_CRIES_OUT = _CALLS | _INCIDENTS | {Role.URGENT}
_OPENERS = frozenset({Role.GREETING, Role.PERSON, Role.POLICE, Role.URGENT, Role.YES})


def panic_in(heard: Heard, alarms: Collection[frozenset[Sign]]) -> Panic | None:
    """Return the panic in a text, whatever command it might also be; None if there is none.

    `heard` is the text as `CITIZEN` hears it. `alarms` are the signs that are enough, one of the tables above.
    """
    signs = frozenset(_signs(heard))
    marked = _marked(heard) and Sign.INCIDENT not in signs
    if marked or (is_errand(heard) and signs.isdisjoint(_SERIOUS)) or not any(alarm <= signs for alarm in alarms):
        return None
    return Panic(_words(heard), Sign.QUIET in signs)


def is_free_text(heard: Heard) -> bool:
    """Return whether the learned model may find a panic in a text where the rules found none.

    Short texts, and texts that deny a crime, take a cry back, ask about a crime or tell of one in the past, or bear a
    mark of fraud or a link, belong to the rules.
    """
    return len(heard.tags) > _SHORT and not _marked(heard) and not _denies(heard) and not _recalls(heard)


def told(heard: Heard) -> Panic:
    """Return the panic that a whole text tells of without a cry that leads it."""
    return Panic(heard.text, asks_quiet(heard))


def _denies(heard: Heard) -> bool:
    tags = heard.tags
    cried = (at for at, tag in enumerate(tags) if tag.is_any({Role.CRY}) and _taken_back(tags, at))
    untold = (at for at, tag in enumerate(tags) if tag.is_any(_INCIDENTS) and denied(tags, at))
    return next(chain(cried, untold), None) is not None


def _recalls(heard: Heard) -> bool:
    """Return whether the text asks about a crime or tells of one in the past; "dari kemarin" lasts until now."""
    tags = heard.tags
    past = (at for at, tag in enumerate(tags) if tag.is_any({Role.PAST}) and not (at and tags[at - 1].form in _SINCE))
    return heard.has(*_INCIDENTS) and ("?" in heard.text or next(past, None) is not None)


def _marked(heard: Heard) -> bool:
    return heard.has(Role.MARK) or not all(map(is_map, links(heard.text)))


def _signs(heard: Heard) -> Iterator[Sign]:
    tags = heard.tags
    cries = [at for at, tag in enumerate(tags) if tag.is_any({Role.CRY}) and not _taken_back(tags, at)]
    fresh = not heard.has(Role.PAST, Role.LATER, Role.QUESTION, Role.JEST)
    told = [tag for at, tag in enumerate(tags) if tag.is_any(_INCIDENTS) and not denied(tags, at)]
    opening = len(list(takewhile(lambda tag: tag.is_any(_OPENERS) and not tag.is_any({Role.CRY}), tags)))
    noticed = {
        Sign.ONLY: heard.has(*_CALLS) and all(tag.is_any(_CRIES_OUT | {Role.QUIET}) for tag in tags),
        Sign.POLITE: is_plain_call(heard),
        Sign.LONE: bool(told) and all(tag.is_any(_INCIDENTS | _AROUND_ONE) for tag in tags) and not _asks(heard),
        Sign.LEADS: opening in cries,
        Sign.BEGS: not asks_a_favour(heard)
        and any(tags[at + 1].is_any({Role.PERSON}) for at in cries if at + 1 < len(tags)),
        Sign.CLOSES: len(tags) - 1 in cries and not _asks(heard),
        Sign.CRY: bool(cries),
        Sign.INCIDENT: bool(told),
        Sign.ALARM: any(tag.is_any({Role.ALARM}) for tag in told),
        Sign.URGENT: heard.has(Role.URGENT) or (fresh and _shouted(heard)),
        Sign.PERSON: heard.has(Role.PERSON),
        Sign.PRESENT: heard.has(Role.PRESENT),
        Sign.SCENE: heard.has(Role.SCENE, Role.HUSHED) and not _asks(heard),
        Sign.FRESH: fresh,
        Sign.QUIET: asks_quiet(heard),
    }
    return (sign for sign, seen in noticed.items() if seen)


def _shouted(heard: Heard) -> bool:
    """Return whether the text has an exclamation mark, or one and the same word twice in a row ("maling maling")."""
    return "!" in heard.text or any(one.form == two.form and one.roles for one, two in pairwise(heard.tags))


def _asks(heard: Heard) -> bool:
    return "?" in LINK.sub("", heard.text) or heard.has(Role.QUESTION)


def _taken_back(tags: Sequence[Tag], at: int) -> bool:
    """Return whether the text takes back a cry: "tidak perlu tolong", "jangan tolong"."""
    return _before(tags, at, {Role.NEED}).is_any({Role.NEGATION, Role.PROHIBITION})


def denied(tags: Sequence[Tag], at: int) -> bool:
    """Return whether the text denies a crime: "tidak ada maling"; but "jangan bunuh saya" denies nothing."""
    return _before(tags, at, {Role.NEED, Role.PRESENT}).is_any({Role.NEGATION})


def _before(tags: Sequence[Tag], at: int, skipped: Collection[str]) -> Tag:
    between = (tag for tag in reversed(tags[:at]) if not tag.is_any(skipped))
    return next(between, Tag("", frozenset(), 0, 0))


def asks_quiet(heard: Heard) -> bool:
    """Return whether the text asks that nothing make the phone ring or light up."""
    return bool(quiet_words(heard))


def quiet_words(heard: Heard) -> tuple[Tag, ...]:
    """Return the words by which the writer asks for quiet.

    `DIAM` counts where it stands in the run of panic words that opens the text, or as the last of two words. Phrases
    count anywhere (`quiet_phrases`).
    """
    lead = tuple(takewhile(lambda tag: tag.is_any(_CRIES_OUT | {Role.QUIET}), heard.tags))
    ending = heard.tags[1:] if len(heard.tags) == 2 else ()
    single = (tag for tag in (*lead, *ending) if tag.is_any({Role.QUIET}))
    return tuple(dict.fromkeys((*single, *quiet_phrases(heard))))


def needs(heard: Heard) -> bool:
    """Return whether the text holds any sign of need, also where it is not enough for a panic: a cry, an emergency,
    haste or a wish for quiet."""
    tags = heard.tags
    cries = any(tag.is_any({Role.CRY}) and not _taken_back(tags, at) for at, tag in enumerate(tags))
    told = any(tag.is_any(_INCIDENTS) and not denied(tags, at) for at, tag in enumerate(tags))
    return cries or told or heard.has(Role.URGENT, Role.GRAVE) or asks_quiet(heard)


def _words(heard: Heard) -> str:
    lead = list(takewhile(lambda tag: tag.is_any(_CALLS | {Role.QUIET}), heard.tags))
    return heard.after(lead[-1]) if lead else heard.text
