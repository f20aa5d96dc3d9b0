"""Find in how many minutes an officer says that they will be there: "OTW 10 menit", "OK 10 mnt", "OTW 15".

A number with a unit word counts wherever it stands; a bare one only behind the answer, alone, and from 6 to 60: the
digits 0 to 5 are answers, and nobody who is an hour away leaves the unit out. 86, 110 and 112 are never minutes. Who
has said yes before writes the time alone: "10 menit lagi".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gateway.core.numerals import english, indonesian
from gateway.core.words.lexicon import Heard, Tag
from gateway.core.words.replies import NAMES, SHORT, Reply, Role

TELLS_WHEN = frozenset(
    {Reply.ACCEPT, Reply.EN_ROUTE, Reply.ARRIVES}
)  # the answers beside which minutes say when somebody arrives
BARE = range(6, 61)
MOST = 240  # minutes: a number above is no time that somebody needs to come
NEVER = frozenset({86, 110, 112})

_UNITS = {
    **dict.fromkeys(("menit", "mnt", "mnit", "menitan", "mn", "min", "mins", "minute", "minutes", "dakika"), 1),
    **dict.fromkeys(("jam", "hour", "hours", "hr", "hrs"), 60),
}
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_SPELT = {spell(n): n for spell in (indonesian.cardinal, english.cardinal) for n in range(1, 61)}
_NUMBER = "|".join((r"\d{1,3}", *sorted(_SPELT, key=len, reverse=True)))
# "10 menit", "10mnt", "15-20 menit" (the longer counts), "1 jam"; not "jam 10", which is a time of the day.
_COUNTED = re.compile(
    rf"(?<![\w.,:/])(?:\d{{1,3}}\s*(?:-|s/?d|sampai)\s*)?({_NUMBER})\s*({_UNIT})(?:an)?(?![^\W_])", re.I
)
_SWAHILI = re.compile(r"(?<!\w)dakika\s+(\d{1,3})(?!\w)", re.I)
_PARTS = {
    30: re.compile(r"(?<!\w)(?:setengah|stengah|stgh|1/2|half an|nusu)\s+(?:jam|hour|saa)(?!\w)", re.I),
    60: re.compile(r"(?<!\w)(?:sejam|an hour|saa moja)(?!\w)", re.I),
}
# Time that has passed: "5 menit yang lalu", "sudah 10 menit".
_PASSED = re.compile(r"(?<!\w)(?:lalu|tadi|ago|lewat|iliyopita|zilizopita)(?!\w)", re.I)
_SINCE = re.compile(r"(?<!\w)(?:sudah|sdh|udah|udh|telah|baru|selama|been|tangu)\s+\d", re.I)
_OF_DAY = re.compile(r"(?<!\w)(?:jam|jm|pukul|pkl|at|saa)\s+\d", re.I)
_AROUND: frozenset[str] = frozenset({Role.GREETING, Role.FILLER, Role.TITLE})
_BESIDE: frozenset[str] = _AROUND | {Role.SOON}
_ABOUT = frozenset(
    {
        "sekitar", "skitar", "kira", "kira2", "kurleb", "kurang", "lebih", "estimasi", "eta", "paling", "lama",
        "perkiraan", "waktu", "maksimal", "maks", "max", "about", "around", "approx", "takriban", "baada", "ya",
    }
)  # fmt: skip


def minutes_alone(heard: Heard) -> int | None:
    """Return in how many minutes the sender arrives of a text that says this and nothing else ("10 menit lagi ndan"),
    or None for any other text."""
    minutes, counted = minutes_in(Reply.ARRIVES, heard), next(_times(heard.text), None)
    if minutes is None or counted is None:
        return None
    _, (start, end) = counted
    beside = (tag for tag in heard.tags if not start <= tag.start < end)
    return minutes if all(tag.is_any(_BESIDE) or tag.form in _ABOUT for tag in beside) else None


def minutes_in(reply: Reply, heard: Heard) -> int | None:
    """Return in how many minutes the sender of this answer arrives, or None if they do not say. `heard` is the text
    without its code, as the officer's lexicon hears it."""
    if reply not in TELLS_WHEN or _PASSED.search(heard.text) or _SINCE.search(heard.text):
        return None
    found, _ = next(_times(heard.text), (None, None))
    if found is None and reply is not Reply.ARRIVES and not _OF_DAY.search(heard.text):
        found = _bare(heard.tags)
    return found if found is not None and 1 <= found <= MOST and found not in NEVER else None


def _times(text: str) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield each number of minutes that has a unit, and where it stands in the text."""
    for minutes, part in _PARTS.items():
        for said in part.finditer(text):
            yield minutes, said.span()
    for said in _COUNTED.finditer(text):
        number = int(said[1]) if said[1].isdigit() else _SPELT[said[1].casefold()]
        if number not in NEVER:
            yield number * _UNITS[said[2].casefold()], said.span()
    for said in _SWAHILI.finditer(text):
        yield int(said[1]), said.span()


def _bare(tags: Sequence[Tag]) -> int | None:
    """Return the number that stands behind the answer with nothing else but forms of address."""
    last = max((at for at, tag in enumerate(tags) if tag.is_any(_ANSWERS)), default=None)
    if last is None or any(not tag.is_any(_BEFORE) for tag in tags[: last + 1]):
        return None
    behind = [tag for tag in tags[last + 1 :] if not tag.is_any(_AROUND)]
    alone = len(behind) == 1 and not behind[0].roles and behind[0].form.isdigit() and len(behind[0].form) <= 2
    return int(behind[0].form) if alone and int(behind[0].form) in BARE else None


_ANSWERS: frozenset[str] = frozenset({*NAMES, *SHORT})
_BEFORE: frozenset[str] = _ANSWERS | _AROUND
