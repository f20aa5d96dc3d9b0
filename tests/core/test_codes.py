"""Codes of incidents, and that no answer which names one is ever read as something else."""

from __future__ import annotations

import random
from itertools import product

import pytest

from gateway.core import codes
from gateway.core.words.reading import Reading
from gateway.core.words.replies import Reply

SHORT = [code for code in map("".join, product(codes.ALPHABET, repeat=codes.SHORT)) if codes.is_code(code)]


def test_an_answer_with_any_short_code_names_it_whoever_sends_it() -> None:
    """Nothing is known of who was not asked, so the code has to be found by its form alone."""
    drawn = [code for code in SHORT if codes.may_be_drawn(code)]
    read = {code: Reading(f"OK {code}").answer for code in drawn}
    meant = [(said.reply, said.code) if said else None for said in read.values()]
    assert meant == [(Reply.ACCEPT, code) for code in drawn]
    assert len(SHORT) == codes.ROOM
    assert len(drawn) > 0.98 * codes.ROOM


def test_so_does_one_with_a_long_code() -> None:
    drawn = (code for _ in range(2_000) if codes.may_be_drawn(code := "".join(random.choices(codes.ALPHABET, k=4))))
    assert [code for code in drawn if (said := Reading(f"OK {code}").answer) is None or said.code != code] == []


@pytest.mark.parametrize(
    "token",
    ["GG3", "PS2", "RT5", "5KM", "22X", "ADA2", "JL45", "7LG", "77LG", "HLP4", "H3LP", "TLG2", "BN7U"],
)
def test_what_people_write_for_something_else_is_never_drawn(token: str) -> None:
    assert codes.is_code(token)
    assert not codes.may_be_drawn(token)
