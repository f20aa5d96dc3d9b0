"""Open an incident for a verified number, or let a repeated panic join the one that is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway import notices
from gateway.core.incident_kinds import IncidentKind
from gateway.core.places.spots import Spot
from gateway.core.reachability import is_after_pin
from gateway.core.sentences.phrases import clock_text
from gateway.core.uncertain import AFTER_CLOSING
from gateway.core.words.reading import Reading
from gateway.identity.callers import Caller
from gateway.inbound import in_tray
from gateway.incidents import (
    caller_updates,
    kind,
    position_updates,
    reinforcements,
    same_event,
    silence,
    timeline,
    waves,
)
from gateway.location import jurisdiction, locate
from gateway.models import alert as alerts
from gateway.models import caller_view
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models import unit as units
from gateway.models.base import insert_once
from gateway.models.incident import Incident
from gateway.models.memory import tell
from gateway.unit_of_work import UnitOfWork

USSD_SESSION = timedelta(minutes=3)  # no network keeps one open longer after a key
MOST_DRAWS = 5  # codes that are drawn for one panic before the sweep tries it again


class NoCodeFoundError(Exception):
    """Others drew the same codes in the same moments."""


@dataclass(frozen=True)
class Reported:
    """The facts that another system reports of an alarm beside its words."""

    name: str = ""  # who or what raised it, where its number is on no list
    kind: IncidentKind = IncidentKind.UNKNOWN


@dataclass(frozen=True)
class Opening:
    """The facts with which an incident is opened or joined; see `gateway.dispatch.raise_alarm`."""

    channel: str
    quiet: bool
    said: Reading
    spot: Spot | None
    duress: bool
    uncertain: bool
    code: str | None  # of the uncertain call that it comes of; None: a code is drawn
    sent_at: datetime | None = None  # when the panic was sent, if it came late
    reported: Reported = Reported()


def open_or_join(uow: UnitOfWork, caller: Caller, incident: Incident | None, opening: Opening) -> Incident:
    """Let the panic join `incident`, which is locked, or open one; return it. If two hooks race, the loser joins.
    Raises NoCodeFoundError where none was found: try again later."""
    for _ in range(MOST_DRAWS):
        opened = _write(uow, caller, opening) if incident is None else None
        if opened is not None:
            _open(uow, caller, opened, opening)
            return opened
        # in this very moment another hook opened it, or drew the same code for another phone
        incident = incident or incidents.lock_open_of(uow.db, caller.phone)
        if incident is not None:
            _join(uow, caller, incident, opening)
            return incident
    raise NoCodeFoundError


def _join(uow: UnitOfWork, caller: Caller, incident: Incident, opening: Opening) -> None:
    channel, quiet = opening.channel, opening.quiet
    if not opening.uncertain:
        make_certain(uow, incident, caller.name)
    if channel == "ussd":
        notices.hold_back(uow, incident, uow.now() + USSD_SESSION)
    if opening.duress:
        silence.make_duress(uow, incident)
        silence.dismiss(uow, incident)
        return
    fresh = not incident.is_seen
    caller_updates.repeat(uow, incident, channel, quiet, opening.said, opening.spot)
    _note_age(uow, incident, opening.sent_at)
    if fresh:
        caller_updates.look_fresh(uow, incident, quiet or caller.quiet, opening.code, opening.uncertain)
    elif channel != "ussd":  # the USSD screen answers
        caller_updates.say_where_it_stands(uow, incident)


def make_certain(uow: UnitOfWork, incident: Incident, who: str) -> None:
    """Note that an uncertain incident is an emergency, because `who` says so, and tell everybody who was asked."""
    if not incident.uncertain:
        return
    incident.uncertain = False
    timeline.record(uow, incident, "certain", who)
    reworded = waves.reword(uow, incident)
    for alert in alerts.told(uow.db, incident.id):
        if alert.id not in reworded:
            notices.tell_alerted(uow, alert, incident, "officer.certain")


def _open(uow: UnitOfWork, caller: Caller, incident: Incident, opening: Opening) -> None:
    """Ask the first wave of an incident whose row was written just now, and answer the phone."""
    said = opening.said
    if opening.quiet:
        silence.hold_number(uow, caller.phone)
    timeline.record(uow, incident, "opened", incident.name, said.body)
    _note_age(uow, incident, opening.sent_at)
    if said.quiet_words:
        timeline.record(uow, incident, "quiet", text=", ".join(said.quiet_words))
    if kind.tell(incident, said) or opening.reported.kind is not IncidentKind.UNKNOWN:
        kind.write_down(uow, incident)
    if opening.duress:
        timeline.record(uow, incident, "duress")
        waves.ask_soon(uow, incident)
        position_updates.look_further(uow, incident, said.body)
        return
    _ask_the_same(uow, incident)
    if incident.follows_id is not None or not same_event.counts_with_another(uow, incident, said):
        waves.ask_next(uow, incident)
    reinforcements.ask_wanted(uow, incident, said.body)
    _answer_first(uow, incident)
    position_updates.look_further(uow, incident, said.body)
    position_updates.ask_place(uow, incident, outbounds.NEWS if opening.uncertain else outbounds.FIRST)


def _answer_first(uow: UnitOfWork, incident: Incident) -> None:
    """Tell the phone that officers are called. That silence opened it answers nothing that the phone has just sent. Who
    waits since long ago is asked whether it still holds; not where there is violence at home: another might answer."""
    if incident.uncertain:
        notices.tell_citizen(uow, incident, "citizen.received_unclear", **_sent(uow, incident))
        return
    key = "citizen.received" if incident.sent_at is None or incident.is_at_home else "citizen.received_late"
    came = clock_text(incident.opened_at, units.timezone_of(units.by_id(uow.db, incident.unit_id)))
    notices.tell_citizen(uow, incident, key, purpose=outbounds.FIRST, time=came, **_sent(uow, incident))


def _sent(uow: UnitOfWork, incident: Incident) -> dict[str, str]:
    """Return when a late panic was sent, on the unit's clock, as a fact of a sentence."""
    if incident.sent_at is None:
        return {}
    return {"sent": clock_text(incident.sent_at, units.timezone_of(units.by_id(uow.db, incident.unit_id)))}


def _note_age(uow: UnitOfWork, incident: Incident, sent_at: datetime | None) -> None:
    """Write on the timeline when a panic was sent that came late, also one that joins an open incident."""
    if sent_at is not None:
        at = clock_text(sent_at, units.timezone_of(units.by_id(uow.db, incident.unit_id)))
        timeline.record(uow, incident, "sent_late", incident.name, at)


def _ask_the_same(uow: UnitOfWork, incident: Incident) -> None:
    """Where the last incident of this phone was closed without proof, name it, and ask those who had accepted it before
    the first wave of this one."""
    before = uow.db.get(Incident, incident.follows_id) if incident.follows_id is not None else None
    if before is None:
        return
    timeline.record(uow, incident, "follows", text=before.code)
    timeline.record(uow, before, "follows", text=incident.code)
    went = [alert for alert in alerts.accepted(uow.db, before.id) if not alert.barred]
    people = [waves.Candidate(row.phone, row.language, row.officer, row.desk, row.distance_m) for row in went]
    reinforcements.ask(uow, incident.name, incident, people)


def _write(uow: UnitOfWork, caller: Caller, opening: Opening) -> Incident | None:
    """Write the row of a new incident, with the best position that we have. Return None where the phone has one open
    already, or another hook drew the same code."""
    heard = locate.keep_spot(uow, caller.phone, opening.spot) if opening.spot is not None else None
    fix = locate.position(uow, caller, heard)
    unit = jurisdiction.responsible(uow, fix, caller)
    before = incidents.unproven_of(uow.db, caller.phone, uow.now() - AFTER_CLOSING)
    incident = insert_once(
        uow.db,
        Incident,
        code=opening.code or in_tray.fresh_code(uow, caller.phone),
        uncertain=opening.uncertain,
        phone=caller.phone,
        name=caller.name or opening.reported.name or caller.phone,
        kind=opening.reported.kind if opening.reported.kind is not IncidentKind.UNKNOWN else None,
        language=caller.language or uow.settings.default_language,
        citizen_id=caller.citizen.id if caller.citizen else None,
        officer_id=caller.officer.id if caller.officer else None,
        follows_id=before.id if before is not None else None,
        unit_id=unit.id if unit else None,
        fix_id=fix.id if fix else None,
        told_fix_id=fix.id if fix else None,
        channel=opening.channel,
        words=caller_updates.all_written(None, opening.said),
        quiet=opening.quiet or caller.quiet or opening.duress,
        duress=opening.duress,
        ring_back=caller.ring_back,
        contact=str(caller.contact),
        opened_at=uow.arrived(),
        sent_at=opening.sent_at,
        wave=0,
        repeats=0,
    )
    if incident is None:
        return None
    caller_view.open_view(
        incident,
        dismissed_at=uow.now() if opening.duress else None,
        asked_until=uow.now() + USSD_SESSION if opening.channel == "ussd" else None,
        after_pin=caller.citizen is not None and is_after_pin(caller.citizen.pin_given_at, uow.now()),
    )
    tell(uow.db, alerts.of_incident, incident.id, answer=())  # nobody has been asked
    return incident
