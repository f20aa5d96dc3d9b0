"""A line says that a handset was off when the text came: that is no fault of the line, and passes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from journeys.city import Phone, Pontianak
from sqlalchemy import Engine, select

from gateway.carriers.base import Carrier
from gateway.config import Settings
from gateway.core.messages import Answer, Delivery, DeliveryReceipt, Hook, Outcome, Sent, TextIn, TextOut
from gateway.delivery import delivery_receipts
from gateway.models import outbound as outbounds
from gateway.models.attempt import Attempt
from gateway.models.outbound import Outbound
from gateway.models.worker import LineHealth


class SecondLine:
    """Takes every text and keeps it."""

    name, own_numbers, batch = "second", (), 1

    def __init__(self) -> None:
        self.taken: list[TextOut] = []

    def authentic(self, hook: Hook) -> bool:
        return False

    def read_text(self, hook: Hook) -> TextIn:
        raise NotImplementedError

    def read_receipt(self, hook: Hook) -> DeliveryReceipt:
        raise NotImplementedError

    def answer_text(self) -> Answer:
        return Answer()

    def send_texts(self, texts: Sequence[TextOut]) -> Sequence[Sent]:
        self.taken += texts
        return [Sent(Outcome.ACCEPTED, ref=f"second-{text.attempt}") for text in texts]


def attempts(city: Pontianak, phone: Phone) -> list[Attempt]:
    """Every time that the first text to this phone left, oldest first."""
    with city.open() as uow:
        first = select(Outbound.id).where(Outbound.kind == outbounds.TEXT, Outbound.phone == phone.number)
        query = select(Attempt).where(Attempt.outbound_id == first.order_by(Outbound.id).limit(1).scalar_subquery())
        return list(uow.db.scalars(query.order_by(Attempt.id)))


def was_off(city: Pontianak, attempt: Attempt) -> None:
    with city.open() as uow:
        said = DeliveryReceipt(attempt.line, attempt.ref, attempt.id, Delivery.FAILED, absent=True, code="30003")
        delivery_receipts.note(uow, said)
    city.settle()


def bad_lines(city: Pontianak) -> list[str]:
    with city.open() as uow:
        return list(uow.db.scalars(select(LineHealth.line).where(LineHealth.bad_at.is_not(None))))


def test_the_text_comes_again_when_the_phone_may_be_on_again(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    rina = city.of_barat[0]
    was_off(city, attempts(city, rina)[0])
    city.forward(seconds=30)
    assert len(attempts(city, rina)) == 1
    city.forward(seconds=35)
    assert len(attempts(city, rina)) == 2


def test_another_line_tries_at_once(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    second = SecondLine()

    def both(line: Carrier) -> list[Carrier]:
        return [line, second]

    city = Pontianak(engine, settings, tmp_path, lines=both).build()
    city.budi.texts("TOLONG")
    rina = city.of_barat[0]
    was_off(city, attempts(city, rina)[0])
    assert [text.to for text in second.taken] == [rina.number]
    city.of_barat[1].texts("OK")
    assert [text.to for text in second.taken] == [rina.number], "and nobody else's texts change their line"


def test_the_line_is_not_called_gone(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    was_off(city, attempts(city, city.of_barat[0])[0])
    assert bad_lines(city) == []
