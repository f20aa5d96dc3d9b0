"""Every state of an incident with every act of its leader, and the clock that follows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.core.clocks import WAITS, LeaderAct, is_far, leader_clock
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


@pytest.mark.parametrize(
    ("state", "act", "minutes", "seconds"),
    [
        (incidents.ACCEPTED, LeaderAct.ACCEPTED, 10, 600),  # as long as the leader said
        (incidents.ACCEPTED, LeaderAct.ACCEPTED, 1, SILENCE),  # never less than without a word of it
        (incidents.ACCEPTED, LeaderAct.WROTE, 30, DRIVE),  # nor longer than a drive
        (incidents.EN_ROUTE, LeaderAct.EN_ROUTE, 10, DRIVE),
        (incidents.ACCEPTED, LeaderAct.NOTHING, 10, SILENCE),  # after a nudge it counts no more
        (incidents.ON_SCENE, LeaderAct.ACCEPTED, 10, None),
    ],
)
def test_a_time_of_arrival_gives_a_leader_longer(state: str, act: LeaderAct, minutes: int, seconds: int | None) -> None:
    expected = None if seconds is None else AT + timedelta(seconds=seconds)
    assert leader_clock(state, POLICY, act, AT, AT + timedelta(minutes=minutes)) == expected


def test_who_arrives_later_than_a_drive_is_far() -> None:
    drive = timedelta(seconds=DRIVE)
    assert [is_far(at, POLICY, AT) for at in (None, AT, AT + drive, AT + drive + timedelta(seconds=1))] == [
        False, False, False, True,
    ]  # fmt: skip
