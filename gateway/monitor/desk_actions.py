"""ROOM: the actions that a duty desk takes on an incident from its monitor.

Every action takes the locked incident, the user who pressed, and the fields of a form. An action that is not possible
now raises `NotNow`, whose text is the key of the sentence with the reason (`console.not_now.<key>`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import func, select

from gateway import dispatch, notices
from gateway.core.incident_kinds import IncidentKind
from gateway.core.places.spots import Source, Spot, plausible
from gateway.core.policy_groups import Who
from gateway.core.reachability import Way, Why
from gateway.core.words.answers import Reply
from gateway.identity import audit_log, confidants, reachability
from gateway.identity.users import Identity
from gateway.incidents import caller_updates, closing, kind, reinforcements, same_event, timeline, waves
from gateway.incidents.waves import Candidate
from gateway.models import alert as alerts
from gateway.models import caller_view
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models import part as part_rows
from gateway.models import quiet_number as quiet_numbers
from gateway.models import sighting as sightings
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.event import Event
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.models.sighting import Handover, Sighting
from gateway.models.unit import Unit
from gateway.monitor import dossier
from gateway.operations import labelled
from gateway.responses import officer_acts
from gateway.unit_of_work import UnitOfWork

ASKED_FOR = (Who.AMBULANCE, Who.FIRE)
CLICK_M = 50.0  # metres; the radius of a desk's click on the map
Form = Mapping[str, str]
Action = Callable[[UnitOfWork, Identity, Incident, Form], None]


class NotNow(ValueError):  # noqa: N818 - named for its message to the desk
    """The action is not possible now; the text is a key of `console.not_now`."""


def act(uow: UnitOfWork, who: Identity, incident: Incident, action: str, form: Form) -> None:
    """Do the action with this name. Raises KeyError for an unknown one, NotNow for one that is not possible now."""
    do = ALWAYS.get(action) or WHILE_OPEN[action]
    if action in WHILE_OPEN and incident.closed:
        raise NotNow("closed")
    do(uow, who, incident, form)


# --- seeing ---------------------------------------------------------------------------------------------------


def see(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> None:
    """SAYA LIHAT: silence this desk's alarm until something new happens. This accepts nothing."""
    newest = uow.db.scalar(select(func.max(Event.id)).where(Event.incident_id == incident.id)) or 0
    row = sightings.of_desk(uow.db, who.desk, [incident.id]).get(incident.id)
    if row is None:
        row = Sighting(incident_id=incident.id, desk=who.desk)
        uow.db.add(row)
    row.who, row.at, row.event_id = who.name, uow.now(), newest
    timeline.record(uow, incident, "seen", who.name)


def hand_over(uow: UnitOfWork, who: Identity, note: str) -> None:
    """End the shift: show the note on the monitor of the next one."""
    uow.db.add(Handover(desk=who.desk, at=uow.now(), who=who.name, note=note.strip()))
    audit_log.record(uow, who.name, "shift.hand_over", who.unit_name)


# --- answers on behalf of others ------------------------------------------------------------------------------


def answer_for(reply: Reply) -> Action:
    """Return the action that enters an answer which an officer or desk gave by radio.

    The form names the `alert`, or an `officer` who was not asked yet.
    """

    def do(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> None:
        alert = _alert_named(uow, who, incident, form)
        timeline.record(uow, incident, "by_desk", who.name, alert.title)
        officer_acts.act(uow, officer_acts.Duty(incident, alert), reply, entered=True)

    return do


def take(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> None:
    """Accept for the desk: no further wave is asked, and those already asked keep ringing until one of them accepts."""
    alert = _desk_alert(uow, who, incident)
    timeline.record(uow, incident, "by_desk", who.name, alert.title)
    alert.clicked_by = alert.clicked_by if alert.state == alerts.ACCEPTED else who.name
    officer_acts.act(uow, officer_acts.Duty(incident, alert), Reply.ACCEPT, entered=True)


def _alert_named(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> Alert:
    alert = uow.db.get(Alert, _number(form, "alert")) if form.get("alert") else None
    if alert is not None and alert.incident_id == incident.id:
        return alert
    return _alert_of(uow, incident, _officer(uow, who, incident, form))


def _officer(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> Officer:
    officer = uow.db.get(Officer, _number(form, "officer"))
    if officer is None or officer.suspended or not who.sees(officer.unit_id):
        raise NotNow("no_officer")
    if not confidants.around(uow, incident.phone).allows(officer.phone):
        raise NotNow("no_officer")
    return officer


def _alert_of(uow: UnitOfWork, incident: Incident, officer: Officer) -> Alert:
    """Return the newest alert to this officer. If the officer was not asked yet, add one. Raises NotNow."""
    if officer.phone == incident.phone:
        raise NotNow("is_caller")
    known = alerts.newest_for(uow.db, incident.id, officer.phone)
    return known or reinforcements.add(uow, incident, Candidate(officer.phone, officer.language, officer), alerts.SENT)


def _desk_alert(uow: UnitOfWork, who: Identity, incident: Incident) -> Alert:
    """Return the alert to this user's desk; to the topmost desk above the incident for a user of no unit, who sits at
    none below it. Raises NotNow."""
    own = uow.db.get(Unit, who.unit_id) if who.unit_id is not None else None
    circle = confidants.around(uow, incident.phone)
    unit = confidants.desk_for(uow, circle, own if own is not None else _top_desk(uow, incident))
    if unit is None or not unit.phone:
        raise NotNow("no_desk_phone")
    known = alerts.newest_for(uow.db, incident.id, unit.phone)
    if known is not None:
        return known
    return reinforcements.add(
        uow, incident, Candidate(unit.phone, uow.settings.default_language, None, unit), alerts.SENT
    )


def _top_desk(uow: UnitOfWork, incident: Incident) -> Unit | None:
    """Return the topmost unit with a telephone above the incident's place."""
    unit = units.by_id(uow.db, incident.unit_id) or units.topmost(uow.db)
    return next((step for step in reversed(units.chain(uow.db, unit)) if step.phone), None) if unit else None


# --- asking more people ---------------------------------------------------------------------------------------


def ask_officer(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> None:
    """Alert one more officer, on duty or not. Raises NotNow."""
    officer = _officer(uow, who, incident, form)
    if officer.phone == incident.phone:
        raise NotNow("is_caller")
    if not reinforcements.ask(uow, who.name, incident, [Candidate(officer.phone, officer.language, officer)]):
        raise NotNow("all_asked")


def ask_unit(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> None:
    """Alert a unit's desk and all its officers on duty. Raises NotNow."""
    unit = uow.db.get(Unit, _number(form, "unit"))
    if unit is None or not who.sees(unit.id):
        raise NotNow("no_unit")
    if not reinforcements.ask(uow, who.name, incident, reinforcements.of_unit(uow, incident, unit)):
        raise NotNow("all_asked")


def ask_service(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> None:
    """Alert the nearest ambulances or fire brigades, also of a unit above. Raises NotNow."""
    service = next((one for one in ASKED_FOR if one == form.get("service")), None)
    if service is None or not reinforcements.ask_service(uow, who.name, incident, service):
        raise NotNow("no_service")


def ring_wider(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> None:
    """Ask the next wave now. The leader, if there is one, stays the leader."""
    timeline.record(uow, incident, "wider", who.name)
    dispatch.ring_wider(uow, incident)


# --- words and places -----------------------------------------------------------------------------------------


def move(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> None:
    """Move the incident to the place on the map that the desk clicked (degrees WGS 84). Raises NotNow."""
    try:
        lat, lon = (float(form.get(name, "").replace(",", ".")) for name in ("lat", "lon"))
    except ValueError as error:
        raise NotNow("no_place") from error
    if not plausible(lat, lon):
        raise NotNow("no_place")
    timeline.record(uow, incident, "by_desk", who.name)
    caller_updates.move(uow, incident, Spot(lat, lon, CLICK_M, Source.DESK, who.name))


def tell_officers(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> None:
    """Send one text to everybody who was told of the incident and has not declined. Raises NotNow."""
    words, told = _words(form), alerts.told(uow.db, incident.id)
    if not told:
        raise NotNow("nobody_told")
    for alert in told:
        notices.tell_alerted(uow, alert, incident, "officer.from_desk", words=words)
    timeline.record(uow, incident, "told_officers", who.name, words)


def tell_citizen(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> None:
    """The desk writes one text to the phone that asked. Raises NotNow where no text may go there."""
    why = reachability.to_caller_of(uow, incident, Way.WRITE).why
    if why is not None:
        raise NotNow("at_home" if why is Why.AT_HOME else "quiet")
    words = _words(form)
    notices.tell_citizen(uow, incident, "citizen.from_desk", purpose=outbounds.WRITTEN, words=words)
    timeline.record(uow, incident, "told_citizen", who.name, words)


def connect(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> None:
    """We ring the desk's own phone, and key 2 there puts it through to the citizen. Raises NotNow where that phone may
    not ring."""
    if not reachability.to_caller_of(uow, incident, Way.CONNECT).allowed:
        raise NotNow("quiet")
    alert = _desk_alert(uow, who, incident)
    call = waves.call_of(uow, alert, 0, uow.now(), waves.policy_for(uow, incident))
    call.purpose = outbounds.RING_BACK  # it leaves also where the desk has answered
    uow.db.add(call)
    timeline.record(uow, incident, "call_wanted", who.name)
    uow.after_commit.deliver(incident.id)


def unquiet(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> None:
    """The desk lets that phone ring again, and says why: quiet is lifted for the number, and an unanswered question of
    the menu counts as answered. Raises NotNow under duress and after a PIN, where nobody can."""
    if incident.duress or incident.view.dismissed:
        raise NotNow("duress")
    reason = _words(form, "reason")
    quiet_numbers.lift(uow.db, incident.phone, uow.now(), who.name, reason)
    incident.quiet, incident.ring_back = False, True
    caller_view.answer_quiet(incident)
    timeline.record(uow, incident, "quiet_lifted", who.name, reason)
    audit_log.record(uow, who.name, "incident.unquiet", incident.code, reason)
    for alert in alerts.told(uow.db, incident.id):
        notices.tell_alerted(uow, alert, incident, "officer.quiet_lifted")


def note(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> None:
    timeline.record(uow, incident, "note", who.name, _words(form))


def change_kind(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> None:
    """Change what kind of trouble it is, `kind` of the form. Raises NotNow for a kind that does not exist."""
    try:
        chosen = IncidentKind(form.get("kind", ""))
    except ValueError as error:
        raise NotNow("no_kind") from error
    kind.change(uow, incident, chosen, who.name)
    labelled.keep_first_text(uow, incident, who.name)
    audit_log.record(uow, who.name, "incident.kind", incident.code, chosen)


def close(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> None:
    """Close the incident as resolved or false alarm, always with a reason. Raises NotNow."""
    outcome = form.get("outcome", "")
    if outcome not in (incidents.RESOLVED, incidents.FALSE_ALARM):
        raise NotNow("no_outcome")
    end = same_event.close_all if form.get("event") else closing.close
    end(uow, incident, outcome, who.name, _words(form, "reason")[:200])
    audit_log.record(uow, who.name, f"incident.{outcome}", incident.code)


def reopen(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> None:
    """Open an incident again. Raises NotNow as `reopening.reopen` refuses it."""
    if not same_event.reopen_all(uow, incident, who.name):
        raise NotNow("not_reopened")
    audit_log.record(uow, who.name, "incident.reopened", incident.code)


# --- several calls about one thing ----------------------------------------------------------------------------


def relate(kind: str) -> Action:
    """Return the action that links this incident with another (`other`: its code) or splits them again.

    The timeline of each names the other.
    """

    def do(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> None:
        other = dossier.find(uow, who, form.get("other", ""))
        if other is None or other.id == incident.id:
            raise NotNow("no_incident")
        timeline.record(uow, incident, kind, who.name, other.code)
        timeline.record(uow, other, kind, who.name, incident.code)

    return do


def merge(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> None:
    """Make this incident and others (`other`: their codes) one event, which the earliest of them leads; each stays open
    with its own code. Raises NotNow."""
    if part_rows.head_of(uow.db, incident.id) is not None:
        raise NotNow("is_part")
    others = [dossier.find(uow, who, code) for code in form.get("other", "").split()]
    if not others:
        raise NotNow("no_incident")
    for other in sorted((one for one in others if one is not None), key=lambda one: one.id):
        why = same_event.merge(uow, who.name, incident, other)
        if why is not None:
            raise NotNow(str(why))
        audit_log.record(uow, who.name, "incident.merge", incident.code, other.code)


def apart(uow: UnitOfWork, who: Identity, incident: Incident, form: Form) -> None:
    """Say that this incident is something else: it is split out of its event, and officers are asked for it again."""
    same_event.split(uow, who.name, incident)
    audit_log.record(uow, who.name, "incident.apart", incident.code)


def _words(form: Form, name: str = "words") -> str:
    words = " ".join(form.get(name, "").split())
    if not words:
        raise NotNow("no_words")
    return words


def _number(form: Form, name: str) -> int:
    """Return an id from a form; 0, which no row has, for any other text."""
    text = form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


ALWAYS: dict[str, Action] = {
    "note": note,
    "kind": change_kind,
    "link": relate(dossier.LINKED),
    "split": relate(dossier.SPLIT),
    "reopen": reopen,
}
WHILE_OPEN: dict[str, Action] = {
    "seen": see,
    "accept": answer_for(Reply.ACCEPT),
    "decline": answer_for(Reply.DECLINE),
    "en_route": answer_for(Reply.EN_ROUTE),
    "on_scene": answer_for(Reply.ON_SCENE),
    "take": take,
    "ask_officer": ask_officer,
    "ask_unit": ask_unit,
    "ask_service": ask_service,
    "wider": ring_wider,
    "move": move,
    "tell_officers": tell_officers,
    "tell_citizen": tell_citizen,
    "connect": connect,
    "unquiet": unquiet,
    "merge": merge,
    "apart": apart,
    "close": close,
}
NAMES = frozenset(ALWAYS) | frozenset(WHILE_OPEN)
