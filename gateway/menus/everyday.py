"""The menu of a citizen without an emergency: state, PIN, report, usual place, language, register."""

from __future__ import annotations

from gateway import notices
from gateway.core.languages import CODES
from gateway.core.sentences.phrases import say
from gateway.core.sentences.pinless import worded
from gateway.core.words.commands import is_pin
from gateway.identity import pins
from gateway.inbound import clarifications, unknown_numbers
from gateway.menus import quarters
from gateway.menus.emergency import read_place
from gateway.menus.visit import Deed, Facts, Visit
from gateway.models import inbound as inbounds
from gateway.models import incident as incidents
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.register import applications, phone_commands
from gateway.register.applications import Given
from gateway.responses import pin_cancel, pin_change


def _cancel(visit: Visit, typed: str) -> None:
    """Handle AMAN by menu. The screen shows the answer, even if no text may go to the phone."""
    told = pin_cancel.cancel(visit.uow, visit.caller, typed.strip(), "ussd")
    if not told.key:
        visit.tell("ussd_text.pin_wrong" if _has_pin(visit) else "ussd_text.none")
        return
    clarifications.settle_by_pin(visit.uow, visit.caller, told.key)
    unit = units.by_id(visit.uow.db, told.unit_id)
    visit.memory["text"] = notices.sentence(visit.uow, visit.language, told.key, unit, code=told.code)


def _old_pin(visit: Visit, typed: str) -> None:
    visit.memory["old_pin"] = typed.strip()


def _new_pin(visit: Visit, typed: str) -> None:
    """Handle PIN <old> <new> by menu. The old one is not compared before both are there."""
    old, new = visit.memory.pop("old_pin", ""), typed.strip()
    key = pin_change.FORM
    if is_pin(old) and is_pin(new):
        key = pin_change.change(visit.uow, visit.caller, old, new, "ussd")
    _quote(visit, key)


def _leave(visit: Visit, typed: str) -> None:
    left = phone_commands.take_off(visit.uow, visit.caller, typed.strip(), "ussd")
    _quote(visit, "apply.left" if left else worded("apply.left_not", _has_pin(visit)))


def _tip(visit: Visit, typed: str) -> None:
    kept = phone_commands.keep_report(visit.uow, visit.caller, typed, "ussd")
    visit.row.state, visit.row.unit_id = inbounds.TO_HUMAN, kept.unit_id
    _quote(visit, phone_commands.report_received(visit.caller))


def _usual(visit: Visit, typed: str) -> None:
    citizen = visit.caller.citizen
    if citizen is None:
        visit.tell("ussd_text.not_citizen")
        return
    words, spot = read_place(visit, typed)
    citizen.usual_words = words
    citizen.usual_lat, citizen.usual_lon = (spot.lat, spot.lon) if spot is not None else (None, None)
    citizen.usual_radius_m = spot.radius_m if spot is not None else None
    visit.tell("ussd_text.usual_kept" if spot is not None else "ussd_text.usual_words", place=words)


def _speak(language: str) -> Deed:
    def choose(visit: Visit, typed: str) -> None:
        visit.memory["language"] = language
        for who in (visit.caller.citizen, visit.caller.officer):
            if who is not None:
                who.language = language

    return choose


def _quote(visit: Visit, key: str) -> None:
    """Show on the screen the sentence that would otherwise go by text."""
    unit = phone_commands.unit_of(visit.uow, visit.caller)
    visit.memory["text"] = notices.sentence(visit.uow, visit.language, key, unit)


# --- registering ------------------------------------------------------------------------------------------------


def _name(visit: Visit, typed: str) -> str | None:
    """Store the application from the name on: a caller who is cut off later has applied with what they gave."""
    visit.memory["name"] = typed.strip()
    if _file(visit) or visit.caller.gone:
        applications.believe_applied(visit.uow, visit.caller)
        return None
    _quote(visit, "apply.already")
    return "told"


def _nik(visit: Visit, typed: str) -> None:
    visit.memory["nik"] = typed.strip()
    _file(visit)


def _address(visit: Visit, typed: str) -> None:
    visit.memory["address"] = typed.strip()
    _file(visit)
    _applied(visit, typed)


def _applied(visit: Visit, typed: str) -> None:
    _quote(visit, "apply.received")
    unknown_numbers.answer(visit.uow, visit.caller, "apply.received", phone_commands.unit_of(visit.uow, visit.caller))


def _file(visit: Visit) -> bool:
    given = Given(visit.memory["name"], visit.memory.get("nik", ""), visit.memory.get("address", ""))
    filed = applications.file(visit.uow, visit.caller, given, "ussd")
    if filed is not None:
        filed.language = visit.language
    return filed is not None


DEEDS: dict[str, Deed] = {
    "cancel": _cancel,
    "old_pin": _old_pin,
    "new_pin": _new_pin,
    "leave": _leave,
    "tip": _tip,
    "usual": _usual,
    "name": _name,
    "nik": _nik,
    "address": _address,
    "applied": _applied,
    **{code: _speak(code) for code in CODES},
}


def _has_pin(visit: Visit) -> bool:
    return pins.has_one(visit.caller.citizen)


# --- facts ------------------------------------------------------------------------------------------------------


def _status(visit: Visit) -> dict[str, object]:
    incident = incidents.seen_of(visit.uow.db, visit.caller.phone)
    return {"text": _state_of(visit, incident) if incident is not None else visit.say("ussd_text.none")}


def _state_of(visit: Visit, incident: Incident) -> str:
    """Return the incident's state as this phone may know it: after a PIN it must not learn that an officer comes."""
    leader = visit.uow.db.get(Alert, incident.leader_id) if incident.leader_id is not None else None
    if leader is None or incident.view.dismissed:
        return visit.say("ussd_text.open", code=incident.seen_code)
    by_desk = leader.is_desk and incident.state == incidents.ACCEPTED
    state = "accepted_desk" if by_desk else incident.state
    return visit.say(f"ussd_text.{state}", code=incident.code, who=leader.title, unit=leader.holder)


def _mine(visit: Visit) -> dict[str, object]:
    citizen = visit.caller.citizen
    if citizen is None or not visit.caller.verified_citizen:
        return {"text": visit.say("ussd_text.not_citizen")}
    return {"text": visit.say("ussd_text.registered", name=citizen.person.name)}


def _asks_to(what: str) -> Facts:
    """Return the facts of a screen that asks for the PIN; who has none is not asked for it."""

    def ask(visit: Visit) -> dict[str, object]:
        return {"text": visit.say(f"ussd_text.{'pin' if _has_pin(visit) else 'no_pin'}_{what}")}

    return ask


def _consent(visit: Visit) -> dict[str, object]:
    return {"text": say("consent.text", visit.language)}


def _usual_places(visit: Visit) -> dict[str, object]:
    return {"places": quarters.offered(visit, "ussd.usual")}


FACTS: dict[str, Facts] = {
    "status": _status,
    "pin": _asks_to("cancel"),
    "leave": _asks_to("leave"),
    "pin_old": _asks_to("change"),
    "mine": _mine,
    "consent": _consent,
    "usual": _usual_places,
    "told": lambda visit: {"text": visit.memory.get("text", "")},
}
