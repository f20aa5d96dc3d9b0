"""Codes of incidents, and that no answer which names one is ever read as something else."""

from __future__ import annotations

import random
from itertools import chain, product

import pytest

from gateway.core import codes
from gateway.core.words.reading import Reading, names_an_incident
from gateway.core.words.replies import Reply

SHORT = [code for code in map("".join, product(codes.ALPHABET, repeat=codes.SHORT)) if codes.is_code(code)]
OTHERWISE = ["GG3", "PS2", "RT5", "5KM", "22X", "ADA2", "JL45", "7LG", "77LG", "HLP4", "H3LP", "TLG2", "BN7U"]


def test_an_answer_with_any_code_that_is_given_out_names_it_whoever_sends_it() -> None:
    """Nothing is known of who was not asked, so the code has to be found by its form alone."""
    given = [code for code in SHORT if names_an_incident(code)]
    assert len(SHORT) == codes.ROOM
    assert len(given) > 0.98 * codes.ROOM
    long = (code for _ in range(500) if names_an_incident(code := "".join(random.choices(codes.ALPHABET, k=4))))
    for code in chain(random.sample(given, 500), long):
        read = {words: Reading(words.format(code)).answer for words in ("{} TIBA", "TOLAK {}", "OTW {} 6 menit")}
        assert {said and said.code for said in read.values()} == {code}
        assert [said and said.reply for said in read.values()] == [Reply.ON_SCENE, Reply.DECLINE, Reply.EN_ROUTE]


@pytest.mark.parametrize("token", OTHERWISE)
def test_what_people_write_for_something_else_is_no_code_that_is_given_out(token: str) -> None:
    assert codes.is_code(token)
    assert not names_an_incident(token)


def test_a_code_that_reads_otherwise_is_passed_over() -> None:
    letters = iter("GG3" + "7LG" + "K7Q" + "M3P" * 5)
    assert codes.fresh(0, lambda drawn: (), names_an_incident, lambda _: next(letters)) == "K7Q"
