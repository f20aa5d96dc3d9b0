"""Write what we tell people, as outbounds that are owed. Nothing here touches a wire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select, update

from gateway.core import defaults
from gateway.core.line_abilities import ReplyPath
from gateway.core.phone import can_reply, local
from gateway.core.places.neighbourhood import Surroundings
from gateway.core.places.spots import Source, plausible
from gateway.core.reachability import WAY_OF_PURPOSE, Way, Why, way_of
from gateway.core.sentences import phrases
from gateway.core.sentences.ages import how_known_brief
from gateway.core.sentences.alert_text import coordinates
from gateway.core.sentences.phrases import clock_text, say, say_by, shortened, sms, whole
from gateway.core.sentences.pinless import worded
from gateway.core.sentences.place_names import in_brief
from gateway.core.sentences.replying import Answerable, by_line
from gateway.core.words.pinwords import hide_pins
from gateway.identity import confidants, pins, reachability
from gateway.models import caller_view, policy_rule
from gateway.models import fix as fixes
from gateway.models import outbound as outbounds
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.citizen import Citizen
from gateway.models.fix import Fix
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

# The pause between texts that were held back: texts that leave at the same moment arrive in any order.
IN_ORDER = timedelta(seconds=1)
# How long a text is worth sending, by its purpose; in our queue and at the carrier. A text to a citizen lights up
# their phone: five minutes later the phone may be in the wrong hands, or wake somebody at night with old news.
CITIZEN_WORTH = timedelta(minutes=5)
WORTH = timedelta(hours=6)
WORTH_OF: dict[str, timedelta] = {
    outbounds.FIRST: CITIZEN_WORTH,
    outbounds.NEWS: CITIZEN_WORTH,
    outbounds.REPLY: CITIZEN_WORTH,
    outbounds.HELP: CITIZEN_WORTH,
    outbounds.WRITTEN: CITIZEN_WORTH,
    outbounds.STRANGER: CITIZEN_WORTH,
    outbounds.VOLUNTEER: CITIZEN_WORTH,
}


# The texts to the person that also name the place which their words named, where there is room for all of it.
PLACED = {"citizen.received": "placed.received", "citizen.more_added": "placed.more_added"}


def owe_text(
    uow: UnitOfWork,
    phone: str,
    body: str,
    *,
    incident: Incident | None = None,
    alert: Alert | None = None,
    to_citizen: bool = False,
    purpose: str = "notice",
    due: datetime | None = None,
    rank: int = outbounds.COURTESY_RANK,
) -> Outbound | None:
    """Owe one text to one number. A number that cannot answer (alphanumeric, short code, our own) gets none: None is
    returned."""
    if not can_reply(phone) or uow.lines.is_own(phone):
        return None
    now = uow.now()
    row = Outbound(
        kind=outbounds.TEXT,
        purpose=purpose,
        lane=outbounds.COURTESY_LANE,
        rank=rank,
        distance_m=0.0,
        phone=phone,
        to_citizen=to_citizen,
        incident_id=incident.id if incident else None,
        alert_id=alert.id if alert else None,
        created_at=now,
        due_at=max(now, due or now),
        expires_at=max(now, due or now) + WORTH_OF.get(purpose, WORTH),
    )
    outbounds.word(row, body, by_line(body, uow.lines.passages(phone)))
    uow.db.add(row)
    if incident is not None:
        uow.after_commit.deliver(incident.id)
    else:
        uow.db.flush()  # gives the id
        uow.after_commit.send(row.id)
    return row


def standing(uow: UnitOfWork, incident: Incident, language: str | None = None) -> dict[str, object]:
    """Return the facts that any sentence about an incident may name: code, name, number, place, how it is known, the
    desk; in words of `language`, else of the person who asked."""
    language = language or incident.language
    fix = uow.db.get(Fix, incident.fix_id) if incident.fix_id else None
    unit = uow.db.get(Unit, incident.unit_id) if incident.unit_id else None
    whose = confidants.desk_for(uow, confidants.around(uow, incident.phone), unit)
    age = fix.age_seconds(uow.now()) if fix else None
    nobody = say("alert.drill_number", language) if incident.drill else ""  # in a drill nobody is to be rung
    return {
        "code": incident.code,
        "name": incident.name,
        "number": nobody or local(incident.phone),
        "place": place_words(uow, fix, language),
        "known": how_known_brief(fix.source, age, fix.radius_m, language) if fix else "",
        "spot": coordinates(fix.lat, fix.lon) if fix else "",
        "unit": unit.name if unit else "",
        "station": nobody or (local(whose.phone) if whose and whose.phone else defaults.EMERGENCY),
        "emergency": nobody or defaults.EMERGENCY,
        "time": clock_text(uow.now(), units.timezone_of(unit)),
    }


class Placed(Protocol):
    """A position: degrees WGS 84, and the name of the place if somebody named one."""

    @property
    def lat(self) -> float: ...
    @property
    def lon(self) -> float: ...
    @property
    def place(self) -> str: ...


def place_words(uow: UnitOfWork, spot: Placed | None, language: str) -> str:
    """Return a position in words for a text message, else its coordinates, else an empty string."""
    if spot is None:
        return ""
    return in_brief(spot.place, around(uow, spot), language)[0] or coordinates(spot.lat, spot.lon)


def around(uow: UnitOfWork, spot: Placed | None) -> Surroundings:
    """Return what the map calls a position: the area that holds it, and the nearest known place."""
    if spot is None or not plausible(spot.lat, spot.lon):
        return Surroundings()
    return uow.map_index.neighbourhood(uow.db).of(spot.lat, spot.lon)


def about(uow: UnitOfWork, incident: Incident, key: str, language: str, **facts: object) -> str:
    """Return a sentence about an incident, as one message, for somebody who comes to it or watches it. Each about a
    drill begins with LATIHAN. Where it names the place, the coordinates follow if there is room for all of it; a place
    that has no name but its coordinates is not told twice."""
    known = standing(uow, incident, language) | _masked(facts)
    told, place, spot = phrases.template(key, language), known.get("place"), known.get("spot")
    drill = f"{say('alert.drill', language)} " if incident.drill else ""

    def by(path: ReplyPath) -> str:
        def fill(plain: Mapping[str, object]) -> str:
            return drill + say_by(path, key, language, **plain)

        if not place or not spot or "{place}" not in told:
            return shortened(fill, known)
        if place == spot:
            return shortened(fill, known | {"place": "" if "{spot}" in told else place})
        both = None if "{spot}" in told else whole(fill, known | {"place": f"{place} {spot}"})
        return both or shortened(fill, known)

    return Answerable(by)


def tell_citizen(
    uow: UnitOfWork, incident: Incident, key: str, *, purpose: str = outbounds.NEWS, **facts: object
) -> None:
    """Owe a sentence to the phone that asked, unless that phone may not be reached. `purpose` is FIRST for the answer
    to a panic, and WRITTEN where a duty desk wrote the words by hand."""
    if may_be_owed(uow, incident, way_of(purpose)):
        _owe_citizen(uow, incident, _to_caller(uow, incident, key, standing(uow, incident) | facts), purpose)


def answer_citizen(uow: UnitOfWork, incident: Incident, key: str, **facts: object) -> None:
    """Owe a sentence that answers what the phone has just sent. A phone that believes the incident is over is answered
    by what it believes (see gateway.responses.pin_cancel)."""
    caller_view.ask(incident, uow.now())
    if not may_be_owed(uow, incident, Way.ANSWER):
        return
    told = standing(uow, incident) | {"code": incident.seen_code} | facts
    _owe_citizen(uow, incident, _to_caller(uow, incident, key, told), outbounds.REPLY)


def _to_caller(uow: UnitOfWork, incident: Incident, key: str, facts: dict[str, object]) -> str:
    """Return a sentence for the phone that asked, with the place that we read in its newest text if there is room, so
    that the person can correct it."""
    has_pin = pins.has_one(uow.db.get(Citizen, incident.citizen_id) if incident.citizen_id is not None else None)
    place = _just_named(uow, incident.phone) if key in PLACED else ""
    there, plain, language = worded(PLACED.get(key, key), has_pin), worded(key, has_pin), incident.language

    def by(path: ReplyPath) -> str:
        named = facts | {"place": place}
        placed = whole(lambda told: say_by(path, there, language, **told), named) if place else None
        return placed or shortened(lambda told: say_by(path, plain, language, **told), facts)

    return Answerable(by)


def _just_named(uow: UnitOfWork, phone: str) -> str:
    """Return the name of the place that the words of this phone's newest message named; "" if they named none, or it
    was no text. A home, a mast or a point on the map is no name that somebody wrote."""
    fix = fixes.newest_of(uow.db, phone)
    if fix is None or fix.source != str(Source.PLACE):
        return ""
    newest = select(Inbound).where(Inbound.phone == phone).order_by(Inbound.id.desc()).limit(1)
    message = uow.db.scalar(newest)
    told_now = message is not None and message.kind == "text" and fix.received_at >= message.received_at
    return fix.place if told_now else ""


def may_be_owed(uow: UnitOfWork, incident: Incident, way: Way) -> bool:
    """Return whether a text to the phone that asked is worth writing down: it may leave now, or once the menu's
    question whether the phone must be quiet is answered."""
    return reachability.to_caller_of(uow, incident, way).why in (None, Why.IN_MENU)


def _owe_citizen(uow: UnitOfWork, incident: Incident, body: str, purpose: str) -> None:
    """Owe a text to the phone that asked. It waits while that phone is in a USSD session that has not said yet whether
    the phone must be quiet."""
    due = incident.view.asked_quiet_until
    owe_text(uow, incident.phone, body, incident=incident, to_citizen=True, purpose=purpose, due=due)


def hold_back(uow: UnitOfWork, incident: Incident, until: datetime) -> None:
    """Hold back all texts to the phone until the given time, because the menu asks whether the phone must be quiet and
    a text would light it up before the answer."""
    caller_view.ask_quiet(incident, until)
    held = (Outbound.incident_id == incident.id, Outbound.to_citizen.is_(True), Outbound.state == outbounds.OWED)
    uow.db.execute(update(Outbound).where(*held, Outbound.due_at < until).values(due_at=until))


def release(uow: UnitOfWork, incident: Incident) -> None:
    """Let the texts leave that were held back, because the phone has answered whether it must be quiet. Texts that may
    not go there stay barred."""
    if incident.view.asked_quiet_until is None:
        return
    caller_view.answer_quiet(incident)
    held = (Outbound.incident_id == incident.id, Outbound.to_citizen.is_(True), Outbound.state == outbounds.OWED)
    query = select(Outbound).where(*held, Outbound.due_at > uow.now()).order_by(Outbound.id).with_for_update()
    for place, row in enumerate(uow.db.scalars(query)):
        row.due_at = uow.now() + place * IN_ORDER
    uow.after_commit.deliver(incident.id)


def hides_number(uow: UnitOfWork, incident: Incident) -> bool:
    """Return whether officers of the incident's unit do not read the numbers of citizens, but are put through."""
    unit = units.by_id(uow.db, incident.unit_id)
    return bool(policy_rule.policy_for(uow.db, unit, incident.opened_at).hide_numbers)


def tell_alerted(
    uow: UnitOfWork,
    alert: Alert,
    incident: Incident,
    key: str,
    *,
    due: datetime | None = None,
    purpose: str = "notice",
    **facts: object,
) -> None:
    """Owe a sentence to an officer or desk that was asked, to leave at `due` (None: now). An officer whose own phone
    must be quiet by now gets none. Where the unit hides numbers, an officer does not read the caller's."""
    if not alert.is_desk and not reachability.to_officer(uow, alert.phone).allowed:
        return
    hides = not alert.is_desk and hides_number(uow, incident)
    hidden: dict[str, object] = {"number": say("officer.number_hidden", alert.language)} if hides else {}
    body = about(uow, incident, key, alert.language, **(hidden | facts))
    owe_text(uow, alert.phone, body, incident=incident, alert=alert, due=due, purpose=purpose)


def held_by(desk: Alert) -> dict[str, str]:
    """Return the facts that tell which desk holds a call, who clicked for it, and that desk's own number."""
    return {"unit": desk.holder, "station": local(desk.phone)}


def _masked(facts: dict[str, object]) -> dict[str, object]:
    """Return the facts with the PINs masked in people's own words."""
    return facts | {"words": hide_pins(str(facts["words"]))} if "words" in facts else facts


def tell_desk(
    uow: UnitOfWork, unit: Unit | None, key: str, incident: Incident | None = None, asker: str = "", **facts: object
) -> Unit | None:
    """Owe a sentence to the desk that hears about this unit's matters and may know of this one; return the unit whose
    desk it is, or None. `asker` is the number (E.164) that it is about, where that is no incident."""
    circle = confidants.around(uow, incident.phone if incident is not None else asker)
    who = confidants.desk_for(uow, circle, unit)
    if who is not None and who.phone:
        language = uow.settings.default_language
        body = (
            sms(key, language, **_masked(facts)) if incident is None else about(uow, incident, key, language, **facts)
        )
        owe_text(uow, who.phone, body, incident=incident)
    return who


def tell(
    uow: UnitOfWork, phone: str, language: str | None, key: str, unit: Unit | None = None, **facts: object
) -> None:
    """Owe a sentence to a number, outside any incident."""
    owe_text(uow, phone, sentence(uow, language, key, unit, **facts), purpose=outbounds.REPLY)


def sentence(uow: UnitOfWork, language: str | None, key: str, unit: Unit | None = None, **facts: object) -> str:
    """Return the sentence that `tell` would owe, for a caller that brings it to a phone in another way."""
    whose = units.desk_of(uow.db, unit)
    known = {
        "emergency": defaults.EMERGENCY,
        "unit": unit.name if unit else (whose.name if whose else ""),
        "station": local(whose.phone) if whose and whose.phone else defaults.EMERGENCY,
        "time": clock_text(uow.now(), units.timezone_of(unit)),
    }
    return sms(key, language or uow.settings.default_language, **(known | facts))


def hush(uow: UnitOfWork, incident: Incident) -> None:
    """Call off every text about this incident that is still owed to the phone that asked."""
    outbounds.call_off(uow.db, Outbound.incident_id == incident.id, Outbound.to_citizen.is_(True))


def hush_number(uow: UnitOfWork, phone: str) -> None:
    """Call off every text that is still owed to this number as a citizen's, whatever it is about."""
    outbounds.call_off(uow.db, Outbound.phone == phone, Outbound.purpose.in_(WAY_OF_PURPOSE))
