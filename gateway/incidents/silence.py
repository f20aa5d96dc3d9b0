"""A phone that must stay dark: quiet, threatened, or told that it is over. From then on nothing of ours goes there.

Whoever calls these holds the incident's row (`incidents.lock`).
"""

from __future__ import annotations

from gateway import notices
from gateway.incidents import timeline, volunteers, waves
from gateway.models import alert as alerts
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork


def make_quiet(uow: UnitOfWork, incident: Incident) -> None:
    """From now on nothing makes that phone ring or light up; those already asked hear it at once."""
    incident.shown_quiet = incident.shown_code is not None
    if incident.quiet:
        return
    incident.quiet = True
    notices.hush(uow, incident)
    volunteers.stand_back(uow, incident)
    timeline.record(uow, incident, "quiet")
    _warn(uow, incident, "officer.quiet")


def make_duress(uow: UnitOfWork, incident: Incident) -> None:
    """Somebody is threatened: quiet, a wave more, and everybody asked hears at once that the phone is taboo. From now
    on only a desk closes it."""
    if incident.duress:
        timeline.record(uow, incident, "duress")
        return
    incident.duress = incident.quiet = True
    notices.hush(uow, incident)
    volunteers.stand_back(uow, incident)
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
    """As far as its phone can tell, it is over: nothing more about it goes there."""
    notices.hush(uow, incident)
    incident.dismissed_at = incident.dismissed_at or uow.now()
    incident.shown_code, incident.shown_quiet = None, False
