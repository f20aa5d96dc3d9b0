"""Find in how many minutes an officer says that they will be there: "OTW 10 menit", "OK 10 mnt", "OTW 15".

A number with a unit word counts wherever it stands; a bare one only behind the answer, alone, and from 6 to 60: the
digits 0 to 5 are answers, and nobody who is an hour away leaves the unit out. 86, 110 and 112 are never minutes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.core.words.lexicon import Heard, Tag
from gateway.core.words.replies import NAMES, SHORT, Reply, Role

TELLS_WHEN = frozenset({Reply.ACCEPT, Reply.EN_ROUTE})  # the answers beside which minutes say when somebody arrives
BARE = range(6, 61)
MOST = 240  # minutes: a number above is no time that somebody needs to come
NEVER = frozenset({86, 110, 112})

_UNITS = {
    **dict.fromkeys(("menit", "mnt", "mnit", "menitan", "mn", "min", "mins", "minute", "minutes", "dakika"), 1),
    **dict.fromkeys(("jam", "hour", "hours", "hr", "hrs"), 60),
}
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
# "10 menit", "10mnt", "15-20 menit" (the longer counts), "1 jam"; not "jam 10", which is a time of the day.
_COUNTED = re.compile(rf"(?<![\w.,:/])(?:\d{{1,3}}\s*(?:-|s/?d|sampai)\s*)?(\d{{1,3}})\s*({_UNIT})(?![^\W_])", re.I)
_SWAHILI = re.compile(r"(?<!\w)dakika\s+(\d{1,3})(?!\w)", re.I)
_HALF_AN_HOUR = re.compile(r"(?<!\w)(?:setengah|stengah|stgh|half an|nusu)\s+(?:jam|hour|saa)(?!\w)", re.I)
# Time that has passed: "5 menit yang lalu", "sudah 10 menit".
_PASSED = re.compile(r"(?<!\w)(?:lalu|tadi|ago|lewat|iliyopita|zilizopita)(?!\w)", re.I)
_SINCE = re.compile(r"(?<!\w)(?:sudah|sdh|udah|udh|telah|selama|been|tangu)\s+\d", re.I)
_OF_DAY = re.compile(r"(?<!\w)(?:jam|jm|pukul|pkl|at|saa)\s+\d", re.I)
_AROUND: frozenset[str] = frozenset({Role.GREETING, Role.FILLER, Role.TITLE})


def minutes_in(reply: Reply, heard: Heard) -> int | None:
    """Return in how many minutes the sender of this answer arrives, or None if they do not say. `heard` is the text
    without its code, as the officer's lexicon hears it."""
    if reply not in TELLS_WHEN or _PASSED.search(heard.text) or _SINCE.search(heard.text):
        return None
    found = _counted(heard.text)
    if found is None and not _OF_DAY.search(heard.text):
        found = _bare(heard.tags)
    return found if found is not None and 1 <= found <= MOST and found not in NEVER else None


def _counted(text: str) -> int | None:
    if _HALF_AN_HOUR.search(text):
        return 30
    for number, unit in _COUNTED.findall(text):
        if int(number) not in NEVER:
            return int(number) * _UNITS[unit.casefold()]
    swahili = _SWAHILI.search(text)
    return int(swahili[1]) if swahili else None


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
