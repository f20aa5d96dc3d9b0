"""What kind of trouble a text is about: which words tell it, and which kind goes before which."""

from __future__ import annotations

import tomllib
from importlib import resources
from itertools import combinations

import pytest

from gateway.core.incident_kinds import IncidentKind
from gateway.core.words.kinds import MOST_WORDS, PRECEDENCE, KindHeard
from gateway.core.words.reading import read

CRIME, HOME, FIRE, ACCIDENT, MEDICAL = (
    *(IncidentKind.CRIME, IncidentKind.DOMESTIC_VIOLENCE, IncidentKind.FIRE, IncidentKind.ACCIDENT),
    IncidentKind.MEDICAL,
)
WATER, ANIMAL, MENTAL, ORDER, UNKNOWN = (
    *(IncidentKind.WATER, IncidentKind.ANIMAL, IncidentKind.MENTAL_HEALTH, IncidentKind.PUBLIC_ORDER),
    IncidentKind.UNKNOWN,
)
# One word of each kind that says it wherever it stands.
ONE_WORD = {
    HOME: "kdrt", FIRE: "kebakaran", WATER: "tenggelam", ORDER: "tawuran", MENTAL: "odgj", ANIMAL: "ular",
    ACCIDENT: "kecelakaan", CRIME: "rampok", MEDICAL: "pingsan",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("TOLONG", UNKNOWN, ()),
        ("TOLONG di rumah saya jl gajah mada", UNKNOWN, ()),
        ("", UNKNOWN, ()),
        ("TOLONG ada maling", CRIME, ("maling",)),
        ("TOLONG kebakarn di gang merak", FIRE, ("kebakarn",)),
        ("help, a thief", CRIME, ("thief",)),
        ("msaada moto", FIRE, ("moto",)),
        ("TOLONG tabrakan, korban pingsan", ACCIDENT, ("tabrakan",)),
        ("tolong dibegal, korban luka ditusuk", CRIME, ("dibegal", "ditusuk")),
        ("ada odgj ngamuk bawa parang", MENTAL, ("ada odgj", "ngamuk bawa")),
        ("tawuran bawa celurit", ORDER, ("tawuran",)),
        ("digigit ular, pingsan", ANIMAL, ("digigit ular",)),
        ("perahu terbalik, tolong", WATER, ("perahu terbalik",)),
        ("tidak ada api, ada maling", CRIME, ("maling",)),
        ("bukan kebakaran tapi perampokan", CRIME, ("perampokan",)),
        # at home, and in the street
        ("suami saya mukul saya", HOME, ("suami saya mukul",)),
        ("TOLONG saya ditampar suami", HOME, ("ditampar suami",)),
        ("TOLONG saya ditampar orang", CRIME, ("ditampar",)),
        ("TOLONG mukul saya terus", HOME, ("mukul saya",)),
        ("rampok mukul saya", CRIME, ("rampok", "mukul saya")),
        ("my husband is hitting me and the house is on fire", HOME, ("hitting me",)),
        ("he is hitting me", HOME, ("hitting me",)),
        ("suami saya memukul saya", HOME, ("memukul",)),
        ("saya dipukuli orang di pasar", CRIME, ("dipukuli",)),
        ("my husband beaten me", HOME, ("beaten",)),
        # a cry for haste or safety tells no kind
        ("tolong cepat datang ke jl ampera no 5", UNKNOWN, ()),
        ("saya tidak aman di sini", UNKNOWN, ()),
        ("bapak polisi tolong saya ditampar orang", CRIME, ("ditampar",)),
    ],
)
def test_words_tell_a_kind(text: str, kind: IncidentKind, words: tuple[str, ...]) -> None:
    assert read(text).kind == KindHeard(kind, words)


def test_every_kind_but_the_unknown_has_its_place_once() -> None:
    assert sorted(PRECEDENCE) == sorted(set(IncidentKind) - {UNKNOWN}) == sorted(ONE_WORD)


@pytest.mark.parametrize(("first", "second"), list(combinations(PRECEDENCE, 2)), ids=" before ".join)
def test_of_two_kinds_the_first_of_the_table_is_taken(first: IncidentKind, second: IncidentKind) -> None:
    for text in (f"{ONE_WORD[first]} dan {ONE_WORD[second]}", f"{ONE_WORD[second]} dan {ONE_WORD[first]}"):
        assert read(text).kind == KindHeard(first, (ONE_WORD[first],))


def test_not_more_words_are_shown_than_a_desk_reads_at_a_glance() -> None:
    assert len(read("maling rampok begal copet jambret penodong").kind.words) == MOST_WORDS


def test_every_list_of_a_domain_names_a_kind_that_there_is() -> None:
    named = set()
    for file in (resources.files("gateway.core") / "words").iterdir():
        if file.name.endswith(".toml"):
            told = tomllib.loads(file.read_text("utf-8"))
            named |= {told.get("kind"), *told.get("kinds", ())} - {None}
    assert named == set(IncidentKind)
