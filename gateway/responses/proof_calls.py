"""Say what a call for proof says, and take its key. `gateway.responses.possession` places such a call.

The caller of these functions has locked the attempt with its incident and its outbound.
"""

from __future__ import annotations

from gateway.core.messages import Ask, CallEvent, HangUp, Say, Script
from gateway.core.possession import PROOF_KEY
from gateway.core.sentences import script
from gateway.identity.callers import identify
from gateway.models.attempt import Attempt
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.responses import alert_menu, officer_replies, possession
from gateway.unit_of_work import UnitOfWork


def asks(uow: UnitOfWork, event: CallEvent, owed: Outbound) -> Script:
    """Ask whether an answer that bears this number is theirs. Nothing about the incident is told but its code."""
    said, incident, language = possession.asked_about(owed), _incident_of(uow, owed), _language(uow, event, owed)
    if said is None or (incident is not None and incident.closed):
        return (Say(script.nothing_for_you(language), language), HangUp())
    code = incident.code if incident is not None else ""
    return (Ask(script.proof(said.reply.value, code, PROOF_KEY, language), language),)


def pressed(uow: UnitOfWork, event: CallEvent, attempt: Attempt, late: bool) -> Script:
    """Take the one key that proves the answer; any other is asked again until the call is over (`late`)."""
    owed = attempt.outbound
    said, incident = possession.asked_about(owed), _incident_of(uow, owed)
    if event.digits[:1] != PROOF_KEY or said is None or (incident is not None and incident.closed):
        return (HangUp(),) if late else asks(uow, event, owed)
    attempt.keyed = True
    caller, language = identify(uow, owed.phone), _language(uow, event, owed)
    if alert_menu.first_told(uow, event) and caller.responder:
        officer_replies.proven(uow, caller, said, incident)
    return (Say(script.unclear_noted(language), language), HangUp())


def _incident_of(uow: UnitOfWork, owed: Outbound) -> Incident | None:
    return uow.db.get(Incident, owed.incident_id) if owed.incident_id is not None else None


def _language(uow: UnitOfWork, event: CallEvent, owed: Outbound) -> str:
    known = identify(uow, owed.phone).language or uow.settings.default_language
    return alert_menu.spoken(uow, event.line, known)
