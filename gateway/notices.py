"""What we tell people, as rows that are owed. Nothing here touches a wire."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from gateway.core.phone import can_reply, local
from gateway.core.sentences.ages import how_known_brief
from gateway.core.sentences.alert_text import coordinates
from gateway.core.sentences.phrases import clock_text, sms
from gateway.core.words.pinwords import hide_pins
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.fix import Fix
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

EMERGENCY = "110"
IN_ORDER = timedelta(seconds=1)  # between texts that were held back: what leaves at once arrives in any order
WORTH = timedelta(hours=6)  # a notice older than that helps nobody


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
) -> None:
    """Owe one text to one number; one that cannot be answered (alphanumeric, short code, our own) is left alone."""
    if not can_reply(phone) or uow.lines.is_own(phone):
        return
    now = uow.now()
    row = Outbound(
        kind=outbounds.TEXT,
        purpose=purpose,
        phone=phone,
        body=body,
        to_citizen=to_citizen,
        incident_id=incident.id if incident else None,
        alert_id=alert.id if alert else None,
        created_at=now,
        due_at=max(now, due or now),
        expires_at=now + WORTH,
    )
    uow.db.add(row)
    uow.db.flush()
    if incident is not None:
        uow.after_commit.deliver(incident.id)
    else:
        uow.after_commit.send(row.id)


def standing(uow: UnitOfWork, incident: Incident) -> dict[str, object]:
    """What any sentence about an incident may name: code, name, number, place, how it is known, the desk."""
    fix = uow.db.get(Fix, incident.fix_id) if incident.fix_id else None
    unit = uow.db.get(Unit, incident.unit_id) if incident.unit_id else None
    whose = units.desk_of(uow.db, unit)
    age = fix.age_seconds(uow.now()) if fix else None
    return {
        "code": incident.code,
        "name": incident.name,
        "number": local(incident.phone),
        "place": place_words(fix),
        "known": how_known_brief(fix.source, age, fix.radius_m, incident.language) if fix else "",
        "spot": coordinates(fix.lat, fix.lon) if fix else "",
        "unit": unit.name if unit else "",
        "station": local(whose.phone) if whose and whose.phone else EMERGENCY,
        "emergency": EMERGENCY,
        "time": clock_text(uow.now(), unit.timezone if unit else "Asia/Jakarta"),
    }


def place_words(fix: Fix | None) -> str:
    """A position in the fewest words: its name, else its coordinates, else nothing."""
    if fix is None:
        return ""
    return fix.place or coordinates(fix.lat, fix.lon)


def may_tell(incident: Incident) -> bool:
    """Whether the phone that asked may light up and still takes the incident for open."""
    return not (incident.quiet or incident.duress or incident.drill or incident.dismissed_at is not None)


def tell_citizen(uow: UnitOfWork, incident: Incident, key: str, **facts: object) -> None:
    """A sentence to the phone that asked, unless nothing may reach it or it takes the incident for over."""
    if not may_tell(incident):
        return
    _owe_citizen(uow, incident, sms(key, incident.language, **(standing(uow, incident) | facts)))


def answer_citizen(uow: UnitOfWork, incident: Incident, key: str, **facts: object) -> None:
    """A sentence that answers what the phone has just sent; one that takes the incident for over is answered by what it
    believes (see gateway.responses.pin_cancel)."""
    if incident.seen_quiet or incident.drill or not incident.is_seen:
        return
    told = standing(uow, incident) | {"code": incident.seen_code} | facts
    _owe_citizen(uow, incident, sms(key, incident.language, **told))


def _owe_citizen(uow: UnitOfWork, incident: Incident, body: str) -> None:
    """Held back while the phone is in a USSD session that has not said yet whether it must be quiet."""
    owe_text(uow, incident.phone, body, incident=incident, to_citizen=True, purpose="reply", due=incident.hushed_until)


def hold_back(uow: UnitOfWork, incident: Incident, until: datetime) -> None:
    """Its phone is in a USSD session: nothing of ours lights it up before it has said whether it must be quiet."""
    incident.hushed_until = until
    held = (Outbound.incident_id == incident.id, Outbound.to_citizen.is_(True), Outbound.state == outbounds.OWED)
    uow.db.execute(update(Outbound).where(*held, Outbound.due_at < until).values(due_at=until))


def release(uow: UnitOfWork, incident: Incident) -> None:
    """The USSD session is over, or has said that the phone may light up: what was held back leaves now."""
    if incident.hushed_until is None:
        return
    incident.hushed_until = None
    held = (Outbound.incident_id == incident.id, Outbound.to_citizen.is_(True), Outbound.state == outbounds.OWED)
    query = select(Outbound).where(*held, Outbound.due_at > uow.now()).order_by(Outbound.id).with_for_update()
    for place, row in enumerate(uow.db.scalars(query)):
        row.due_at = uow.now() + place * IN_ORDER
    uow.after_commit.deliver(incident.id)


def tell_alerted(uow: UnitOfWork, alert: Alert, incident: Incident, key: str, **facts: object) -> None:
    """A sentence to an officer or desk that was asked, unless that officer hides meanwhile."""
    own = incidents.open_of(uow.db, alert.phone) if not alert.is_desk else None
    if own is not None and own.hushes_phone:
        return
    body = sms(key, alert.language, **(standing(uow, incident) | _masked(facts)))
    owe_text(uow, alert.phone, body, incident=incident, alert=alert)


def _masked(facts: dict[str, object]) -> dict[str, object]:
    """People's own words go on without the PINs in them."""
    return facts | {"words": hide_pins(str(facts["words"]))} if "words" in facts else facts


def tell_desk(
    uow: UnitOfWork, unit: Unit | None, key: str, incident: Incident | None = None, **facts: object
) -> Unit | None:
    """A sentence to the desk that hears about this unit's matters; returns whose desk it was."""
    who = units.desk_of(uow.db, unit)
    if who is not None and who.phone:
        about = standing(uow, incident) if incident is not None else {}
        owe_text(uow, who.phone, sms(key, uow.settings.default_language, **(about | _masked(facts))), incident=incident)
    return who


def tell(
    uow: UnitOfWork, phone: str, language: str | None, key: str, unit: Unit | None = None, **facts: object
) -> None:
    """A sentence to a number, outside any incident."""
    owe_text(uow, phone, sentence(uow, language, key, unit, **facts), purpose="reply")


def sentence(uow: UnitOfWork, language: str | None, key: str, unit: Unit | None = None, **facts: object) -> str:
    """What `tell` would say, for whoever brings it to a phone in another way."""
    whose = units.desk_of(uow.db, unit)
    known = {
        "emergency": EMERGENCY,
        "unit": unit.name if unit else (whose.name if whose else ""),
        "station": local(whose.phone) if whose and whose.phone else EMERGENCY,
        "time": clock_text(uow.now(), unit.timezone if unit else "Asia/Jakarta"),
    }
    return sms(key, language or uow.settings.default_language, **(known | facts))


def hush(uow: UnitOfWork, incident: Incident) -> None:
    """Call off whatever is still owed to the phone that asked: from now on nothing may reach it."""
    outbounds.call_off(uow.db, Outbound.incident_id == incident.id, Outbound.to_citizen.is_(True))
