"""Say whether a person may know of somebody's call for help. This module owns the question; `RULES` is the whole rule.

A violent husband may be the nearest officer. So whoever asks for help may have named people who must never know, and
whoever lives in the same home is left out without being named. What leaves somebody out is told to nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from gateway.core.places.addresses import spell_out
from gateway.core.places.distance import Position, metres

HOME_M = 30.0  # two homes so near to each other count as one: a position at the counter is no better
USER = "user:"  # begins the key of a user of the console; every other key is a number, E.164


class Why(StrEnum):
    """The reason why a person may not know; it is for tests and never shown."""

    NAMED = "named"
    SAME_ADDRESS = "same_address"
    SAME_HOME = "same_home"


@dataclass(frozen=True)
class Home:
    """Where somebody lives: `address` as `normalised` returns it, `place` in degrees WGS 84."""

    address: str = ""
    place: Position | None = None


@dataclass(frozen=True)
class Asker:
    """A person who asks for help: the keys of those they named, and where they live."""

    named: frozenset[str] = frozenset()
    home: Home = Home()


@dataclass(frozen=True)
class Other:
    """Somebody who might be asked, told or shown: their keys, and where they live."""

    keys: frozenset[str] = frozenset()
    home: Home = Home()


def user_key(name: str) -> str:
    """Return the key of a user of the console. Upper and lower case count the same, as at the log-in."""
    return f"{USER}{name.strip().casefold()}"


def _is_near(one: Home, other: Home) -> bool:
    return one.place is not None and other.place is not None and metres(one.place, other.place) <= HOME_M


RULES: tuple[tuple[Why, Callable[[Asker, Other], bool]], ...] = (
    (Why.NAMED, lambda asker, other: bool(asker.named & other.keys)),
    (Why.SAME_ADDRESS, lambda asker, other: asker.home.address == other.home.address != ""),
    (Why.SAME_HOME, lambda asker, other: _is_near(asker.home, other.home)),
)


def left_out(asker: Asker, other: Other) -> Why | None:
    """Return the first reason why `other` may not know, or None if they may."""
    return next((why for why, holds in RULES if holds(asker, other)), None)


def may_know(asker: Asker, other: Other) -> bool:
    return left_out(asker, other) is None


# --- addresses --------------------------------------------------------------------------------------------------------

_WORD = re.compile(r"\d+|[^\W\d_]+")
_NUMBER_WORDS = frozenset({"no", "nomor", "nomer", "number", "nr"})
_WIDER = frozenset({"kelurahan", "kecamatan", "kabupaten", "provinsi", "propinsi"})  # what follows names no house
_POSTCODE = 5  # digits


def normalised(address: str) -> str:
    """Return an address so that the same home reads the same however it is typed; "" for one without any house or
    neighbourhood number, because a street or a village is no home."""
    words: list[str] = []
    for word in _WORD.findall(spell_out(address).casefold()):
        if word in _WIDER and any(map(str.isdecimal, words)):
            break
        if word.isdecimal() and len(word) == _POSTCODE:
            continue
        if word not in _NUMBER_WORDS:
            words.append(str(int(word)) if word.isdecimal() else word)
    return " ".join(words) if any(map(str.isdecimal, words)) else ""
