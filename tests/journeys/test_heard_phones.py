"""Reports prove nothing: what proves a phone is that its human answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from journeys.city import Pontianak
from sqlalchemy import select

from gateway.carriers.failover import Switchboard
from gateway.core.messages import Answer, Delivery, DeliveryReceipt, Hook, Outcome, Sent, TextIn, TextOut
from gateway.delivery import delivery_receipts
from gateway.models import heard_phone
from gateway.models.heard_phone import HeardPhone
from gateway.models.officer import Officer
from gateway.register import phone_checks


def heard(city: Pontianak, number: str) -> HeardPhone | None:
    with city.open() as uow:
        return heard_phone.of(uow.db, [number]).get(number)


def ask_for_proof(city: Pontianak, number: str) -> bool:
    with city.open() as uow:
        asked = phone_checks.ask(uow, number, "id")
    city.settle()
    return asked


def test_a_word_that_comes_back_and_a_key_prove_an_officers_phone(city: Pontianak) -> None:
    officer = city.of_barat[0]
    assert ask_for_proof(city, officer.number)
    word = officer.expects_text("uji nomor Anda", "Balas OK").split("OK ")[1][:4]
    officer.texts(f"OK {word}")
    officer.expects_text("terbukti")
    officer.expects_call(saying="uji telepon").presses("7")
    known = heard(city, officer.number)
    assert known is not None
    assert (known.text_line, known.call_line) == ("simulator", "simulator")
    assert known.is_proven(city.clock.at - timedelta(minutes=1))
    assert city.incidents == []


def test_a_wrong_word_and_another_key_prove_nothing(city: Pontianak) -> None:
    officer = city.of_barat[0]
    ask_for_proof(city, officer.number)
    word = officer.expects_text("uji nomor Anda").split("OK ")[1][:4]
    officer.texts(f"OK {(int(word) + 1) % 10_000:04}")
    officer.expects_call().presses("1")
    known = heard(city, officer.number)
    assert known is not None
    assert (known.text_at, known.call_at) == (None, None)


def test_a_phone_is_not_tested_twice_at_once(city: Pontianak) -> None:
    assert ask_for_proof(city, city.of_barat[0].number)
    assert not ask_for_proof(city, city.of_barat[0].number)


def test_every_real_answer_is_a_proof_too(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    by_key, by_text, silent = city.of_barat[:3]
    by_text.texts(f"TOLAK {city.incident.code}")
    by_key.expects_call().presses("1")
    texted, keyed = heard(city, by_text.number), heard(city, by_key.number)
    assert texted is not None
    assert keyed is not None
    assert (texted.text_line, texted.call_at) == ("simulator", None)
    assert (keyed.call_line, keyed.text_at) == ("simulator", None)
    assert heard(city, silent.number) is None


def test_who_was_never_heard_from_is_listed_first_and_asked_all_the_same(city: Pontianak) -> None:
    officer = city.of_barat[0]
    ask_for_proof(city, officer.number)
    officer.expects_call().presses("7")
    with city.open() as uow:
        known = {row.phone for row in phone_checks.unheard(uow)}
    assert officer.number not in known
    assert city.of_barat[1].number in known
    city.clock.at += timedelta(days=32)
    with city.open() as uow:
        assert phone_checks.unheard(uow)[-1].phone == officer.number
        assert uow.db.scalar(select(Officer.suspended).where(Officer.phone == officer.number)) is False
    city.budi.texts("TOLONG")
    assert {city.of_barat[1].number} <= city.asked(1)


# --- a carrier that lies ---


class Liar:
    """Reports every text as delivered, and loses two of five."""

    name, own_numbers, batch = "liar", (), 1

    def __init__(self, city: Pontianak, loses: Collection[int] = (1, 3)) -> None:
        self.city, self.taken, self.loses = city, 0, loses
        self.reports: list[TextOut] = []

    def authentic(self, hook: Hook) -> bool:
        return False

    def read_text(self, hook: Hook) -> TextIn:
        raise NotImplementedError

    def read_receipt(self, hook: Hook) -> DeliveryReceipt:
        raise NotImplementedError

    def answer_text(self) -> Answer:
        return Answer()

    def send_texts(self, texts: Sequence[TextOut]) -> Sequence[Sent]:
        for text in texts:
            self.taken += 1
            if self.taken % 5 not in self.loses:
                self.city.handsets.deliver(f"liar-{text.attempt}", "+6256100110", text, report=False)
            self.reports.append(text)
        return [Sent(Outcome.ACCEPTED, ref=f"liar-{text.attempt}") for text in texts]

    def lies(self) -> None:
        told, self.reports = self.reports, []
        for text in told:
            with self.city.open() as uow:
                said = DeliveryReceipt("liar", f"liar-{text.attempt}", text.attempt, Delivery.DELIVERED)
                delivery_receipts.note(uow, said)


def test_no_incident_is_without_an_alerted_human_though_every_report_lies(city: Pontianak) -> None:
    simulator = city.house.lines.named("simulator")
    assert simulator is not None
    liar = Liar(city)
    city.house.lines = Switchboard([liar, simulator])
    everybody = [*city.of_barat, *city.of_kota, city.desk_barat, city.desk_polres, city.desk_kota, city.desk_polda]
    unheard = []
    for number in range(5):
        city.citizen(f"+6281395000{number:03}", f"Warga {number}", unit=city.barat, lat=-0.02, lon=109.3).texts(
            "TOLONG"
        )
        liar.lies()
        for _ in range(3):
            city.forward(seconds=10)
            liar.lies()
        newest = city.incidents[-1]
        told = any(newest.code in text for phone in everybody for text in phone.got)
        rung = {alert.phone for alert in city.alerts() if alert.incident_id == newest.id}
        if not told and not any(phone.calls for phone in everybody if phone.number in rung):
            unheard.append(newest.code)
    assert liar.taken > 10
    assert unheard == []


def test_alert_calls_go_on_though_the_text_is_reported_as_delivered(city: Pontianak) -> None:
    simulator = city.house.lines.named("simulator")
    assert simulator is not None
    liar = Liar(city, loses=range(5))
    city.house.lines = Switchboard([liar, simulator])
    city.budi.texts("TOLONG")
    liar.lies()
    city.forward(seconds=30)
    assert city.of_barat[0].got == []
    assert city.of_barat[0].calls
    assert city.incident.wave > 1
