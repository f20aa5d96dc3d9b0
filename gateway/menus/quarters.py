"""The places that a screen offers by number: the kelurahan around the caller's home or station."""

from __future__ import annotations

import json

from gateway.core.places.distance import nearest
from gateway.core.places.gazetteer import Place
from gateway.core.places.spots import Source
from gateway.core.sentences.menu import numbered
from gateway.core.sentences.phrases import say
from gateway.core.sentences.segments import SINGLE, septets, to_gsm
from gateway.location.position_in_text import Reading
from gateway.menus.visit import Visit
from gateway.models.unit import Unit

MOST = 4  # the most places on a screen of 160 characters
WIDEST = 24  # the most septets of a name
QUARTERS = ("kelurahan", "place")  # the levels to offer; the first one with places counts


def offered(visit: Visit, key: str, **facts: object) -> str:
    """Return the list for a screen whose sentence is `key`, cut to the space left; the session remembers the list."""
    places = _around(visit)
    visit.memory["places"] = json.dumps(
        [[place.name, place.lat, place.lon, place.radius_m, place.unit] for place in places]
    )
    if not places:
        return ""
    introduced = visit.say("ussd_text.or_choose") + "\n"
    room = SINGLE - septets(introduced) - septets(to_gsm(say(key, visit.language, places="", **facts)))
    width = min(WIDEST, room // len(places) - len("1 \n"))
    return introduced + numbered([place.name for place in places], width)


def _around(visit: Visit) -> list[Place]:
    everywhere = visit.uow.map_index.places(visit.uow.db).places
    level = next((level for level in QUARTERS if any(place.level == level for place in everywhere)), "")
    places = [place for place in everywhere if place.level == level]
    origin = _origin(visit)
    if origin is None:
        return places[:MOST]
    return [places[index] for index, _ in nearest(origin, [(place.lat, place.lon) for place in places], MOST)]


def _origin(visit: Visit) -> tuple[float, float] | None:
    if visit.caller.home is not None:
        return visit.caller.home
    unit_id = visit.caller.unit_id
    unit = visit.uow.db.get(Unit, unit_id) if unit_id is not None else None
    return (unit.lat, unit.lon) if unit is not None and unit.lat is not None and unit.lon is not None else None


def chosen(visit: Visit, typed: str) -> Reading | None:
    """Return the place whose number was typed, as it was offered; None for anything else."""
    rows = json.loads(visit.memory.get("places", "[]"))
    number = typed.strip()
    if not (number.isascii() and number.isdigit() and len(number) == 1 and 1 <= int(number) <= len(rows)):
        return None
    name, lat, lon, radius, unit = rows[int(number) - 1]
    unit_id = int(unit) if unit is not None else None
    return Reading(lat, lon, radius, Source.PLACE, name, taken_at=visit.uow.now(), place=name, unit_id=unit_id)
