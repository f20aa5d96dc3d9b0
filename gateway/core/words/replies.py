"""The answers that an officer can give, and the words that may stand beside each without making it doubtful: the tables
of `answers`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum


class Reply(Enum):
    """The replies of an officer; the values are keys of `[officer]` in the word lists."""

    ACCEPT = "accept"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    RESOLVED = "resolved"
    FALSE_ALARM = "false_alarm"
    DECLINE = "decline"
    BACKUP = "backup"
    ON_DUTY = "on_duty"
    OFF_DUTY = "off_duty"
    LEAVE = "leave"  # off duty for some days
    POSITION = "position"
    ARRIVES = "arrives"  # only when they arrive, without a yes ("10 menit lagi"); no word list has it
    REOPEN = "reopen"  # a desk opens a closed incident again


class Role(StrEnum):
    """Other roles of words in an officer's text."""

    CANNOT = "cannot"  # declines, and takes the step named straight after it along ("tidak bisa merapat")
    MOVING = "moving"  # "jalan": a street, if anything unknown stands around it
    ARRIVING = "arriving"  # "sampai": else "until"
    ABLE = "able"  # "bisa": takes the step named straight after it along ("bisa merapat"); else anybody can anything
    WILLING = "willing"  # "biar saya", "gas": else "gas bocor"
    AWAY = "away"  # "libur", "off", "di luar kota": else somebody or something else is
    CALM = "calm"  # "kondusif", "sdh ditangani": else by somebody else
    UNTRUE = "untrue"  # "tidak ada kejadian": else none of a certain kind
    NEGATION = "negation"
    QUESTION = "question"
    DOUBT = "doubt"
    SOON = "soon"
    OTHERS = "others"  # somebody else does it
    GREETING = "greeting"
    FILLER = "filler"
    EXCUSE = "excuse"
    BUT = "but"
    THERE = "there"  # "sudah di tkp": no longer on the way
    HELD = "held"  # what became of somebody else, said before "done" ("pelaku diamankan, selesai")
    TITLE = "title"  # with a name behind it, somebody else ("bripka joko otw")
    SELF = "self"
    THIRD = "third"  # people of the sender's, who may be away or ill in their place


DIGITS = dict(
    zip(
        "123450",
        (Reply.ACCEPT, Reply.EN_ROUTE, Reply.ON_SCENE, Reply.RESOLVED, Reply.FALSE_ALARM, Reply.DECLINE),
        strict=True,
    )
)
# Each reply counts before these others; beside any other reply the text contradicts itself.
OVERRULES: dict[Reply, frozenset[Reply]] = {
    Reply.BACKUP: frozenset({Reply.ACCEPT, Reply.EN_ROUTE, Reply.ON_SCENE, Reply.DECLINE}),
    Reply.FALSE_ALARM: frozenset({Reply.ACCEPT, Reply.ON_SCENE, Reply.RESOLVED}),
    Reply.RESOLVED: frozenset({Reply.ACCEPT, Reply.ON_SCENE}),
    Reply.EN_ROUTE: frozenset({Reply.ACCEPT, Reply.ON_SCENE}),  # "menuju tkp"
    Reply.ON_SCENE: frozenset({Reply.ACCEPT, Reply.ON_DUTY, Reply.POSITION}),
    Reply.DECLINE: frozenset({Reply.ACCEPT}),
    Reply.ON_DUTY: frozenset({Reply.ACCEPT}),
    Reply.OFF_DUTY: frozenset({Reply.ACCEPT}),
    Reply.ACCEPT: frozenset(),
    Reply.POSITION: frozenset(),
    Reply.ARRIVES: frozenset(),
    Reply.REOPEN: frozenset(),
    Reply.LEAVE: frozenset(),
}


@dataclass(frozen=True)
class Room:
    """How many unknown words may stand before and after a reply without making it a story."""

    before: int
    behind: int


STORY = 12
ROOM: dict[Reply, Room] = {
    Reply.ACCEPT: Room(2, 3),
    Reply.EN_ROUTE: Room(2, STORY),
    Reply.ON_SCENE: Room(1, STORY),  # "listrik padam di tkp" is no arrival
    Reply.RESOLVED: Room(0, STORY),  # "rapat selesai" closes nothing
    Reply.FALSE_ALARM: Room(0, STORY),  # nor does "uang palsu"
    Reply.DECLINE: Room(3, STORY),
    Reply.BACKUP: Room(8, STORY),
    Reply.ON_DUTY: Room(0, 3),
    Reply.OFF_DUTY: Room(0, 0),
    Reply.POSITION: Room(0, 0),
    Reply.ARRIVES: Room(0, 0),
    Reply.REOPEN: Room(0, 0),
    Reply.LEAVE: Room(0, 0),
}
CERTAIN = frozenset({Reply.BACKUP, Reply.DECLINE})  # may hold "later" and "maybe"
TAKEN_BACK = frozenset({Reply.ACCEPT, Reply.DECLINE, Reply.RESOLVED, Reply.FALSE_ALARM})  # by "but" ("86 tapi macet")
OF_THE_NAMED = frozenset({Reply.EN_ROUTE, Reply.ON_SCENE, Reply.DECLINE})  # what "bripka joko" before it does himself
NAMES = {reply.value: reply for reply in Reply}


@dataclass(frozen=True)
class Short:
    """The reply of a word that counts only where every word around it is known, and none plays one of these roles."""

    reply: Reply
    unless: frozenset[Role] = frozenset()


SHORT: dict[str, Short] = {
    Role.MOVING.value: Short(Reply.EN_ROUTE),
    Role.ARRIVING.value: Short(Reply.ON_SCENE),
    Role.ABLE.value: Short(Reply.ACCEPT, frozenset({Role.OTHERS})),
    Role.WILLING.value: Short(Reply.ACCEPT, frozenset({Role.OTHERS})),
    Role.AWAY.value: Short(Reply.DECLINE, frozenset({Role.OTHERS, Role.THIRD, Role.DOUBT, Role.SOON})),
    Role.CALM.value: Short(Reply.RESOLVED, frozenset({Role.OTHERS})),
    Role.UNTRUE.value: Short(Reply.FALSE_ALARM, frozenset({Role.OTHERS})),
}
SETS_OUT = frozenset({Reply.EN_ROUTE, Reply.ON_SCENE, Reply.ACCEPT, Reply.ON_DUTY})
