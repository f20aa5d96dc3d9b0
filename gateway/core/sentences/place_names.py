"""Call a position by names: the place that somebody named, or the nearest known place, and the area around it."""

from __future__ import annotations

from collections.abc import Callable

from gateway.core.places import addresses
from gateway.core.places.neighbourhood import Near, Surroundings
from gateway.core.places.placewords import LEVELS, read_words
from gateway.core.places.spots import HANDSET_METRES
from gateway.core.sentences.ages import distance_brief, distance_text
from gateway.core.sentences.phrases import say

Spell = Callable[[float, str], str]  # metres and a language, as the reader or the listener needs them


def names(named: str, around: Surroundings, language: str, spell: Spell = distance_text) -> str:
    """Return the names of a position: "300 m di barat Masjid Mujahidin, Sungai Jawi"; "" if it has none.

    `named` is the place that the position was given as, if somebody gave one: then no other place is named.
    """
    return ", ".join(filter(None, (named or _beside(around, language, spell), _area(named, around))))


def in_brief(named: str, around: Surroundings, language: str) -> tuple[str, str, str]:
    """Return the names of a position for a text message, in forms from the fullest to the shortest: all of them,
    abbreviated, and without the area. The forms may be equal."""
    full = names(named, around, language, distance_brief)
    shortest = named or _beside(around, language, distance_brief) or around.area
    return full, addresses.shorten(full), addresses.shorten(shortest)


def _beside(around: Surroundings, language: str, spell: Spell) -> str:
    """Return the nearest known place as words: at it, somewhere around it, or how far and in which direction of it."""
    near = around.near
    if near is None:
        return ""
    if near.around:
        return say("where.around", language, place=near.name)
    if near.metres <= HANDSET_METRES:
        return say("where.at", language, place=near.name)
    return say("where.near", language, distance=spell(near.metres, language), compass=_compass(near, language),
               place=near.name)  # fmt: skip


def _compass(near: Near, language: str) -> str:
    return say(f"where.{near.compass}", language)


def _area(named: str, around: Surroundings) -> str:
    """Return the name of the area, unless the place that somebody named is an area itself or says it already."""
    words = read_words(named)
    is_area = bool(words) and words[0].full in LEVELS
    return "" if is_area or (named and around.area.casefold() in named.casefold()) else around.area
