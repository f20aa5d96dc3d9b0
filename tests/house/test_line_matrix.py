"""The matrix of what each line can do is what the carriers say of themselves, and they say what their code does."""

from __future__ import annotations

import pytest

from docs import line_matrix
from gateway.carriers.base import TextCarrier, UssdCarrier, VoiceCarrier
from gateway.carriers.registry import CARRIERS
from gateway.core.line_abilities import NAMES, Ability
from tests.carriers.test_contract import CASES, OFFLINE


def test_the_page_shows_what_the_carriers_say() -> None:
    text = line_matrix.PAGE.read_text(encoding="utf-8")
    assert text == line_matrix.page(text), "write the matrix anew: .venv/bin/python -m docs.line_matrix"


def test_every_ability_has_its_name() -> None:
    assert set(NAMES) == set(Ability)


@pytest.mark.parametrize("name", [case.name for case in CASES])
def test_no_carrier_says_more_than_its_code_can_do(name: str) -> None:
    line, told = OFFLINE[name], frozenset[Ability]().union(*CARRIERS[name].reach.values())
    can = {
        Ability.TEXT_OUT: isinstance(line, TextCarrier),
        Ability.CALL_OUT: isinstance(line, VoiceCarrier),
        Ability.SPEECH: isinstance(line, VoiceCarrier) and line.speaks,
        Ability.USSD: isinstance(line, UssdCarrier),
    }
    assert not told or {ability for ability in can if ability in told} == {key for key, there in can.items() if there}
