"""What a text asks its phone to do is true for the line that brings it, also when another line had to step in."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from journeys.city import Phone, Pontianak
from sqlalchemy import select

from gateway import notices
from gateway.carriers.failover import Switchboard
from gateway.core.filters import PROFILES
from gateway.core.line_abilities import Doors
from gateway.core.messages import Answer, DeliveryReceipt, Hook, Outcome, Sent, TextIn, TextOut
from gateway.core.sentences.phrases import sms
from gateway.core.sentences.segments import segments
from gateway.models.outbound import Outbound

NAME = Doors(answers=False)  # a name as sender: it takes no answer, and there is no number to text or ring


class Foreign:
    """Twilio's second account, as far as texts go: it takes every one, and no reply comes back from Indonesia."""

    name, own_numbers, batch = "twilio-2", ("+14155552671",), 10

    def __init__(self) -> None:
        self.taken: list[TextOut] = []
        self.requests: list[int] = []

    def authentic(self, hook: Hook) -> bool:
        return False

    def read_text(self, hook: Hook) -> TextIn:
        raise NotImplementedError

    def read_receipt(self, hook: Hook) -> DeliveryReceipt:
        raise NotImplementedError

    def answer_text(self) -> Answer:
        return Answer()

    def send_texts(self, texts: Sequence[TextOut]) -> Sequence[Sent]:
        assert len({text.body for text in texts}) == 1
        self.requests.append(len(texts))
        self.taken += texts
        return [Sent(Outcome.ACCEPTED, ref=f"foreign-{text.attempt}") for text in texts]

    def told(self, phone: Phone) -> list[str]:
        return [text.body for text in self.taken if text.to == phone.number]


def goes_by(city: Pontianak, foreign: Foreign | None = None, simulator: Doors | None = None) -> None:
    """From now on the city has these lines; the simulator's numbers are as told."""
    first = city.house.lines.named("simulator")
    assert first is not None
    lines = [first] if foreign is None else [first, foreign]
    city.house.lines = Switchboard(lines, doors={"simulator": simulator} if simulator else None)


@pytest.fixture
def foreign(city: Pontianak) -> Foreign:
    line = Foreign()
    goes_by(city, line)
    return line


def test_an_alert_that_another_line_brings_says_to_which_number_to_answer(city: Pontianak, foreign: Foreign) -> None:
    officer = city.of_barat[0].is_unreachable()
    city.budi.texts("TOLONG")
    code = city.incident.code
    assert city.of_barat[1].last_text.endswith(f"Balas OK {code}")
    (told,) = foreign.told(officer)
    assert told.endswith(f"Balas OK {code} ke 056100110")
    assert segments(told) == 1
    officer.texts(f"OK {code}")  # to that number
    assert city.incident.state == "accepted"


def test_the_record_keeps_the_words_that_left(city: Pontianak, foreign: Foreign) -> None:
    officer = city.of_barat[0].is_unreachable()
    city.budi.texts("TOLONG")
    with city.open() as uow:
        mine = (Outbound.phone == officer.number, Outbound.kind == "text")
        (kept,) = uow.db.scalars(select(Outbound.body).where(*mine))
    assert [kept] == foreign.told(officer)


def test_a_citizen_whose_answer_comes_from_abroad_is_told_where_to_write(city: Pontianak, foreign: Foreign) -> None:
    city.budi.is_unreachable()
    city.budi.texts("TOLONG")
    told = foreign.told(city.budi)[0]
    assert "Balas ke 056100110: AMAN" in told
    assert segments(told) == 1


def test_where_no_answer_can_arrive_an_officer_is_told_to_press_1(city: Pontianak) -> None:
    goes_by(city, simulator=NAME)
    city.budi.texts("TOLONG")
    officer = city.of_barat[0]
    assert officer.last_text.endswith("Tekan 1 saat ditelepon")
    assert "Balas" not in officer.last_text
    officer.expects_call().presses("1")
    assert city.incident.state == "accepted"


def test_where_no_answer_can_arrive_a_citizen_is_asked_for_none(city: Pontianak) -> None:
    goes_by(city, simulator=NAME)
    city.budi.texts("TOLONG")
    received = city.budi.expects_text("DITERIMA")
    assert "Balas" not in received
    assert "Tel 0561700003" in received


def test_nobody_is_told_to_press_a_key_where_no_call_goes(city: Pontianak) -> None:
    foreign, first = Foreign(), city.house.lines.named("simulator")
    assert first is not None
    city.house.lines = Switchboard([first, foreign], {"+62": ["twilio-2"]}, doors={"simulator": NAME})
    city.budi.texts("TOLONG")
    alerts = [text.body for text in foreign.taken if text.body.startswith("DARURAT")]
    assert alerts
    assert [text for text in alerts if not text.endswith("Jawab lewat piket")] == []
    assert city.timeline().count("no_ring") == 1


def test_a_bundle_says_how_its_phone_answers(city: Pontianak) -> None:
    goes_by(city, simulator=NAME)
    people = [city.citizen(f"+62813900001{n}", f"Warga {n}", unit=city.barat, lat=-0.02, lon=109.3) for n in range(3)]
    city.asleep = True
    for someone in people:
        someone.texts("TOLONG")
    city.asleep = False
    city.forward(seconds=3)
    told = city.desk_barat.expects_text("menunggu jawaban Anda")
    assert told.endswith("Tekan 1 saat ditelepon")
    assert all(incident.code in told for incident in city.incidents[1:])


def test_texts_of_the_same_words_still_leave_in_one_request(city: Pontianak, foreign: Foreign) -> None:
    with city.open() as uow:
        for officer in city.of_barat[:3]:
            officer.is_unreachable()
            notices.owe_text(uow, officer.number, sms("officer.hand_not_yours", "id"))
    city.forward(seconds=1)
    assert [text.body.endswith("Balas ke 056100110: TOLAK + kode") for text in foreign.taken] == [True] * 3
    assert foreign.requests == [3]


def test_a_line_with_a_filter_brings_words_that_pass_and_another_brings_them_whole(
    city: Pontianak, foreign: Foreign
) -> None:
    first, officer = city.house.lines.named("simulator"), city.of_barat[0].is_unreachable()
    assert first is not None
    city.house.lines = Switchboard([first, foreign], filters={"simulator": PROFILES["indonesia"]})
    city.budi.texts("TOLONG")
    filtered, whole = city.of_barat[1].last_text, foreign.told(officer)[0]
    assert "081 390 000 001" in filtered
    assert PROFILES["indonesia"].offences(filtered) == []
    assert "081390000001" in whole
    assert "https://" in whole
    assert "<P-IN>" in city.budi.expects_text("DITERIMA") or "AMAN" in city.budi.expects_text("DITERIMA")
