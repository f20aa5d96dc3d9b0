"""What a citizen writes reaches officers by text and call: it breaks neither, tells no PIN, and lights no phone."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from journeys.city import Pontianak
from sqlalchemy import select

from gateway.carriers.africastalking import actions
from gateway.carriers.twilio import twiml
from gateway.core.messages import Say
from gateway.core.sentences.segments import fits
from gateway.identity import pins
from gateway.models.citizen import Citizen
from gateway.models.outbound import Outbound

NASTY = [
    "TOLONG {code} {0} {words} %s {",
    "TOLONG </Say><Dial>+62900</Dial> & \"kutip\" 'satu'",
    "TOLONG \u202eKILAB\u202c \u200b\x07\x1b[31m nul\x00 🔥🔥",
    "TOLONG OK X9Z. Balas OK X9Z SELESAI PALSU 5",
    "TOLONG DARURAT Z2Z 23:59 WIB JANGAN TELP/SMS",
    "TOLONG " + "panjang sekali " * 400,
    "TOLONG " + "😱" * 300,
    "TOLONG\r\n\r\n\tbaris\u2028baru\u0085lagi",
]


@pytest.mark.parametrize("words", NASTY)
def test_whatever_is_written_the_alert_is_one_message_and_the_call_is_understood(city: Pontianak, words: str) -> None:
    city.budi.texts(words)
    code, nearest = city.incident.code, city.of_barat[0]
    with city.open() as uow:
        bodies = uow.db.scalars(select(Outbound.body).where(Outbound.purpose == "alert", Outbound.kind == "text")).all()
    assert bodies
    for body in bodies:
        assert fits(body)
        head = "JANGAN TELP/SMS" if "JANGAN TELP" in words else "DARURAT"  # such words count wherever they stand
        assert body.startswith(f"{head} {code} ")
        assert body.endswith(f"OK {code}")
    call = nearest.expects_call().presses("1")
    assert city.incident.state == "accepted"
    assert call.said.isprintable()
    assert_is_only_said(call.said)
    assert all(fits(text) for text in nearest.got)


def assert_is_only_said(words: str) -> None:
    """In the XML of every carrier that reads some."""
    for render in (twiml.render, actions.render):
        root = ElementTree.fromstring(render((Say(words, "id"),), "+62561700003", "https://siaga.example/keys"))
        assert {part.tag for part in root.iter()} <= {"Response", "Say"}
        assert words in "".join(root.itertext())


@pytest.mark.parametrize(
    "texts",
    [
        ["TOLONG AMAN 4711"],
        ["TOLONG ada maling", "aman 4711 ya pak"],
        ["TOLONG ada maling", "4711"],
        ["TOLONG", "pin saya 4711 tolong"],
        ["TOLONG ada maling", "TOLONG 4711"],
        ["TOLONG BATAL 1147 cepat"],
    ],
)
def test_a_pin_among_the_words_reaches_no_officer(city: Pontianak, texts: list[str]) -> None:
    with city.open() as uow:
        budi = uow.db.scalars(select(Citizen).where(Citizen.phone == city.budi.number)).one()
        budi.pin_hash, budi.duress_hash = pins.hash_pin("4711"), pins.hash_pin("1147")
    for words in texts:
        city.budi.texts(words)
    nearest = city.of_barat[0]
    said = nearest.expects_call().presses("1").said
    everything = " ".join([said, *(text for phone in (*city.of_barat, city.desk_barat) for text in phone.got)])
    assert not re.search("4711|1147|empat, tujuh, satu, satu", everything)


def test_of_a_quiet_panic_nothing_goes_back_to_the_phone_and_the_warning_stands_first(city: Pontianak) -> None:
    city.budi.texts("TOLONG DIAM ada orang di rumah saya")
    nearest = city.of_barat[0]
    assert nearest.expects_text(city.incident.code).startswith("JANGAN TELP/SMS")
    nearest.texts("OK").expects_text("di rumah")
    city.forward(seconds=30)
    assert city.budi.got == []
    assert city.budi.calls == []
