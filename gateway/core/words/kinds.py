"""Tell what kind of trouble a text is about, and by which words.

Each list of a domain names its kind (`kind = "fire"`), `kinds.toml` names that of words in the languages' own lists,
and a word of trouble that stands in neither is a crime. A text may hold words of several kinds; `PRECEDENCE` decides.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from gateway.core.incident_kinds import IncidentKind
from gateway.core.words.commands import Role
from gateway.core.words.lexicon import Heard, Tag, listed, lists
from gateway.core.words.triage import denied

# The first of these that a text has a word of is its kind. Violence at home comes first, because who may be told and
# how to appear hang on it. Then what needs other helpers than the police; then the more special of two: a mob or
# somebody in mental distress may carry a knife too, and whoever was robbed, bitten or run over may be bleeding too.
PRECEDENCE: tuple[IncidentKind, ...] = (
    IncidentKind.DOMESTIC_VIOLENCE,
    IncidentKind.FIRE,
    IncidentKind.WATER,
    IncidentKind.PUBLIC_ORDER,
    IncidentKind.MENTAL_HEALTH,
    IncidentKind.ANIMAL,
    IncidentKind.ACCIDENT,
    IncidentKind.CRIME,
    IncidentKind.MEDICAL,
)
MOST_WORDS = 4  # so many of the words are shown
_TROUBLE = frozenset({Role.INCIDENT, Role.ALARM})


@dataclass(frozen=True)
class KindHeard:
    """The kind of a text, and the words that it was told by, as they were typed; none for `UNKNOWN`."""

    kind: IncidentKind = IncidentKind.UNKNOWN
    words: tuple[str, ...] = ()


def kind_in(heard: Heard) -> KindHeard:
    """Return the kind of a text as the citizens' lists hear it. A word that the text denies does not count."""
    told = _told(heard)
    for kind in PRECEDENCE:
        words = [heard.text[tag.start : tag.end] for tag, kinds in told.items() if kind in kinds]
        if words:
            return KindHeard(kind, tuple(dict.fromkeys(words))[:MOST_WORDS])
    return KindHeard()


def is_of_one_kind(heard: Heard) -> bool:
    """Return whether every word of trouble in a text may be of one and the same kind, and none is grave."""
    told = [kinds for kinds in _told(heard).values() if kinds]
    return not heard.has(Role.GRAVE) and (not told or bool(frozenset.intersection(*told)))


def _told(heard: Heard) -> Mapping[Tag, frozenset[IncidentKind]]:
    told = {tag: _kinds_of(tag) for at, tag in enumerate(heard.tags) if not denied(heard.tags, at)}
    if not _is_of_the_home(heard, told):
        return {tag: _in_the_street(kinds) for tag, kinds in told.items()}
    return told


def _is_of_the_home(heard: Heard, told: Mapping[Tag, frozenset[IncidentKind]]) -> bool:
    """Return whether blows and threats in a text are violence at home: it names somebody of the home, or has nothing
    else, and that as an alarm ("mukul saya"). A doubt counts for the home: the other mistake may tell the attacker."""
    words = f" {' '.join(tag.form for tag in heard.tags)} "
    if any(f" {home} " in words for home in _home()):
        return True
    only = {kind for kinds in told.values() for kind in kinds} == {IncidentKind.DOMESTIC_VIOLENCE}
    return only and any(kinds and tag.is_any({Role.ALARM}) for tag, kinds in told.items())


def _in_the_street(kinds: frozenset[IncidentKind]) -> frozenset[IncidentKind]:
    """The same blows are a crime there."""
    if IncidentKind.DOMESTIC_VIOLENCE not in kinds:
        return kinds
    return kinds - {IncidentKind.DOMESTIC_VIOLENCE} | {IncidentKind.CRIME}


def _kinds_of(tag: Tag) -> frozenset[IncidentKind]:
    known = _kinds().get(tag.form)
    if known is not None:
        return known
    return frozenset({IncidentKind.CRIME}) if tag.is_any(_TROUBLE) else frozenset()


@cache
def _kinds() -> Mapping[str, frozenset[IncidentKind]]:
    """Return the kinds of every listed form that has any."""
    found: defaultdict[str, set[IncidentKind]] = defaultdict(set)
    for form, names in lists("kinds").items():
        found[form].update(map(IncidentKind, names))
    for file in (resources.files("gateway.core") / "words").iterdir():
        told = tomllib.loads(file.read_text("utf-8")) if file.name.endswith(".toml") else {}
        for role in _TROUBLE if "kind" in told else ():
            for form in told["citizen"].get(role, ()):
                found[listed(form)].add(IncidentKind(told["kind"]))
    return {form: frozenset(kinds) for form, kinds in found.items()}


@cache
def _home() -> frozenset[str]:
    """Return the words for people of one's home, and `kdrt`, which says it by itself."""
    return frozenset(lists("home"))
