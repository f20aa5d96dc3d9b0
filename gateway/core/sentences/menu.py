"""USSD menus as a table: what each screen offers, and where each answer leads. Plain values, no state, no effects.

A deed is the name of something that the room does; it may lead elsewhere than the table says. On no first screen does
`1` mean anything but the panic, and a first screen without a panic has no `1`. Everywhere else `0` leads back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.core.languages import LANGUAGES
from gateway.core.sentences.phrases import say, tidy
from gateway.core.sentences.segments import SINGLE, cut, septets

CITIZEN, OFFICER, STRANGER, APPLICANT = "citizen", "officer", "stranger", "applicant"  # the first screens
ROOTS = (CITIZEN, OFFICER, STRANGER, APPLICANT)
BACK = "back"  # leads to the session's own first screen
JOINER = "*"  # between what was typed on one screen and on the next


@dataclass(frozen=True)
class Way:
    """The screen to which an answer leads, and what the room does on the way."""

    to: str
    deed: str = ""


@dataclass(frozen=True)
class Node:
    """One screen. `keys` are its numbered choices. `words` is the way that anything else typed takes (None: the screen
    is shown again). Without either the session ends here."""

    keys: Mapping[str, Way] = field(default_factory=dict)
    words: Way | None = None

    @property
    def ends(self) -> bool:
        return not self.keys and self.words is None


def _to_back(words: Way | None = None, **keys: Way) -> Node:
    return Node({**{name[1:]: way for name, way in keys.items()}, "0": Way(BACK)}, words)


_ANSWERS = {
    "1": Way("noted", "accept"),
    "2": Way("noted", "en_route"),
    "3": Way("noted", "on_scene"),
    "4": Way("noted", "resolved"),
    "5": Way("noted", "false_alarm"),
    "6": Way("noted", "backup"),
    "7": Way("noted", "decline"),
    "8": Way("phrases"),
}
NODES: Mapping[str, Node] = {
    CITIZEN: Node(
        {
            "1": Way("quiet", "panic"),
            "2": Way("status"),
            "3": Way("pin"),
            "4": Way("tip"),
            "5": Way("usual"),
            "6": Way("language"),
            "7": Way("mine"),
        }
    ),
    OFFICER: Node(
        {
            "1": Way("quiet", "panic"),
            "2": Way("duties"),
            "3": Way("told", "on_duty"),
            "4": Way("told", "off_duty"),
            "5": Way("position"),
            "6": Way("language"),
            "7": Way("own"),
        }
    ),
    STRANGER: Node({"2": Way("tip"), "3": Way("consent"), "4": Way("language")}),
    APPLICANT: Node({"2": Way("tip"), "3": Way("consent"), "4": Way("language")}),
    # after the panic, which is sent before any of these is shown
    "quiet": Node({"1": Way("where", "hush"), "2": Way("where", "unhush")}, Way("quiet", "add")),
    "where": Node({"0": Way("what")}, Way("what", "place")),
    "what": Node(
        {
            "1": Way("sent", "crime"),
            "2": Way("sent", "fire"),
            "3": Way("sent", "accident"),
            "4": Way("sent", "medical"),
            "0": Way("sent"),
        },
        Way("sent", "add"),
    ),
    "sent": Node(),
    # for everybody
    "status": _to_back(),
    "pin": _to_back(Way("told", "cancel")),
    "tip": _to_back(Way("told", "tip")),
    "usual": _to_back(Way("told", "usual")),
    "language": _to_back(**{f"_{one.menu_key}": Way(BACK, one.code) for one in LANGUAGES.values()}),
    "mine": _to_back(_1=Way("leave"), _2=Way("pin_old")),
    "pin_old": _to_back(Way("pin_new", "old_pin")),
    "pin_new": _to_back(Way("told", "new_pin")),
    "leave": _to_back(Way("told", "leave")),
    "own": _to_back(_1=Way("status"), _2=Way("pin"), _3=Way("tip"), _4=Way("usual")),
    "told": Node(),  # one sentence, and the session is over
    # registering: every answer is kept from the first screen on
    "consent": _to_back(_1=Way("name")),
    "name": _to_back(Way("nik", "name")),
    "nik": Node({"0": Way("address")}, Way("address", "nik")),
    "address": Node({"0": Way("told", "applied")}, Way("told", "address")),
    # officers
    "duties": _to_back(Way("duty", "choose")),
    "duty": Node({**_ANSWERS, "0": Way("duties")}),
    "phrases": Node(
        {
            "1": Way("noted", "say_outside"),
            "2": Way("noted", "say_near"),
            "3": Way("noted", "say_where"),
            "4": Way("noted", "say_inside"),
            "0": Way("duty"),
        }
    ),
    "noted": _to_back(_1=Way("duty")),
    "position": _to_back(Way("told", "position")),
}


def way(node: str, typed: str) -> Way | None:
    """Return the way of this answer on this screen, or None: the screen is shown again."""
    screen, answer = NODES[node], typed.strip()
    return screen.keys.get(answer) or (screen.words if answer else None)


def first_answer(node: str, typed: str) -> tuple[str, str | None]:
    """Return the answer to this screen out of everything typed since, and the rest for the next screens (None:
    nothing).

    Where words are asked for, a joiner is most likely part of them; where a key is asked for, it stands between two
    answers.
    """
    if NODES[node].words is not None and typed.split(JOINER, 1)[0].strip() not in NODES[node].keys:
        return typed, None
    answer, joiner, rest = typed.partition(JOINER)
    return answer, rest if joiner else None


# --- what stands on a screen ------------------------------------------------------------------------------------

_SHORTENED = {"place": 8, "name": 8, "unit": 8, "text": 20}  # these facts give way, each to no fewer septets than this


def screen(node: str, language: str, **facts: object) -> str:
    """Return a node's text, at most 160 septets of plain GSM-7. Names and places are shortened until it fits.

    Raises KeyError for an unknown node or a missing fact.
    """
    plain = {name: _lines(fact) for name, fact in facts.items()}
    text = _worded(node, language, plain)
    for name, least in _SHORTENED.items():
        over = septets(text) - SINGLE
        if name in plain and over > 0:
            plain[name] = cut(plain[name], max(least, septets(plain[name]) - over))
            text = _worded(node, language, plain)
    return cut(text, SINGLE)


def _worded(node: str, language: str, facts: Mapping[str, str]) -> str:
    """Return a node's text without the lines that an empty fact leaves."""
    return _lines(say(f"ussd.{node}", language, **facts))


def _lines(fact: object) -> str:
    return "\n".join(filter(None, map(tidy, str(fact).splitlines()))) if fact is not None else ""


def numbered(lines: list[str], width: int) -> str:
    """Return a list to choose from: "1 Benua Melayu Darat", a line each, cut to `width` septets."""
    return "\n".join(f"{number} {cut(tidy(line), width)}" for number, line in enumerate(lines, 1))
