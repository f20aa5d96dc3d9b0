"""Act on what has fallen due: timers of incidents and of uncertain calls, bundles for desks, volunteers.

A failure of one must not delay the others.
"""

from __future__ import annotations

import logging

from gateway.inbound import unknown_numbers
from gateway.incidents import volunteers as volunteer_rules
from gateway.models import clarification as clarification_rows
from gateway.responses import bundles, timers, uncertain_calls
from gateway.unit_of_work import OpenUnitOfWork

log = logging.getLogger(__name__)

MOST_DUE = 200  # incidents whose timers one sweep acts on before it delivers; the next second goes on


def incidents(open_uow: OpenUnitOfWork) -> None:
    done: list[int] = []
    while len(done) < MOST_DUE:
        incident_id = None
        try:
            with open_uow() as uow:
                incident_id = timers.next_due(uow, done)
                if incident_id is None:
                    return
                timers.act(uow, incident_id)
        except Exception:
            if incident_id is None:
                raise
            log.exception("an incident's timer failed", extra={"incident_id": incident_id})
        done.append(incident_id)


def uncertain_calls_and_bundles(open_uow: OpenUnitOfWork) -> None:
    with open_uow() as uow:
        ids = clarification_rows.due(uow.db, uow.now())
    for clarification_id in ids:
        try:
            with open_uow() as uow:
                uncertain_calls.act(uow, clarification_id)
        except Exception:
            log.exception("an uncertain call's timer failed", extra={"clarification_id": clarification_id})
    with open_uow() as uow:
        bundles.send_due(uow)


def cries(open_uow: OpenUnitOfWork) -> None:
    with open_uow() as uow:
        unknown_numbers.tell_bundles(uow)


def volunteers(open_uow: OpenUnitOfWork) -> None:
    with open_uow() as uow:
        ids = volunteer_rules.due(uow)
    for incident_id in ids:
        with open_uow() as uow:
            volunteer_rules.ask(uow, incident_id)
