"""A phone that must stay dark: quiet, threatened, or told that it is over. From then on nothing of ours goes there.

Whoever calls these holds the incident's row (`incidents.lock`).
"""

from __future__ import annotations

from gateway import notices
from gateway.incidents import timeline, volunteers, waves
from gateway.models import alert as alerts
from gateway.models.incident import Incident
from gateway.unit_of_work import Desk


def make_quiet(desk: Desk, incident: Incident) -> None:
    """From now on nothing makes that phone ring or light up; those already asked hear it at once."""
    incident.shown_quiet = incident.shown_code is not None
    if incident.quiet:
        return
    incident.quiet = True
    notices.hush(desk, incident)
    volunteers.stand_back(desk, incident)
    timeline.record(desk, incident, "quiet")
    _warn(desk, incident, "officer.quiet")


def make_duress(desk: Desk, incident: Incident) -> None:
    """Somebody is threatened: quiet, a wave more, and everybody asked hears at once that the phone is taboo. From now
    on only a desk closes it."""
    if incident.duress:
        timeline.record(desk, incident, "duress")
        return
    incident.duress = incident.quiet = True
    notices.hush(desk, incident)
    volunteers.stand_back(desk, incident)
    timeline.record(desk, incident, "duress")
    _warn(desk, incident, "officer.duress")
    waves.ask_soon(desk, incident)


def _warn(desk: Desk, incident: Incident, key: str) -> None:
    """Everybody asked hears at once that the phone is taboo; alerts that have not left yet say it themselves."""
    reworded = waves.reword(desk, incident)
    for alert in {row.phone: row for row in alerts.of_incident(desk.db, incident.id)}.values():
        if alert.state in (*alerts.ASKED, alerts.ACCEPTED) and alert.id not in reworded:
            notices.tell_alerted(desk, alert, incident, key)


def dismiss(desk: Desk, incident: Incident) -> None:
    """As far as its phone can tell, it is over: nothing more about it goes there."""
    notices.hush(desk, incident)
    incident.dismissed_at = incident.dismissed_at or desk.now()
    incident.shown_code, incident.shown_quiet = None, False
