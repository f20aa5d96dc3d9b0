"""A text is read once: each word list hears it at most one time on its way through the whole house."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from journeys.city import Pontianak

from gateway.core.words.addressing import ADDRESSING
from gateway.core.words.answers import OFFICER
from gateway.core.words.lexicon import Lexicon
from gateway.core.words.reading import names_an_incident
from gateway.core.words.triage import CITIZEN

NAMES = {id(CITIZEN): "citizen", id(OFFICER): "officer", id(ADDRESSING): "addressing"}
ONCE_EACH = Counter(citizen=1, officer=1, addressing=1)


@contextmanager
def listening() -> Iterator[Counter[str]]:
    """Count how often each word list hears anything of a text while this runs; a code that is drawn is tried out in an
    answer of its own (`names_an_incident`), and is no text."""
    counted: Counter[str] = Counter()

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code is Lexicon.hear_clean.__code__ and not _of_a_drawn_code(frame):
            counted[NAMES[id(frame.f_locals["self"])]] += 1

    sys.setprofile(watch)
    try:
        yield counted
    finally:
        sys.setprofile(None)


def _of_a_drawn_code(frame: FrameType | None) -> bool:
    while frame is not None and frame.f_code is not names_an_incident.__code__:
        frame = frame.f_back
    return frame is not None


def test_a_citizens_panic_is_read_once(city: Pontianak) -> None:
    with listening() as heard:
        city.budi.texts("TOLONG ada maling di rumah")
    assert city.incident.words == "ada maling di rumah"
    assert heard == Counter(citizen=1)


def test_an_officers_yes_is_read_once(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    with listening() as heard:
        city.of_barat[0].texts(f"OK {city.incident.code}")
    assert city.incident.state == "accepted"
    assert heard <= ONCE_EACH


def test_an_officers_own_panic_is_read_once(city: Pontianak) -> None:
    with listening() as heard:
        city.of_barat[0].texts("TOLONG saya ditembak")
    assert city.incident.phone == city.of_barat[0].number
    assert heard <= ONCE_EACH


def test_an_answer_with_a_cry_beside_it_is_read_once(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    with listening() as heard:
        city.of_barat[0].texts("siap ndan, tolong ada yg masuk rumah saya")
    assert len(city.incidents) == 2
    assert heard <= ONCE_EACH


def test_words_of_somebody_whose_phone_takes_it_for_over_are_read_once(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    city.of_barat[0].texts("OK")
    with city.open() as uow:
        from gateway.incidents import silence
        from gateway.models import incident as incidents

        silence.dismiss(uow, incidents.lock(uow.db, city.incident.id))
    with listening() as heard:
        city.budi.texts("dia masih di sini")
    city.of_barat[0].expects_text("dia masih di sini")
    assert heard == Counter(citizen=1)
