"""ROOM: what the same person sends while their call runs: once more, more words, a better place; and what they hear.

Whoever calls these holds the incident's row (`incidents.lock`).
"""

from __future__ import annotations

from datetime import timedelta

from gateway import notices
from gateway.core import codes
from gateway.core.places.spots import Spot
from gateway.core.words.reading import NOTHING, Reading
from gateway.incidents import position_updates, silence, timeline, waves
from gateway.models import alert as alerts
from gateway.models import caller_view, incident_timers
from gateway.models import incident as incidents
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork

BETWEEN_WAVES = timedelta(seconds=10)  # a repeat brings the next wave forward to no sooner than this after the last
BETWEEN_REPEATS = timedelta(minutes=1)  # repeats are told to officers, and answered, at most so often
MOST_WORDS = 300  # two messages of a text


def repeat(
    uow: UnitOfWork,
    incident: Incident,
    channel: str,
    quiet: bool = False,
    said: Reading = NOTHING,
    spot: Spot | None = None,
) -> Incident:
    """The same person again, over whichever channel: the next wave comes sooner, the leader hears it."""
    now = uow.now()
    timeline.record(uow, incident, "repeat", incident.name, said.body or channel)
    if quiet:
        silence.make_quiet(uow, incident)
    if spot is not None:
        move(uow, incident, spot)
    position_updates.look_further(uow, incident, said.body)
    incident.words = all_written(incident.words, said)
    incident.repeats += 1
    if incident.repeats_at is None:
        told = incident.repeats_told_at or now - BETWEEN_REPEATS
        incident_timers.set_repeats(incident, max(now, told + BETWEEN_REPEATS))
    if incident.next_wave_at is not None and incident.last_wave_at is not None:
        soon = max(now, incident.last_wave_at + BETWEEN_WAVES)
        incident_timers.set_next_wave(incident, min(incident.next_wave_at, soon))
    if said.body:
        pass_on(uow, incident, said)
    return incident


def add_words(uow: UnitOfWork, incident: Incident, said: Reading, spot: Spot | None = None) -> None:
    """Any other text of the person who asked: onto the timeline, and on to whoever accepted."""
    timeline.record(uow, incident, "said", incident.name, said.body)
    incident.words = all_written(incident.words, said)
    if spot is not None:
        move(uow, incident, spot)
    position_updates.look_further(uow, incident, said.body)
    pass_on(uow, incident, said)


def all_written(before: str | None, said: Reading) -> str | None:
    """All that the person wrote beside panic words, in order, as far as anybody asked later will read."""
    return " / ".join(filter(None, (before, said.beside_panic)))[:MOST_WORDS] or None


def pass_on(uow: UnitOfWork, incident: Incident, said: Reading) -> None:
    """Tell everybody who accepted what the person wrote; PINs in it are masked."""
    for alert in alerts.accepted(uow.db, incident.id):
        notices.tell_alerted(uow, alert, incident, "officer.message", words=said.masked)


def move(uow: UnitOfWork, incident: Incident, spot: Spot) -> None:
    """Another position of an incident; if it is the better one and it matters, whoever knows of the incident hears it.
    Alerts that have not left say it themselves."""
    if position_updates.move(uow, incident, spot):
        reworded = waves.reword(uow, incident)
        for alert in alerts.told(uow.db, incident.id):
            if alert.id not in reworded:
                notices.tell_alerted(uow, alert, incident, "officer.better_place")


def look_fresh(uow: UnitOfWork, incident: Incident, quiet: bool) -> None:
    """A new panic of a phone that takes its incident for cancelled: answered as a new one, with a code of its own."""
    caller_view.believe_open(incident, codes.fresh(incidents.codes_taken(uow.db, uow.now())), quiet)
    caller_view.answer_again(incident, None)
    notices.answer_citizen(uow, incident, "citizen.received")
    if position_updates.is_hardly_known(uow, incident):
        notices.answer_citizen(uow, incident, "citizen.ask_place")


def say_where_it_stands(uow: UnitOfWork, incident: Incident) -> None:
    """Whoever calls again is answered, at most once a minute: that it is open, or who said yes. A phone that takes its
    first incident for cancelled hears of this one what a new one's would."""
    answered_at = incident.view.answered_again_at
    if answered_at is not None and uow.now() - answered_at < BETWEEN_REPEATS:
        return
    caller_view.answer_again(incident, uow.now())
    leader = _seen_leader(uow, incident)
    if leader is None:
        notices.answer_citizen(uow, incident, "citizen.still_open")
    elif leader.is_desk:
        notices.answer_citizen(uow, incident, "citizen.accepted_desk", unit=leader.title)
    else:
        there = incident.state == incidents.ON_SCENE and not incident.view.dismissed
        notices.answer_citizen(uow, incident, "citizen.arrived" if there else "citizen.accepted", who=leader.title)


def _seen_leader(uow: UnitOfWork, incident: Incident) -> Alert | None:
    """Who leads, as far as its phone has heard: nothing since it was dismissed, and nothing of another incident."""
    leader, since = alerts.leader_of(uow.db, incident), incident.view.dismissed_at
    if leader is None or since is None:
        return leader
    heard = incident.view.code == incident.code and leader.answered_at is not None and leader.answered_at <= since
    return leader if heard else None
