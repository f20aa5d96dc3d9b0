"""Write an incident as a CAP 1.2 alert (OASIS Common Alerting Protocol), and several as an Atom feed of them.

https://docs.oasis-open.org/emergency/cap/v1.2/CAP-v1.2-os.html. `outside.card` decides what may leave: of a caller who
hides there is neither number nor words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

from gateway.core.incident_kinds import IncidentKind
from gateway.core.sentences.phrases import say
from gateway.models import incident as incidents
from gateway.monitor import outside
from gateway.monitor.card import Card

CAP, ATOM = "urn:oasis:names:tc:emergency:cap:1.2", "http://www.w3.org/2005/Atom"
CAP_TYPE, ATOM_TYPE = "application/cap+xml", "application/atom+xml"
NOT_CONTACT = "do-not-contact"
ALONE = "Do not contact the person: no call, no text, no reply."
RESTRICTED = "For services that take part in the response; not for the public."
CATEGORIES: Mapping[IncidentKind, str] = {
    IncidentKind.CRIME: "Security",
    IncidentKind.DOMESTIC_VIOLENCE: "Security",
    IncidentKind.FIRE: "Fire",
    IncidentKind.ACCIDENT: "Rescue",
    IncidentKind.MEDICAL: "Health",
    IncidentKind.WATER: "Rescue",
    IncidentKind.ANIMAL: "Safety",
    IncidentKind.MENTAL_HEALTH: "Health",
    IncidentKind.PUBLIC_ORDER: "Security",
    IncidentKind.UNKNOWN: "Other",
}
TAKEN_BACK = (incidents.FALSE_ALARM, incidents.CANCELLED)  # outcomes that cancel the alert


def alert(card: Card, public_url: str, language: str) -> bytes:
    """Return the alert of one incident as it stands now: Alert while nothing has happened, then Update, and Cancel once
    it was none."""
    told, sender = outside.card(card), f"siaga@{urlsplit(public_url).hostname}"
    kind = _message_kind(card)
    lonely = bool(told["do_not_contact"])
    root = ElementTree.Element("alert", {"xmlns": CAP})
    _add(root, "identifier", identifier(card))
    _add(root, "sender", sender)
    _add(root, "sent", stamp(_moved(card)))
    _add(root, "status", "Exercise" if card.drill else "Actual")
    _add(root, "msgType", kind)
    _add(root, "scope", "Restricted")
    _add(root, "restriction", RESTRICTED)
    if lonely:
        _add(root, "code", NOT_CONTACT)
    if kind != "Alert":
        _add(root, "references", f"{sender},{_first(card)},{stamp(card.opened_at)}")
    info = ElementTree.SubElement(root, "info")
    event = say(f"console.kind.{card.kind}", language)
    over = card.closed_at is not None
    _add(info, "language", language)
    _add(info, "category", CATEGORIES[card.kind])
    _add(info, "event", event)
    _add(info, "responseType", "AllClear" if over else "Assess")
    _add(info, "urgency", "Past" if over else "Immediate")
    _add(info, "severity", "Unknown" if card.kind == IncidentKind.UNKNOWN else "Severe")
    _add(info, "certainty", "Possible" if card.uncertain else "Likely")
    _add(info, "senderName", card.unit or "Siaga")
    _add(info, "headline", f"{card.code} {event}")
    _add(info, "description", _words(told))
    _add(info, "instruction", ALONE if lonely else "")
    for name, value in _parameters(card, told, lonely).items():
        parameter = ElementTree.SubElement(info, "parameter")
        _add(parameter, "valueName", name)
        ElementTree.SubElement(parameter, "value").text = value
    _area(info, card, told)
    return _written(root)


def feed(cards: Sequence[Card], now: datetime, here: str, address: Callable[[Card], str]) -> bytes:
    """Return the Atom feed (RFC 4287) at the URL `here`; `address` gives an alert's URL."""
    root = ElementTree.Element("feed", {"xmlns": ATOM})
    _add(root, "id", here)
    _add(root, "title", "Siaga")
    _add(root, "updated", stamp(max(map(_moved, cards), default=now)))
    ElementTree.SubElement(root, "link", {"rel": "self", "type": ATOM_TYPE, "href": here})
    _add(ElementTree.SubElement(root, "author"), "name", "Siaga")
    for card in cards:
        entry = ElementTree.SubElement(root, "entry")
        _add(entry, "id", f"urn:siaga:{_first(card)}")
        _add(entry, "title", f"{card.code} {card.tone_word}")
        _add(entry, "updated", stamp(_moved(card)))
        ElementTree.SubElement(entry, "link", {"type": CAP_TYPE, "href": address(card)})
        _add(entry, "summary", identifier(card))
    return _written(root)


def identifier(card: Card) -> str:
    """Return the identifier of this message: another one whenever something happened with the incident."""
    return f"{_first(card)}-{card.newest}" if _message_kind(card) != "Alert" else _first(card)


def stamp(at: datetime) -> str:
    """Return a time in the form that CAP asks for, in which UTC is written "-00:00"."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}-00:00"


def _message_kind(card: Card) -> str:
    if card.state in TAKEN_BACK:
        return "Cancel"
    return "Alert" if card.state == incidents.OPEN else "Update"


def _first(card: Card) -> str:
    return f"{card.code}-{card.opened_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _moved(card: Card) -> datetime:
    """Return when the incident last came further."""
    return max([card.opened_at, *(step.at for step in card.steps)])


def _words(told: Mapping[str, object]) -> str:
    said = told["said"]
    return " / ".join(one["words"] for one in said) if isinstance(said, list) else ""


def _parameters(card: Card, told: Mapping[str, object], lonely: bool) -> dict[str, str]:
    found = {"code": card.code, "state": card.state, "do_not_contact": "true" if lonely else "false"}
    phone = told["phone"]
    return found | ({"caller": str(phone)} if phone and not lonely else {})


def _area(info: ElementTree.Element, card: Card, told: Mapping[str, object]) -> None:
    area, where = ElementTree.SubElement(info, "area"), card.where
    shown = told["where"]
    place = str(shown["place"]) if isinstance(shown, dict) else ""
    ElementTree.SubElement(area, "areaDesc").text = place or card.unit or "unknown"
    if where is not None:
        _add(area, "circle", f"{where.lat:.6f},{where.lon:.6f} {where.radius_m / 1000:.3f}")


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    """Add an element with this text; none without a text."""
    if text:
        ElementTree.SubElement(parent, name).text = "".join(_readable(text))


def _readable(text: str) -> Iterator[str]:
    """Yield the letters that XML 1.0 can hold."""
    return (letter for letter in text if letter.isprintable() or letter in "\n\t")


def _written(root: ElementTree.Element) -> bytes:
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
