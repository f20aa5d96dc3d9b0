"""Every state of an incident with every act of its leader, and the clock that follows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.core.clocks import WAITS, LeaderAct, leader_clock
from gateway.core.policy import POLICIES
from gateway.models import incident as incidents

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
POLICY = POLICIES["nearest_first"]
SILENCE, DRIVE = POLICY.leader_silence, POLICY.en_route
SIGNS_OF_LIFE = [act for act in LeaderAct if act is not LeaderAct.NOTHING]
RUNS = {
    incidents.ACCEPTED: {LeaderAct.NOTHING: SILENCE} | dict.fromkeys(SIGNS_OF_LIFE, SILENCE),
    incidents.EN_ROUTE: {LeaderAct.NOTHING: SILENCE} | dict.fromkeys(SIGNS_OF_LIFE, DRIVE),
}
STATES = (incidents.OPEN, incidents.ACCEPTED, incidents.EN_ROUTE, incidents.ON_SCENE, *incidents.CLOSED)


def test_the_clock_knows_every_state_of_an_incident() -> None:
    assert set(WAITS) == set(STATES)


@pytest.mark.parametrize("act", LeaderAct)
@pytest.mark.parametrize("state", STATES)
def test_when_the_leaders_silence_is_acted_upon(state: str, act: LeaderAct) -> None:
    seconds = RUNS.get(state, {}).get(act)
    expected = None if seconds is None else AT + timedelta(seconds=seconds)
    assert leader_clock(state, POLICY, act, AT) == expected
