"""The order in which outbounds leave. Every query that chooses between outbounds sorts by `key` and by nothing else."""

from __future__ import annotations

from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, case, exists, false, func, or_
from sqlalchemy.orm import aliased

from gateway.models import outbound as outbounds
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound

Columns = TypeVarTuple("Columns")


def with_incidents(query: Select[*Columns]) -> Select[*Columns]:
    """Join what `key` reads to a query for outbounds; those of no incident stay in it."""
    return query.outerjoin(Incident, Incident.id == Outbound.incident_id)


def key() -> tuple[SQLColumnExpression[Any], ...]:
    """Return the sort key of outbounds in a query `with_incidents`, the most urgent first."""
    return (
        is_drill(),
        is_uncertain(),
        has_a_ringing_phone(),
        func.coalesce(Incident.opened_at, Outbound.created_at),
        case((Outbound.lane == outbounds.ALERT_LANE, 0), else_=1),
        Outbound.rank,
        Outbound.distance_m,
        Outbound.id,
    )


def is_drill() -> ColumnElement[bool]:
    """Return whether it is only an exercise. False goes first."""
    return func.coalesce(Incident.drill, false())


def is_uncertain() -> ColumnElement[bool]:
    """Return whether nobody knows yet that somebody is in need: an uncertain call, or the incident that silence made of
    it. False goes first."""
    call = and_(Outbound.incident_id.is_(None), Outbound.ask_id.is_not(None))
    return or_(call, func.coalesce(Incident.uncertain, false()))


def has_a_ringing_phone() -> ColumnElement[bool]:
    """Return whether a call of ours rings somebody for the same incident or clarification. False goes first."""
    other = aliased(Outbound)
    rings = outbounds.rings(other)
    return or_(
        exists().where(other.incident_id == Outbound.incident_id, rings),
        exists().where(other.ask_id == Outbound.ask_id, rings),
    )
