"""Stories of calls over a line whose own voice speaks English only: Indonesian and Swahili are played as sounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from journeys.city import Pontianak
from journeys.test_telephones import TextsOnly
from sqlalchemy import Engine

from gateway import wiring
from gateway.carriers.africastalking.line import AfricasTalking
from gateway.carriers.base import Carrier
from gateway.config import Settings
from gateway.infrastructure.espeak import Espeak
from gateway.models.officer import Officer
from tests.fake_africastalking import FakeAfricasTalking
from tests.loopback import Reply

needs_espeak = pytest.mark.skipif(not Espeak().is_installed, reason="espeak-ng is not installed (.ci/packages)")
TOKEN = "made-up-hook-token"


class Town(Pontianak):
    """Pontianak with a company in Nairobi, which calls."""

    company: FakeAfricasTalking

    def hears(self, address: str) -> bytes:
        """What the company fetches to play it."""
        answer = self.client.get(address.removeprefix(self.house.settings.public_url))
        assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
        return answer.data


@pytest.fixture
def town(engine: Engine, settings: Settings, tmp_path: Path) -> Iterator[Town]:
    built: list[Town] = []

    def post(url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        path = url.removeprefix(settings.public_url)
        answer = built[0].client.post(path, data=dict(fields), headers=dict(headers))
        return Reply(answer.status_code, answer.text)

    with FakeAfricasTalking(settings.public_url, post, hook_token=TOKEN) as company:

        def lines(simulator: Any) -> list[Carrier]:
            return [
                TextsOnly(simulator),
                AfricasTalking(name="africastalking", username="siaga", api_key="made-up-key", hook_token=TOKEN,
                               public_url=settings.public_url, voice_number="+254711000111", voice_url=company.url),
            ]  # fmt: skip

        built.append(Town(engine, settings, tmp_path, lines))
        built[0].company = company
        built[0].build()
        yield built[0]


@needs_espeak
def test_an_officer_hears_his_language_presses_1_and_no_address_tells_a_word(town: Town) -> None:
    wiring.teach(town.house.lines, town.house.speech)
    town.budi.texts("TOLONG ada maling")
    town.forward(1)
    call = next(call for call in town.company.calls if call.phone == town.of_barat[0].number)
    call.answers()
    assert call.heard == []
    (address,) = call.played
    assert len(town.hears(address)) > 5 * 16_000  # seconds of 8 kHz, 16 bits
    assert not [word for word in ("Tekan", "satu", "Barat", "maling") if word in address]
    call.presses("1")
    assert town.incident.state == "accepted"
    assert len(call.played) == 2
    assert not [word for word in ("Budi", "Santoso", "81390000001") if word in call.played[1]]
    assert len(town.hears(call.played[1])) > 5 * 16_000


@needs_espeak
def test_whoever_reads_english_hears_the_lines_own_voice_and_swahili_is_played(town: Town) -> None:
    wiring.teach(town.house.lines, town.house.speech)
    with town.open() as uow:
        for phone, language in ((town.of_barat[0], "en"), (town.of_barat[1], "sw")):
            uow.db.query(Officer).filter_by(phone=phone.number).update({"language": language})
    town.budi.texts("TOLONG")
    town.forward(1)
    english, swahili = (
        next(call for call in town.company.calls if call.phone == phone.number) for phone in town.of_barat[:2]
    )
    english.answers()
    swahili.answers()
    assert "Press one" in english.heard[0]
    assert english.played == []
    assert (swahili.heard, len(swahili.played)) == ([], 1)
    assert town.hears(swahili.played[0])


def test_where_no_speech_can_be_made_the_line_speaks_english_and_takes_keys(town: Town) -> None:
    town.house.speech = Espeak("espeak-of-nobody")
    wiring.teach(town.house.lines, town.house.speech)
    town.budi.texts("TOLONG")
    town.forward(1)
    call = next(call for call in town.company.calls if call.phone == town.of_barat[0].number)
    call.answers()
    assert "Press one" in call.heard[0]
    call.presses("1")
    assert town.incident.state == "accepted"
