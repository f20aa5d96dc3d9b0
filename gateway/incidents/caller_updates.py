"""ROOM: add what a caller sends while their incident is open (again, more words, a better place), and answer them.

The caller of these functions has locked the incident (`incidents.lock`).
"""

from __future__ import annotations

from datetime import timedelta

from gateway import notices
from gateway.core.places.spots import Spot
from gateway.core.words.reading import NOTHING, Reading
from gateway.incidents import kind, parts, position_updates, reinforcements, relay, silence, timeline, waves
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
    """Record that the same person asks for help again, on any channel: the next wave comes sooner and the leader is
    told. Return the incident."""
    now = uow.now()
    timeline.record(uow, incident, "repeat", incident.name, said.body or channel)
    if quiet:
        silence.make_quiet(uow, incident)
    if spot is not None:
        move(uow, incident, spot)
    position_updates.look_further(uow, incident, said.body)
    incident.words = all_written(incident.words, said)
    kind.sharpen(uow, incident, said)
    parts.heard(uow, incident, said, again=True)
    reinforcements.ask_wanted(uow, incident, said.body)
    incident.repeats += 1
    if incident.repeats_at is None:
        told = incident.repeats_told_at or now - BETWEEN_REPEATS
        incident_timers.set_repeats(incident, max(now, told + BETWEEN_REPEATS))
    if incident.next_wave_at is not None and incident.last_wave_at is not None:
        soon = max(now, incident.last_wave_at + BETWEEN_WAVES)
        incident_timers.set_next_wave(incident, min(incident.next_wave_at, soon))
    if said.body:
        relay.to_officers(uow, incident, said)
    return incident


def add_words(uow: UnitOfWork, incident: Incident, said: Reading, spot: Spot | None = None) -> None:
    """Write any other text of the person who asked on the timeline, and pass it on to everybody who accepted."""
    timeline.record(uow, incident, "said", incident.name, said.body)
    incident.words = all_written(incident.words, said)
    kind.sharpen(uow, incident, said)
    if spot is not None:
        move(uow, incident, spot)
    position_updates.look_further(uow, incident, said.body)
    parts.heard(uow, incident, said)
    reinforcements.ask_wanted(uow, incident, said.body)
    relay.to_officers(uow, incident, said)


def all_written(before: str | None, said: Reading) -> str | None:
    """Return all that the person wrote beside panic words, in order, cut to the length that a later alert has room
    for."""
    return " / ".join(filter(None, (before, said.beside_panic)))[:MOST_WORDS] or None


def move(uow: UnitOfWork, incident: Incident, spot: Spot) -> None:
    """Give an incident another position. If it is better and the difference matters, everybody who knows of the
    incident is told; alerts that have not left are reworded instead."""
    if position_updates.move(uow, incident, spot):
        reworded = waves.reword(uow, incident)
        for alert in alerts.told(uow.db, incident.id):
            if alert.id not in reworded:
                notices.tell_alerted(uow, alert, incident, "officer.better_place")


def look_fresh(
    uow: UnitOfWork, incident: Incident, quiet: bool, code: str | None = None, uncertain: bool = False
) -> None:
    """Let a phone that believes its incident is cancelled see its new panic as a new incident, with a code of its
    own; `code` is that of the uncertain call which it comes of. `uncertain`: silence opened it, and as after the right
    PIN the phone hears nothing of that."""
    code = code or incidents.fresh_code(uow.db, uow.now())
    caller_view.believe_open(incident, code, quiet)
    caller_view.answer_again(incident, None)
    if uncertain:
        return
    notices.answer_citizen(uow, incident, "citizen.received")
    if position_updates.is_hardly_known(uow, incident):
        notices.answer_citizen(uow, incident, "citizen.ask_place")


def say_where_it_stands(uow: UnitOfWork, incident: Incident) -> None:
    """Answer a caller who asks again, at most once a minute: that the incident is open, or who accepted. A phone that
    believes its first incident is cancelled reads only what a new incident's phone would read."""
    answered_at = incident.view.answered_again_at
    if answered_at is not None and uow.now() - answered_at < BETWEEN_REPEATS:
        return
    caller_view.answer_again(incident, uow.now())
    leader = seen_leader(uow, incident)
    if leader is None:
        notices.answer_citizen(uow, incident, "citizen.still_open")
    elif leader.is_desk:
        notices.answer_citizen(uow, incident, "citizen.accepted_desk", **notices.held_by(leader))
    else:
        there = incident.state == incidents.ON_SCENE and not incident.view.dismissed
        notices.answer_citizen(uow, incident, "citizen.arrived" if there else "citizen.accepted", who=leader.title)


def seen_leader(uow: UnitOfWork, incident: Incident) -> Alert | None:
    """Return the leader's alert as far as the phone knows it: None once the phone was dismissed or sees a new
    incident."""
    leader, since = alerts.leader_of(uow.db, incident), incident.view.dismissed_at
    if leader is None or since is None:
        return leader
    heard = incident.view.code == incident.code and leader.answered_at is not None and leader.answered_at <= since
    return leader if heard else None
