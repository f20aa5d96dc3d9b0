"""Hear which service words ask for, beside the police: "minta ambulans", "butuh damkar"."""

from __future__ import annotations

import re

from gateway.core.policy_groups import Who

WORDS: dict[Who, tuple[str, ...]] = {
    Who.AMBULANCE: ("ambulans", "ambulan", "ambulance", "tenaga medis", "gari la wagonjwa"),
    Who.FIRE: ("damkar", "pemadam", "fire brigade", "fire engine", "zimamoto"),
}


def services_in(words: str) -> list[Who]:
    """Return the services that these words name, in the order of the table. Whether they are asked for is for the
    reader of the answer to know: a call for back-up in the same text says so."""
    text = " ".join(words.casefold().split())
    return [service for service, names in WORDS.items() if any(name in text for name in names)]


# A request, at most two words, and the service: "tolong kirim mobil ambulans".
REQUESTS = (
    *("panggil", "panggilkan", "panggilin", "butuh", "btuh", "butuhkan", "minta", "mnta", "mohon", "perlu", "prlu"),
    *("kirim", "kirimkan", "krim", "datangkan", "carikan", "tolong", "tlg", "tolongg", "need", "send", "call", "want"),
    *("naomba", "nahitaji", "tunahitaji", "tuma", "tumeni", "leta", "ita"),
)
# What right before or behind the request takes it back: nobody wants one, or one is called already.
NO_REQUEST = (
    *("tidak", "tdk", "tak", "gak", "ga", "gk", "nggak", "ngga", "ndak", "usah", "jangan", "jgn", "tanpa", "bukan"),
    *("sudah", "udah", "sdh", "udh", "bila", "kalau", "not", "no", "dont", "don't", "already", "hapana", "usi"),
)
_SERVICE = "|".join(re.escape(name) for names in WORDS.values() for name in names)
_REQUEST = re.compile(rf"(?:[\w']+ )??\b(?:{'|'.join(REQUESTS)})(?: \w+){{0,2}}? (?P<service>{_SERVICE})")


def asked_for(words: str) -> list[Who]:
    """Return the services that a citizen's words ask for, in the order of the table. A word alone asks for nothing
    ("ambulans lewat"), nor does one behind a no."""
    text = " ".join(re.findall(r"[\w']+", words.casefold()))
    found = [one for one in _REQUEST.finditer(text) if not set(one[0].split()) & set(NO_REQUEST)]
    wanted = {one["service"] for one in found}
    return [service for service, names in WORDS.items() if set(names) & wanted]
