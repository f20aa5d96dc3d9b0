"""What is printed and handed out: it fits its paper, every word on it works, and nothing on it can hurt."""

from __future__ import annotations

import re
import zlib
from itertools import product

import pytest

from gateway.core.languages import CODES
from gateway.core.sentences import phrases
from gateway.core.words import reading
from gateway.core.words.replies import Reply
from gateway.operations.leaflets.sheets import ANSWERS, CARD, MARGIN, ROWS, SHEETS, NoNumber, make, say
from gateway.operations.leaflets.ways import Ways
from gateway.operations.results.pdf import latin

WAYS = Ways("Polsek Pontianak Barat Raya", ("0812-5550-1001", "1100"), ("0812-5550-1001",), "PTK", "110")
MONITOR = "https://siaga.pontianak.example/monitor"
PAPER = 297.0  # millimetres, the height of A4
LAST_CARD = MARGIN + (ROWS - 1) * (CARD[1] + 4) + CARD[1]
BOTTOM = {"citizen": PAPER - 10, "poster": PAPER - 10, "desk": PAPER - 10, "officer": LAST_CARD - 1}
BOTTOM |= {"private": MARGIN + CARD[1]}
EVERY = list(product(SHEETS, CODES))
ALONE = {"diam", "pin", "aman", "quiet", "kimya"}  # nothing of silence and threat lies about on paper


def words_of(pdf: bytes) -> str:
    """What stands on the page, as it is drawn."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    drawn = b"".join(map(zlib.decompress, packed)).decode("latin-1")
    return " ".join(re.findall(r"\((.*?)(?<!\\)\) ?Tj", drawn)).replace("\\(", "(").replace("\\)", ")")


@pytest.mark.parametrize(("sheet", "language"), EVERY)
def test_it_is_one_page_on_which_everything_has_room(sheet: str, language: str) -> None:
    page = SHEETS[sheet].draw(WAYS, language, MONITOR)
    assert page.page_no() == 1
    assert page.get_y() <= BOTTOM[sheet]


@pytest.mark.parametrize(("sheet", "language"), EVERY)
def test_what_lies_about_says_nothing_of_silence_and_threat(sheet: str, language: str) -> None:
    said = set(re.findall(r"\w+", words_of(make(sheet, WAYS, language, MONITOR)).lower()))
    assert bool(said & ALONE) == SHEETS[sheet].counter


@pytest.mark.parametrize("language", CODES)
def test_the_small_card_names_nobody(language: str) -> None:
    made = make("private", WAYS, language, MONITOR)
    said = words_of(made)
    for named in ("Siaga", "Polsek", "Pontianak", *WAYS.texts, "monitor"):
        assert named not in said
    assert b"/Title" not in made


@pytest.mark.parametrize("language", CODES)
def test_the_panic_word_on_paper_is_one_also_behind_the_units_keyword(language: str) -> None:
    said = words_of(make("citizen", WAYS, language, MONITOR))
    assert WAYS.text(say("word", language)) in said
    assert reading.read(say("word", language)).panic is not None
    assert all(number in said for number in WAYS.texts)


@pytest.mark.parametrize(("reply", "language"), list(product(ANSWERS, CODES)))
def test_an_answer_on_paper_is_understood_as_what_stands_beside_it(reply: Reply, language: str) -> None:
    printed = say(f"answer.{reply.value}", language).partition(" = ")[0]
    understood = reading.read(printed).answer
    assert understood is not None
    assert understood.reply is reply
    assert latin(printed) in words_of(make("officer", WAYS, language, MONITOR))


@pytest.mark.parametrize("sheet", [name for name, sheet in SHEETS.items() if sheet.for_citizens])
def test_without_a_number_nothing_is_promised(sheet: str) -> None:
    with pytest.raises(NoNumber):
        make(sheet, Ways("Polsek", (), (), "", "110"), "id", MONITOR)


@pytest.mark.parametrize("language", CODES)
def test_a_line_that_takes_only_calls_speaks_of_no_text(language: str) -> None:
    only = Ways("Polsek", (), ("0561-700009",), "", "110")
    said = words_of(make("poster", only, language, MONITOR))
    assert "0561-700009" in said
    assert "SMS" not in said


def test_every_sheet_has_a_name_in_every_language() -> None:
    names = {f"console.leaflet.name.{sheet}" for sheet in SHEETS}
    assert all(names <= phrases.keys(language) for language in CODES)
