"""However a text is made, reading it takes time with its length and not with the square of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from time import process_time

import pytest

from gateway.carriers import wire
from gateway.core.messages import Hook
from gateway.core.places.aml import aml_in, cell_in, redact
from gateway.core.places.places import short_link_in, spot_in
from gateway.core.places.placewords import read_words
from gateway.core.sentences.phrases import tidy
from gateway.core.words.lexicon import lists
from gateway.core.words.pinwords import hide_pins
from gateway.core.words.reading import MOST_READ, read

SHORT, LONG = MOST_READ // 2, MOST_READ  # characters: half of what is read, and all of it
WHOLE = 250_000  # characters: half of what is kept of a long text
MOST = 9  # times as long at most for four times the length: linear takes 4, a square 16
COARSE = 0.003  # seconds; what takes less is no danger, and the clock of a busy machine says nothing about it
CODES = frozenset({"K7Q", "X9Z", "AB2"})
PIECES = {
    "letters": [
        *("a", "ab", "a-", "a.", "a://", "://", "www.", "1", "12 ", "a1", "aa11", "aa ", "!", "?", "a'", "@", "#"),
        *("d ", "x\n", "https://", "\u0301", "o\u0301", "\u200b", "\U0001f198", "\u0130", "\u00df", "\ufdfa", "; "),
        *("(", '"', "nya", "kan"),
    ],
    "places": [
        *("-0.02 ", "0,0;", "1.1 ", "11,", "geo:", "12\u00b03'4\"", "W8RC+2 ", "6P58XF", "jl ", "timur", "utara"),
        *("simpangutara", "alun2 ", "pal lima ", "dekat ", "https://maps.google.com/?q=", "maps.app.goo.gl/a "),
        *("goo.gl/", "share.google/", 'A"ML=1;', "lt=1;", "si=", ";si=1", "CELL ", "mcc 510 1 ", "cell 510-01-1-"),
    ],
    "commands": [
        *("AMAN 4711 ", "PIN 4711 1147 ", "DAFTAR a#b#", "LOKASI ", "LAPOR ", "BATAL DAFTAR ", "INFO ", "DIAM "),
        *("YA ", "4-7-1-1 ", "pin saya ", "'4711"),
    ],
    "answers": [
        *("OK K7Q ", "K7Q", "OKK7Q", "OTW 5 ", "belum ", "belum tiba ", "siap ndan ", "86", "TOLAK ", "CUTI 3 "),
        *("SERAH ", "lg ", "10 menit ", "tidak bisa ", "HADIR ", "POSISI "),
    ],
    "words": [
        *("tolong", "tolong ", "adamaling", "malingmaling", "kill", "t o l o n g ", "tidak ada maling "),
        *("ada maling? ", "865664", "polisi pak ", "rumah terbakar"),
    ],
}


def as_citizen(text: str) -> object:
    reading = read(text)
    return reading.meaning, reading.masked, reading.beside_panic


def as_officer(text: str) -> object:
    reading = read(text, CODES)
    return reading.whole_answer, reading.officer_panic, reading.cries_beside, reading.cries_quietly


READERS: list[Callable[[str], object]] = [
    *(as_citizen, as_officer, read_words, spot_in, short_link_in, aml_in, cell_in, redact, hide_pins, tidy)
]


def seconds(reads: Callable[[str], object], text: str) -> float:
    """The best of three: the clock counts this process only, but the caches of the machine are everybody's."""
    best = 10.0
    for _ in range(3):
        start = process_time()
        reads(text)
        best = min(best, process_time() - start)
    return best


def is_linear(reads: Callable[[str], object], piece: str, short: int) -> bool:
    """Up to six measurements of both lengths; the best of each counts, so that a busy moment neither hides nor makes a
    square."""
    brief = full = 10.0
    for _ in range(6):
        brief = min(brief, seconds(reads, (piece * short)[: short // 2]))
        full = min(full, seconds(reads, (piece * short * 2)[: 2 * short]))
        if full < COARSE or full / max(brief, COARSE / 4) < MOST:
            return True
    return False


@pytest.mark.parametrize("pieces", PIECES)
@pytest.mark.parametrize("reads", READERS, ids=lambda reads: reads.__name__)
def test_a_text_four_times_as_long_takes_about_four_times_as_long(reads: Callable[[str], object], pieces: str) -> None:
    assert [piece for piece in PIECES[pieces] if not is_linear(reads, piece, SHORT)] == []


def longest_of_each_list() -> Iterator[str]:
    """Of every list of every language the longest form: the word or phrase that makes the reader look furthest."""
    for section in ("citizen", "officer"):
        by_role: dict[str, str] = {}
        for form, roles in lists(section).items():
            for role in roles:
                by_role[role] = max(form, by_role.get(role, ""), key=len)
        yield from by_role.values()


@pytest.mark.parametrize("joint", ["", " ", "a "], ids=["glued", "apart", "misspelt"])
@pytest.mark.parametrize("reads", [as_citizen, as_officer], ids=lambda reads: reads.__name__)
def test_so_it_is_for_the_longest_form_of_every_list(reads: Callable[[str], object], joint: str) -> None:
    forms = sorted(set(longest_of_each_list()))
    assert len(forms) > 20
    assert [form for form in forms if not is_linear(reads, form + joint, SHORT)] == []


def test_only_the_first_characters_are_read() -> None:
    filler = "kami baik baik saja " * 200
    assert read("TOLONG maling " + filler).panic is not None
    assert read(filler[:MOST_READ] + "TOLONG maling").body == filler[:MOST_READ]


def as_form(text: str) -> object:
    return wire.form_fields(text.encode("latin-1"))


def as_json(text: str) -> object:
    return wire.json_fields(b'{"message": "' + text.encode("latin-1").replace(b'"', b"'") + b'"}')


def as_record(text: str) -> object:
    return wire.raw(Hook("POST", "", "", form={"Body": (text,)}, body=b"x"))


KEEPERS: list[Callable[[str], object]] = [as_form, as_json, as_record, redact]


@pytest.mark.parametrize("keeps", KEEPERS, ids=lambda keeps: keeps.__name__)
@pytest.mark.parametrize("piece", ["a", "\xe9", "\xe9a", "%", "%e9", "a&", "a=b&", "&", ";", "; si=", "\\", "\n", "+"])
def test_what_is_done_with_the_whole_of_a_long_text_is_linear_too(keeps: Callable[[str], object], piece: str) -> None:
    assert is_linear(keeps, piece, WHOLE)


def test_a_square_would_be_seen() -> None:
    """The measure itself: a reader that looks at every pair is told from one that looks at every character."""

    def pairs(text: str) -> object:
        return sum(1 for one in text for _ in islice(text, 0, None) if one)

    def each(text: str) -> object:
        return [json.dumps(letter) for letter in text]

    assert not is_linear(pairs, "a", SHORT)
    assert is_linear(each, "a", SHORT)
