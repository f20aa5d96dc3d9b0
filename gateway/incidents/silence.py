"""A phone that must stay dark: its number is quiet, its owner is threatened, or a PIN has told it that all is over.

`make_quiet`, `make_duress` and `dismiss` change an incident that the caller of the function has locked
(`incidents.lock`). What may still reach the phone afterwards is decided in gateway.core.reachability alone.
"""

from __future__ import annotations

from gateway import notices
from gateway.incidents import timeline, volunteers, waves
from gateway.models import alert as alerts
from gateway.models import caller_view
from gateway.models import quiet_number as quiet_numbers
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork


def hold_number(uow: UnitOfWork, phone: str) -> None:
    """A quiet word came from this number: for 12 hours nothing may make it ring or light up. Every text that is owed to
    it as a citizen's is called off, whatever incident or question it is about."""
    quiet_numbers.hold(uow.db, phone, uow.now())
    notices.hush_number(uow, phone)


def make_quiet(uow: UnitOfWork, incident: Incident) -> None:
    """A quiet word came for this incident: nothing makes its phone ring or light up any more, and the officers who were
    asked hear it at once."""
    hold_number(uow, incident.phone)
    caller_view.believe_quiet(incident)
    if incident.quiet:
        return
    incident.quiet = True
    volunteers.stand_back(uow, incident)
    timeline.record(uow, incident, "quiet")
    _warn(uow, incident, "officer.quiet")


def may_ring(uow: UnitOfWork, incident: Incident) -> None:
    """The citizen answered the menu that the phone need not stay quiet: texts that were held back leave, alerts that
    have not left say so, and officers who accepted hear it."""
    if incident.view.asked_quiet_until is None:
        return
    notices.release(uow, incident)
    waves.reword(uow, incident)
    for alert in alerts.accepted(uow.db, incident.id):
        notices.tell_alerted(uow, alert, incident, "officer.quiet_answered")


def make_duress(uow: UnitOfWork, incident: Incident) -> None:
    """Somebody is threatened: the incident becomes quiet, one more wave is asked, and every officer who was asked hears
    at once that the phone must not be rung. From now on only a desk closes the incident."""
    if incident.duress:
        timeline.record(uow, incident, "duress")
        return
    incident.duress = incident.quiet = True
    notices.hush(uow, incident)
    timeline.record(uow, incident, "duress")
    _warn(uow, incident, "officer.duress")
    waves.ask_soon(uow, incident)


def _warn(uow: UnitOfWork, incident: Incident, key: str) -> None:
    """Everybody asked hears at once that the phone is taboo; alerts that have not left yet say it themselves."""
    reworded = waves.reword(uow, incident)
    for alert in {row.phone: row for row in alerts.of_incident(uow.db, incident.id)}.values():
        if alert.state in (*alerts.ASKED, alerts.ACCEPTED) and alert.id not in reworded:
            notices.tell_alerted(uow, alert, incident, key)


def dismiss(uow: UnitOfWork, incident: Incident) -> None:
    """A PIN was given, whichever: the phone takes the incident for over, and no more news of it goes there by itself.
    Neighbours who were asked hear the same sentence after either PIN: a husband may be one of them."""
    notices.hush(uow, incident)
    volunteers.release(uow, incident)
    caller_view.dismiss(incident, uow.now())
