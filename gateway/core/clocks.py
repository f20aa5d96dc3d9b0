"""Say when a leader's silence is acted upon: one rule, from the incident's state, the policy and the leader's last act.

Only what the leader does counts. A supporter's answer, a desk's and a citizen's text leave the leader's clock alone;
only an arrival (the state `on_scene`) stops it, whoever arrives.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.core.policy import Policy


class LeaderAct(StrEnum):
    """The last thing that a leader did, as far as the clock is concerned."""

    ACCEPTED = "accepted"  # said yes: for the first time, or by a key on a call of ours
    SAID_OK = "said_ok"  # said yes once more by text, as policemen answer every text
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    BACK_UP = "back_up"  # called for more people
    WROTE = "wrote"  # sent a text that is no answer
    CALLED_BACK = "called_back"  # rang in and was put through
    NOTHING = "nothing"  # was nudged, and has done nothing since


Wait = Callable[[Policy], int]  # seconds


def _silence(policy: Policy) -> int:
    return policy.leader_silence


def _drive(policy: Policy) -> int:
    return policy.en_route


# How long the gateway waits for the leader, by the incident's state; None: nobody is waited for. The names are those of
# `gateway.models.incident`, which this layer may not import; tests/core/test_clocks.py holds the two together.
WAITS: dict[str, Wait | None] = {
    "open": None,
    "accepted": _silence,
    "en_route": _drive,
    "on_scene": None,
    "resolved": None,
    "false_alarm": None,
    "cancelled": None,
}


def leader_clock(
    state: str, policy: Policy, last_act: LeaderAct, at: datetime, arrives_at: datetime | None = None
) -> datetime | None:
    """Return when the leader's silence is acted upon, or None when no clock runs.

    `state` is the incident's, `at` is when the leader did `last_act` (for NOTHING: when the nudge was sent). After a
    nudge a leader gets `leader_silence` in every state: an officer who is driving could have said so. A leader who has
    said when they arrive (`arrives_at`) has until then, but no longer than one who is on the way.
    """
    wait = WAITS[state]
    if wait is None:
        return None
    if last_act is LeaderAct.NOTHING:
        return at + timedelta(seconds=policy.leader_silence)
    usual, most = at + timedelta(seconds=wait(policy)), at + timedelta(seconds=policy.en_route)
    return usual if arrives_at is None else max(usual, min(arrives_at, most))


def is_far(arrives_at: datetime | None, policy: Policy, now: datetime) -> bool:
    """Return whether somebody who arrives then is too far away to lead: later than a leader may be on the way. Their
    yes is an offer: they support, and the waves go on."""
    return arrives_at is not None and arrives_at > now + timedelta(seconds=policy.en_route)


def starts_anew(act: LeaderAct, nudged: bool) -> bool:
    """Return whether this act of the leader starts the clock again. An OK to a nudge is the reflex to any text and
    shows no movement; every other act does."""
    return not (nudged and act is LeaderAct.SAID_OK)
