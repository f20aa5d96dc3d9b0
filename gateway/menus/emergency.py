"""Menu item `1`: the panic, raised before the next screen is shown; then screens ask about quiet, place and kind."""

from __future__ import annotations

from gateway import dispatch, notices
from gateway.core.incident_kinds import IncidentKind
from gateway.core.places.spots import Spot
from gateway.core.sentences.phrases import clock_text, say
from gateway.core.words.reading import read
from gateway.incidents import caller_updates, kind, silence
from gateway.location import position_in_text
from gateway.menus import quarters
from gateway.menus.visit import Deed, Facts, Visit
from gateway.models import unit as units
from gateway.models.unit import Unit


def _panic(visit: Visit, typed: str) -> str | None:
    incident = dispatch.raise_alarm(visit.uow, visit.caller, "ussd")
    visit.session.incident_id = visit.row.incident_id = incident.id
    unit = visit.uow.db.get(Unit, incident.unit_id) if incident.unit_id is not None else None
    visit.memory["code"] = incident.seen_code
    visit.memory["time"] = clock_text(visit.uow.now(), units.timezone_of(unit))
    if not incident.seen_quiet:
        return None
    notices.release(visit.uow, incident)
    return "where"


def _hush(visit: Visit, typed: str) -> None:
    incident = visit.incident()
    if incident is not None:
        silence.make_quiet(visit.uow, incident)
        notices.release(visit.uow, incident)


def _unhush(visit: Visit, typed: str) -> None:
    incident = visit.incident()
    if incident is not None:
        silence.may_ring(visit.uow, incident)


def _add(visit: Visit, typed: str) -> None:
    incident = visit.incident()
    if incident is not None:
        spot = position_in_text.read(visit.uow, visit.caller, typed)
        caller_updates.add_words(visit.uow, incident, read(typed), spot)


def _place(visit: Visit, typed: str) -> None:
    incident = visit.incident()
    if incident is not None:
        words, spot = read_place(visit, typed)
        caller_updates.add_words(visit.uow, incident, read(words), spot)


def read_place(visit: Visit, typed: str) -> tuple[str, Spot | None]:
    """Return the place that was meant, and its position if we know it.

    The user types the number of a place on this screen, or words.
    """
    chosen = quarters.chosen(visit, typed)
    if chosen is not None:
        return chosen.place, chosen
    return typed.strip(), position_in_text.read(visit.uow, visit.caller, typed)


def _kind(name: IncidentKind) -> Deed:
    def note(visit: Visit, typed: str) -> None:
        incident = visit.incident()
        if incident is None:
            return
        chosen = say(f"ussd_text.{name}", visit.uow.settings.default_language)
        kind.choose(visit.uow, incident, name, chosen)
        caller_updates.add_words(visit.uow, incident, read(chosen))

    return note


DEEDS: dict[str, Deed] = {
    "panic": _panic,
    "hush": _hush,
    "unhush": _unhush,
    "add": _add,
    "place": _place,
    "crime": _kind(IncidentKind.CRIME),
    "fire": _kind(IncidentKind.FIRE),
    "accident": _kind(IncidentKind.ACCIDENT),
    "medical": _kind(IncidentKind.MEDICAL),
}


def _standing(visit: Visit) -> dict[str, object]:
    return {"code": visit.memory.get("code", ""), "time": visit.memory.get("time", "")}


def _with_places(visit: Visit) -> dict[str, object]:
    return _standing(visit) | {"places": quarters.offered(visit, "ussd.where", **_standing(visit))}


FACTS: dict[str, Facts] = {"quiet": _standing, "where": _with_places, "what": _standing, "sent": _standing}
