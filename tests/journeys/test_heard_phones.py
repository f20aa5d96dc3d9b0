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


# --- the worker tests by itself ---


def were_asked(city: Pontianak) -> list[str]:
    """The officers who were asked to send a word back, the first first."""
    with city.open() as uow:
        query = select(HeardPhone.phone).where(HeardPhone.asked_at.is_not(None))
        return list(uow.db.scalars(query.order_by(HeardPhone.asked_at, HeardPhone.id)))


def days_pass(city: Pontianak, days: float, hour: int = 9) -> None:
    """The day comes, and it is so many o'clock in Pontianak."""
    later = city.clock.at + timedelta(days=days)
    city.clock.at = later.replace(hour=hour - 7, minute=0, second=0)
    city.forward(seconds=61)


def test_a_new_installations_phones_are_tested_one_a_minute_from_the_second_day_on(city: Pontianak) -> None:
    city.forward(seconds=180)
    assert were_asked(city) == []
    days_pass(city, 2)
    before = len(were_asked(city))
    city.forward(seconds=120)
    assert len(were_asked(city)) == before + 2
    while len(were_asked(city)) == before + 2:
        city.forward(seconds=1)
    first = city.phone(were_asked(city)[-1])
    word = first.expects_text("uji nomor Anda").split("OK ")[1][:4]
    first.texts(f"OK {word}")
    first.expects_call(saying="uji telepon").presses("7")
    known = heard(city, first.number)
    assert known is not None
    assert known.is_proven(city.clock.at - timedelta(hours=1))


def test_nobody_is_tested_at_night_off_duty_or_while_they_go_to_an_incident(city: Pontianak) -> None:
    busy, off, *_ = city.of_barat
    city.forward(seconds=61)
    days_pass(city, 2, hour=7)
    assert were_asked(city) == []
    with city.open() as uow:
        uow.db.query(Officer).filter(Officer.phone != busy.number).update({"on_duty": False})
    city.clock.at = city.clock.at.replace(hour=3)
    city.budi.texts("TOLONG")
    busy.texts(f"OK {city.incident.code}")
    city.forward(seconds=120)
    assert were_asked(city) == []
    assert off.untouched


def test_who_answers_alerts_is_not_tested_and_who_answered_nothing_for_a_month_is(city: Pontianak) -> None:
    rina = city.of_barat[0]
    with city.open() as uow:
        uow.db.query(Officer).filter(Officer.phone != rina.number).update({"on_duty": False})
        known = heard_phone.lock(uow.db, rina.number)
        known.text_at = known.call_at = city.clock.at
    city.forward(seconds=61)
    days_pass(city, 27)
    assert were_asked(city) == []
    days_pass(city, 2)
    assert were_asked(city) == [rina.number]
    days_pass(city, 3)
    assert rina.got.count(rina.last_text) == 1, "who does not answer is asked once a week"
    days_pass(city, 5)
    assert len([text for text in rina.got if "uji nomor Anda" in text]) == 2


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
