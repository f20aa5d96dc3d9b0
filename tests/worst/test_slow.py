"""One slow number, one slow carrier: nobody else waits for them."""

from __future__ import annotations

import time

from worst.company import texts
from worst.processes import eventually
from worst.town import BUDI, DESK, SITI, Town, officer, wave_one

ELSEWHERE = [f"+25471200000{n}" for n in range(3)]


def test_one_number_that_the_carrier_sits_on_delays_nobody(town: Town) -> None:
    town.build().start_all()
    slow = officer(0)
    town.twilio.entrance.shut(lambda asked: asked.value("To") == slow)
    town.text(sender=BUDI)
    eventually(3, lambda: set(town.alerts()) == wave_one() - {slow})
    town.text(sender=SITI)
    eventually(3, lambda: all(town.alerts()[phone] == 2 for phone in wave_one() - {slow}))


def test_a_carrier_that_hangs_delays_no_other_incident_on_another(town: Town) -> None:
    """A hundred phones on a line that takes everything and answers nothing; then somebody else needs help."""
    crowd = [officer(n) for n in range(100)]
    town.unit("BARAT", DESK, crowd, policy="all_at_once").citizens("BARAT", BUDI)
    town.unit("KENYA", "+254712000009", ELSEWHERE).citizens("KENYA", SITI)
    town.settings["ROUTES"] = "+62=twilio;+254=africastalking"
    town.start_all()
    town.twilio.entrance.shut()
    town.text(sender=BUDI)
    eventually(5, lambda: len(town.twilio.entrance.held) >= 60)

    started = time.monotonic()
    town.text(sender=SITI)
    eventually(3, lambda: all(town.alerts()[phone] for phone in ELSEWHERE))
    assert time.monotonic() - started < 3


def test_texts_of_a_carrier_that_hangs_go_to_the_next_one(town: Town) -> None:
    town.build().start_all()
    town.twilio.entrance.shut(texts)
    town.text()
    eventually(14, lambda: {text.to for text in town.africastalking.texts} >= wave_one())
    assert max(town.alerts().values()) == 1
