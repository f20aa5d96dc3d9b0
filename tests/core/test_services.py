"""Which services a responder's words name, and which a citizen's ask for."""

from __future__ import annotations

import pytest

from gateway.core.policy_groups import Who
from gateway.core.words.services import asked_for, services_in


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("minta ambulans", [Who.AMBULANCE]),
        ("MOHON   Damkar ndan", [Who.FIRE]),
        ("butuh ambulan dan pemadam", [Who.AMBULANCE, Who.FIRE]),
        ("BANTUAN saya ditembak", []),
        ("minta personil", []),
    ],
)
def test_words_name_services(words: str, named: list[Who]) -> None:
    assert services_in(words) == named


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("TOLONG minta ambulans ayah jatuh", [Who.AMBULANCE]),
        ("tlg kirim mobil ambulan ke pasar", [Who.AMBULANCE]),
        ("butuh damkar, butuh ambulans!!", [Who.AMBULANCE, Who.FIRE]),
        ("kebakaran panggilkan pemadam", [Who.FIRE]),
        ("please send an ambulance", [Who.AMBULANCE]),
        ("naomba gari la wagonjwa", [Who.AMBULANCE]),
        ("dia ga sadar tolong ambulans", [Who.AMBULANCE]),
        ("tolong jangan kirim ambulans", []),
        ("gak usah kirim ambulans", []),
        ("ambulans lewat depan rumah", []),
        ("tidak perlu ambulans", []),
        ("sudah panggil ambulans", []),
        ("jangan kirim damkar", []),
        ("we do not need an ambulance", []),
        ("TOLONG rumah saya dirampok", []),
        ("", []),
    ],
)
def test_a_citizen_asks_for_services(words: str, wanted: list[Who]) -> None:
    assert asked_for(words) == wanted
