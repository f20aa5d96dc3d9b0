"""Take those off the open incidents who have come to live where the person lives who asks for help.

Who lives there is left out by itself (`gateway.core.confidants`), also where the register learns of it only while the
call for help is open. Nothing shows that it happened but what `dispatch.leave_out` tells the desk.
"""

from __future__ import annotations

from gateway import dispatch
from gateway.identity import confidants
from gateway.models import alert as alerts
from gateway.models import incident as incidents
from gateway.unit_of_work import UnitOfWork


def leave_out(uow: UnitOfWork) -> None:
    """Look at every open incident, after homes were written and committed: this locks incidents, which come before a
    citizen's row (docs/developers/lock-order.md)."""
    for incident_id, phone in incidents.open_phones(uow.db):
        barred = confidants.around(uow, phone).phones
        asked = {row.phone for row in alerts.of_incident(uow.db, incident_id) if row.state != alerts.LEFT_OUT}
        if asked & barred:
            incident = incidents.lock(uow.db, incident_id)
            if not incident.closed:
                dispatch.leave_out(uow, incident, barred)
