"""Say how a position is known, how exact and how old it is: one wording for every text, page and call.

Distances and radii are metres, ages are seconds.
"""

from __future__ import annotations

from gateway.core.languages import LANGUAGES, spoken
from gateway.core.sentences.phrases import keys, say

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_UNITS = ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute"))


def how_known(source: str | None, age_seconds: float | None, radius_m: float | None, language: str) -> str:
    """Return it in full: "perkiraan dari menara, ±1,2 km, 8 menit lalu". A fact that is None is left out; without a
    source the position is called unknown."""
    parts = [
        say(_source("source", source), language),
        "" if radius_m is None else "±" + distance_text(radius_m, language),
        "" if age_seconds is None else age_text(age_seconds, language),
    ]
    return ", ".join(filter(None, parts)) if source else parts[0]


def how_known_brief(source: str | None, age_seconds: float | None, radius_m: float | None, language: str) -> str:
    """Return it for a text message: "menara 8mnt +-1,2km"."""
    parts = [
        say(_source("brief", source), language),
        "" if age_seconds is None else _age_brief(age_seconds, language),
        "" if radius_m is None else "+-" + distance_brief(radius_m, language),
    ]
    return " ".join(filter(None, parts)) if source else parts[0]


def age_text(seconds: float, language: str) -> str:
    """Return an age, rounded down: "baru saja", "8 menit lalu", "3 jam lalu", "2 hari lalu"."""
    key, n = age_parts(seconds)
    return say(key, language, n=n)


def age_parts(seconds: float) -> tuple[str, int]:
    """Return the phrase of an age and its number, for callers that say numbers as words."""
    for size, unit in _UNITS:
        n = int(max(0, seconds) // size)  # a phone's clock may run ahead of ours
        if n:
            return f"age.{unit}" + ("s" if n > 1 else ""), n
    return "age.now", 0


def distance_text(metres: float, language: str) -> str:
    """Return a distance as exactly as anybody can use it: "800 m", "1,2 km", "12 km"."""
    kilometres, number = rounded(metres)
    return f"{decimal(number, language)} {'km' if kilometres else 'm'}"


def distance_brief(metres: float, language: str) -> str:
    return distance_text(metres, language).replace(" ", "")


def rounded(metres: float) -> tuple[bool, float]:
    """Return whether to tell the distance in kilometres, and the number: tens of metres, tenths of a kilometre, whole
    ones from 10 km.

    The number is never less than ten metres: no source of ours is that exact, and "±0 m" would be a promise.
    """
    tens = max(10, round(metres / 10) * 10)
    if tens < 1000:
        return False, tens
    tenths = round(metres / 1000, 1)
    return True, tenths if tenths < 10 else round(metres / 1000)


def decimal(number: float, language: str) -> str:
    """Return the number with the language's own decimal sign, and without one where no digit follows it."""
    plain = f"{number:g}" if number < 1000 else str(round(number))
    return plain.replace(".", LANGUAGES[spoken(language)].decimal_sign)


def _source(form: str, source: str | None) -> str:
    """Return the words for a source. A source that has no words yet is still told as one of some other kind, never left
    out."""
    key = f"{form}.{source or 'none'}"
    return key if key in keys() else f"{form}.other"


def _age_brief(seconds: float, language: str) -> str:
    key, n = age_parts(seconds)
    return say(key.replace("age.", "age_brief.").removesuffix("s") + ("s" if n else ""), language, n=n)
