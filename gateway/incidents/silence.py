"""Keep a phone dark: its number is quiet, its owner is threatened, or a PIN made it believe that the incident is over.

`make_quiet`, `make_duress` and `dismiss` change an incident that the caller of the function has locked
(`incidents.lock`). gateway.core.reachability alone decides what may still reach the phone afterwards.
"""

from __future__ import annotations

from gateway import notices
from gateway.incidents import parts, timeline, volunteers, waves
from gateway.models import alert as alerts
from gateway.models import caller_view
from gateway.models import labelled_text as labelled_texts
from gateway.models import quiet_number as quiet_numbers
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork


def hold_number(uow: UnitOfWork, phone: str) -> None:
    """Hold this number (E.164) quiet for 12 hours after a quiet word: nothing may make the phone ring or light up. Call
    off every text that it is owed as a citizen's, whatever incident or question the text is about."""
    quiet_numbers.hold(uow.db, phone, uow.now())
    notices.hush_number(uow, phone)


def make_quiet(uow: UnitOfWork, incident: Incident) -> None:
    """Make the incident quiet after a quiet word: nothing makes its phone ring or light up any more, and the officers
    who were asked are told at once."""
    hold_number(uow, incident.phone)
    caller_view.believe_quiet(incident)
    if incident.quiet:
        return
    incident.quiet = True
    labelled_texts.forget_of_incident(uow.db, incident.id)
    volunteers.stand_back(uow, incident)
    timeline.record(uow, incident, "quiet")
    _warn(uow, incident, "officer.quiet")
    parts.leave(uow, incident, incident.name, soon=True)


def may_ring(uow: UnitOfWork, incident: Incident) -> None:
    """Record that the citizen answered in the menu that the phone need not stay quiet. Texts that were held back leave,
    alerts that have not left are reworded, and officers who accepted are told."""
    if incident.view.asked_quiet_until is None:
        return
    notices.release(uow, incident)
    waves.reword(uow, incident)
    for alert in alerts.accepted(uow.db, incident.id):
        notices.tell_alerted(uow, alert, incident, "officer.quiet_answered")


def make_duress(uow: UnitOfWork, incident: Incident) -> None:
    """Put the incident under duress: it becomes quiet, one more wave is asked, and every officer who was asked reads at
    once that the phone must not be rung. From now on only a desk closes the incident."""
    if incident.duress:
        timeline.record(uow, incident, "duress")
        return
    incident.duress = incident.quiet = True
    labelled_texts.forget_of_incident(uow.db, incident.id)
    notices.hush(uow, incident)
    timeline.record(uow, incident, "duress")
    _warn(uow, incident, "officer.duress")
    parts.leave(uow, incident, incident.name, soon=True)
    waves.ask_soon(uow, incident)


def _warn(uow: UnitOfWork, incident: Incident, key: str) -> None:
    """Tell everybody who was asked, at once, that the phone must not be rung; alerts that have not left are reworded
    instead."""
    reworded = waves.reword(uow, incident)
    for alert in {row.phone: row for row in alerts.of_incident(uow.db, incident.id)}.values():
        if alert.state in (*alerts.ASKED, alerts.ACCEPTED) and alert.id not in reworded:
            notices.tell_alerted(uow, alert, incident, key)


def dismiss(uow: UnitOfWork, incident: Incident) -> None:
    """Make the phone believe that the incident is over, after either PIN; no more news of it goes there by itself.
    Neighbours who were asked read the same sentence after either PIN, because the person who threatens may be one of
    them."""
    notices.hush(uow, incident)
    volunteers.release(uow, incident)
    caller_view.dismiss(incident, uow.now())
