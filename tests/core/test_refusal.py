"""Why something cannot be taken: said in the reader's language, and known in each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.core.sentences import phrases
from gateway.core.sentences.refusal import Refusal

SAID = re.compile(r'\b(?:Refusal|Refused|Unusable|BadUser)\(\s*"([a-z_]+)"')
SOURCE = Path(phrases.__file__).parents[1]


def test_it_is_said_in_each_language_with_its_facts() -> None:
    why = Refusal("too_long", "name", most=120)
    assert why.say("id") == "lebih dari 120 huruf; persingkat"
    assert why.tell("en") == str(why) == "name: is longer than 120 characters; shorten it"
    assert str(Refusal("quotes")).startswith("its quotes")


def test_it_can_be_told_about_another_field() -> None:
    class Kind(Refusal):
        pass

    why = Kind("missing").of("address")
    assert isinstance(why, Kind)
    assert (why.about, str(why)) == ("address", "address: is missing; fill it in")


def said() -> list[str]:
    """Every key that our own source refuses with."""
    files = [*SOURCE.glob("*.py"), *(SOURCE / "imports").glob("*.py")]
    return sorted({key for file in files for key in SAID.findall(file.read_text())})


@pytest.mark.parametrize("key", said())
def test_every_refusal_of_ours_has_a_sentence(key: str) -> None:
    assert phrases.template(f"refusal.{key}", "id")
