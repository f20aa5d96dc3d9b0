"""The moves of an alert between its states; see `gateway.models.states` for what a move returns.

Delivery receipts bring an alert forward only (`waiting`, `sent`, `delivered`) and never over a human's answer. A human
may answer in every state, also when we had given up on that phone, and may change an answer. An alert that a human has
answered, and one that failed, is not stood down. Out of `left_out` nothing leads.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from gateway.models.alert import ACCEPTED, DECLINED, STATES, Alert


def move(alert: Alert, to: str) -> bool:
    """Move one alert. Whoever calls this holds the incident's row and has read the alert since."""
    if not STATES.allows(alert.state, to):
        return False
    alert.state = to
    return True


def move_all(db: Session, to: str, *which: ColumnElement[bool]) -> list[int]:
    """Move every alert that `which` chooses, and that may move there, in one statement; return the ids of those moved.
    The statement names the states it moves from, so that it needs no lock to leave a human's answer alone."""
    query = update(Alert).where(Alert.state.in_(STATES.sources(to)), *which).values(state=to).returning(Alert.id)
    return list(db.scalars(query))


def accept(alert: Alert, at: datetime) -> bool:
    """Note a human's yes, and when the first answer came; return False for a yes that was said before."""
    alert.answered_at = alert.answered_at or at
    return move(alert, ACCEPTED)


def decline(alert: Alert, at: datetime) -> bool:
    """Note a human's no, and when it came; return False for a no that was said before."""
    alert.answered_at = at
    return move(alert, DECLINED)
