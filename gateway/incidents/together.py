"""Let the alert texts of several incidents to one phone leave together, so that it gets one and not many.

The first alert leaves at once. What another incident asks that phone within TOGETHER of it waits until then, and leaves
as one text with all codes (gateway.delivery.bundles). Calls never wait for this.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select

from gateway.models import outbound as outbounds
from gateway.models.incident import Incident
from gateway.models.moments import is_held
from gateway.models.outbound import Outbound
from gateway.unit_of_work import UnitOfWork

TOGETHER = timedelta(seconds=2)


def text_times(uow: UnitOfWork, incident: Incident, phones: Collection[str]) -> dict[str, datetime]:
    """Return, of these phones, those that another incident has texted within TOGETHER or is about to text, each with
    the time at which the alert of this incident leaves. A real incident waits for no text of a drill."""
    now = uow.now()
    alert = (outbounds.is_kind(outbounds.TEXT), Outbound.purpose == "alert", Outbound.state != outbounds.CALLED_OFF)
    lately = (Outbound.phone.in_(phones), Outbound.created_at > now - 2 * TOGETHER, Outbound.due_at > now - TOGETHER)
    query = select(Outbound.phone, func.max(Outbound.due_at)).join(Incident, Incident.id == Outbound.incident_id)
    query = query.where(*lately, *alert, Outbound.incident_id != incident.id, ~is_held(Outbound.due_at))
    if not incident.drill:
        query = query.where(Incident.drill.is_(False))
    found = uow.db.execute(query.group_by(Outbound.phone))
    return {phone: at if at > now else at + TOGETHER for phone, at in found}
