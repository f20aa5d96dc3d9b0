"""The states of an alert and the moves between them; see `gateway.models.states` for what a move returns.

Delivery receipts bring an alert forward only (`waiting`, `sent`, `delivered`) and never over a human's answer. A human
may answer in every state, also when we had given up on that phone, and may change an answer. An alert that a human has
answered, and one that failed, is not stood down.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from gateway.models.alert import (
    ACCEPTED,
    DECLINED,
    DELIVERED,
    FAILED,
    NO_ANSWER,
    SENT,
    STOOD_DOWN,
    WAITING,
    Alert,
)
from gateway.models.states import StateTable

_ANSWERED = (ACCEPTED, DECLINED)
_GIVEN_UP = (FAILED, STOOD_DOWN)
TABLE = StateTable(
    # SENT: a responder who named the code without having been asked, or whom a desk told by radio.
    first=(WAITING, SENT),
    moves={
        WAITING: (SENT, DELIVERED, NO_ANSWER, *_ANSWERED, *_GIVEN_UP),
        SENT: (DELIVERED, NO_ANSWER, *_ANSWERED, *_GIVEN_UP),
        DELIVERED: (NO_ANSWER, *_ANSWERED, *_GIVEN_UP),
        NO_ANSWER: (*_ANSWERED, *_GIVEN_UP),
        ACCEPTED: (DECLINED,),
        DECLINED: (ACCEPTED,),
        FAILED: _ANSWERED,
        STOOD_DOWN: _ANSWERED,
    },
)


def move(alert: Alert, to: str) -> bool:
    """Move one alert; return whether it moved. The caller of this function has locked the incident and read the alert
    since."""
    if not TABLE.allows(alert.state, to):
        return False
    alert.state = to
    return True


def move_all(db: Session, to: str, *which: ColumnElement[bool]) -> list[int]:
    """Move every alert that `which` chooses, and that may move there, in one statement; return the ids of those moved.
    The statement names the states it moves from, so that it needs no lock to leave a human's answer alone."""
    query = update(Alert).where(Alert.state.in_(TABLE.sources(to)), *which).values(state=to).returning(Alert.id)
    return list(db.scalars(query))


def accept(alert: Alert, at: datetime) -> bool:
    """Note a human's yes, and when the first answer came; return False for a yes that was said before."""
    alert.answered_at = alert.answered_at or at
    return move(alert, ACCEPTED)


def decline(alert: Alert, at: datetime) -> bool:
    """Note a human's no, and when it came; return False for a no that was said before."""
    alert.answered_at = at
    return move(alert, DECLINED)
