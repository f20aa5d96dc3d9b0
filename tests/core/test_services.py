"""Which services a responder's words name."""

from __future__ import annotations

import pytest

from gateway.core.policy_groups import Who
from gateway.core.words.services import services_in


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
