"""/api/v1/cap: incidents for other systems as CAP 1.2, in the order and with the words that the standard allows."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import update

from gateway.core.incident_kinds import IncidentKind
from gateway.models.incident import Incident
from gateway.monitor.cap import ATOM, CAP, CATEGORIES
from gateway.wiring import House
from tests.console.station import CALLER, Clock, act, panic
from tests.console.test_api import ask, key_of

# What CAP 1.2 (OASIS, 2010) asks of an alert: the elements in their order, and the words of closed lists.
ALERT = ("identifier", "sender", "sent", "status", "msgType", "source", "scope", "restriction", "addresses", "code",
         "note", "references", "incidents", "info")  # fmt: skip
INFO = ("language", "category", "event", "responseType", "urgency", "severity", "certainty", "audience", "eventCode",
        "effective", "onset", "expires", "senderName", "headline", "description", "instruction", "web", "contact",
        "parameter", "resource", "area")  # fmt: skip
AREA = ("areaDesc", "polygon", "circle", "geocode", "altitude", "ceiling")
LISTS = {
    "status": {"Actual", "Exercise", "System", "Test", "Draft"},
    "msgType": {"Alert", "Update", "Cancel", "Ack", "Error"},
    "scope": {"Public", "Restricted", "Private"},
    "category": {"Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE",
                 "Other"},
    "responseType": {"Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"},
    "urgency": {"Immediate", "Expected", "Future", "Past", "Unknown"},
    "severity": {"Extreme", "Severe", "Moderate", "Minor", "Unknown"},
    "certainty": {"Observed", "Likely", "Possible", "Unlikely", "Unknown"},
}  # fmt: skip
NEEDED = {"identifier", "sender", "sent", "status", "msgType", "scope", "category", "event", "urgency", "severity",
          "certainty", "areaDesc"}  # fmt: skip
SENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")


def read(app: Flask, code: str, key: str) -> dict[str, str]:
    """The elements of an alert by name, after everything was held to the standard."""
    answer = ask(app, f"/api/v1/cap/{code}", key)
    assert (answer.status_code, answer.mimetype) == (200, "application/cap+xml")
    root = ElementTree.fromstring(answer.data)
    found: dict[str, str] = {}
    for parent, order in (("alert", ALERT), ("info", INFO), ("area", AREA)):
        (element,) = root.iter(f"{{{CAP}}}{parent}")
        names = [each.tag.removeprefix(f"{{{CAP}}}") for each in element]
        assert names == sorted(names, key=order.index)
        found |= {name: (each.text or "").strip() for name, each in zip(names, element, strict=True)}
    for each in root.iter(f"{{{CAP}}}parameter"):
        name, value = each
        found[f"parameter/{name.text}"] = value.text or ""
    assert {name for name, text in found.items() if text} >= NEEDED
    assert all(found[name] in allowed for name, allowed in LISTS.items() if name in found)
    assert SENT.fullmatch(found["sent"])
    assert not re.search(r"[\s,<&]", found["identifier"] + found["sender"])
    assert found["restriction"] if found["scope"] == "Restricted" else True
    return found


def test_a_call_for_help_is_an_alert_until_somebody_comes(app: Flask, home: House, clock: Clock) -> None:
    code, key = panic(home), key_of(home, "Tamu")
    first = read(app, code, key)
    assert (first["msgType"], first["urgency"], first["sent"]) == ("Alert", "Immediate", "2026-11-22T07:00:00-00:00")
    assert (first["category"], first["parameter/state"]) == ("Security", "open")
    assert (first["parameter/do_not_contact"], first["parameter/caller"]) == ("false", CALLER)
    assert first["circle"] == "-0.030000,109.330000 0.030"
    assert "maling" in first["description"]
    clock.move(seconds=30)
    act(home, code, "take")
    later = read(app, code, key)
    assert later["msgType"] == "Update"
    assert later["identifier"] != first["identifier"]
    assert later["references"] == f"{first['sender']},{first['identifier']},{first['sent']}"


def test_what_was_none_is_taken_back(app: Flask, home: House) -> None:
    code, key = panic(home), key_of(home, "Tamu")
    act(home, code, "close", outcome="false_alarm", reason="salah pencet")
    found = read(app, code, key)
    assert (found["msgType"], found["responseType"], found["urgency"]) == ("Cancel", "AllClear", "Past")


@pytest.mark.parametrize("hides", ["quiet", "duress"])
def test_of_who_hides_neither_number_nor_words_leave(app: Flask, home: House, hides: str) -> None:
    code = panic(home, "TOLONG ada maling di Gang Kenanga")
    with home.open_uow() as uow:
        uow.db.execute(update(Incident).where(Incident.code == code).values({hides: True}))
    key = key_of(home, "Tamu")
    found = read(app, code, key)
    assert (found["code"], found["parameter/do_not_contact"]) == ("do-not-contact", "true")
    assert "Do not contact" in found["instruction"]
    for path in (f"/api/v1/cap/{code}", "/api/v1/cap"):
        told = ask(app, path, key).text
        assert not [word for word in (CALLER[3:], "maling", "Kenanga", "Budi") if word in told]


def test_the_feed_lists_what_the_monitor_shows_and_where_each_alert_is(app: Flask, home: House) -> None:
    code, key = panic(home), key_of(home, "Tamu")
    answer = ask(app, "/api/v1/cap", key)
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.data)
    (entry,) = feed.iter(f"{{{ATOM}}}entry")
    names = {each.tag.removeprefix(f"{{{ATOM}}}") for each in entry}
    assert {"id", "title", "updated"} <= names  # what RFC 4287 asks of an entry
    (link,) = entry.iter(f"{{{ATOM}}}link")
    assert (link.get("type"), str(link.get("href")).endswith(f"/api/v1/cap/{code}")) == ("application/cap+xml", True)
    assert (
        list(ElementTree.fromstring(ask(app, "/api/v1/cap", key_of(home, "Rudi")).data).iter(f"{{{ATOM}}}entry")) == []
    )


@pytest.mark.parametrize("path", ["/api/v1/cap", "/api/v1/cap/K7Q"])
def test_nobody_without_a_key_is_told_anything(app: Flask, home: House, path: str) -> None:
    panic(home)
    assert ask(app, path, "siaga_wrong").status_code == 401


def test_another_units_incident_is_not_there(app: Flask, home: House) -> None:
    assert ask(app, f"/api/v1/cap/{panic(home)}", key_of(home, "Rudi")).status_code == 404


def test_every_kind_has_a_category() -> None:
    assert CATEGORIES.keys() == set(IncidentKind)
    assert set(CATEGORIES.values()) <= LISTS["category"]
