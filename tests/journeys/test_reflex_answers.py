"""Every Indonesian policeman answers every text with "siap": a yes is only a yes to what that phone was last told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from journeys.city import Phone, Pontianak

from gateway.core.intent.about import About, Verdict, about
from gateway.core.intent.facts import AskedFor
from gateway.core.words.answers import Reply
from gateway.core.words.reading import read
from gateway.models import alert as alerts
from gateway.models.incident import Incident

REFLEXES = (
    "siap", "Siap ndan", "siap komandan", "siap pak", "siap bang", "siap salah", "siap 86", "siap laksanakan", "SIAP",
    "siaap", "siap dan", "siap monitor", "86", "86 ndan", "86 pak", "delapan enam", "8 6", "ok", "OK", "ok ndan",
    "oke", "oke pak", "okee", "okey ndan", "ok siap", "ok bang", "ok komandan", "baik", "baik pak", "baik ndan", "ya",
    "iya pak", "terima", "terima kasih", "makasih ndan", "mantap", "laksanakan", "1", "diterima", "monitor ndan",
)  # fmt: skip


@pytest.fixture
def rina(city: Pontianak) -> Phone:
    """The nearest officer, asked to come to Budi."""
    city.budi.texts("TOLONG")
    return city.of_barat[0]


@pytest.fixture
def siti(city: Pontianak) -> Phone:
    """A neighbour of Budi's."""
    return city.citizen("+6281390000002", "Siti", unit=city.barat, lat=-0.02, lon=109.30)


def of(city: Pontianak, phone: Phone) -> Incident:
    found = city.open_incident_of(phone)
    assert found is not None
    return found


def answers(city: Pontianak) -> list[tuple[int, str, str]]:
    """What every incident and every alert says of itself, as far as an answer can change it."""
    taken = [(row.id, row.state, str(row.leader_id)) for row in city.incidents]
    human = (alerts.ACCEPTED, alerts.DECLINED, alerts.STOOD_DOWN)
    return taken + [(row.id, row.state, row.phone) for row in city.alerts() if row.state in human]


def test_there_are_forty_of_them_and_most_are_read_as_a_yes() -> None:
    said = [read(words).answer for words in REFLEXES]
    assert len(set(REFLEXES)) == 40
    assert sum(answer is not None and answer.reply is Reply.ACCEPT for answer in said) >= 25


def test_siap_to_you_need_not_come_takes_over_no_other_emergency(city: Pontianak, siti: Phone, rina: Phone) -> None:
    """The case of the review: she became leader of a duress case five kilometres away."""
    budis = of(city, city.budi)
    city.forward(seconds=1)
    siti.texts("TOLONG")
    other = of(city, siti)
    city.of_barat[1].texts(f"OK {budis.code}")
    rina.expects_text(budis.code, "Anda tidak perlu ke sana")
    rina.texts("siap ndan")
    assert of(city, siti).state == "open"
    assert of(city, siti).leader_id is None
    rina.expects_text(f"{budis.code}: sudah ada yang datang.", f"Menerima {other.code}? Balas OK {other.code}")
    rina.texts(f"OK {other.code}")
    assert of(city, siti).state == "accepted"


def stood_down(city: Pontianak, rina: Phone, code: str) -> None:
    city.of_barat[1].texts(f"OK {code}")
    rina.expects_text("Anda tidak perlu ke sana")


def closed(city: Pontianak, rina: Phone, code: str) -> None:
    rina.texts(f"OK {code}").texts(f"SELESAI {code}")
    rina.expects_text("ditutup")


def declined_and_led(city: Pontianak, rina: Phone, code: str) -> None:
    rina.texts(f"TOLAK {code}")
    city.of_barat[1].texts(f"OK {code}")


def off_and_on_duty(city: Pontianak, rina: Phone, code: str) -> None:
    stood_down(city, rina, code)
    rina.texts("LEPAS").texts("HADIR")


@pytest.mark.parametrize(
    "told", [stood_down, closed, declined_and_led, off_and_on_duty], ids=lambda told: told.__name__
)
def test_after_a_text_that_asks_nothing_no_reflex_takes_anything_though_another_waits(
    city: Pontianak, siti: Phone, told: Callable[[Pontianak, Phone, str], None]
) -> None:
    """Another emergency is waiting for her all the time: without the rule each reflex would take it."""
    rina = city.of_barat[0]
    siti.texts("TOLONG")
    city.forward(seconds=1)
    city.budi.texts("TOLONG")
    city.forward(seconds=3)
    told(city, rina, of(city, city.budi).code)
    before = answers(city)
    for words in REFLEXES:
        rina.texts(words)
    assert answers(city) == before
    assert of(city, siti).leader_id is None


def test_no_real_yes_is_lost(city: Pontianak, rina: Phone) -> None:
    """Whatever is read as a yes is one while she is asked; one story stands for all of them."""
    yes = [words for words in REFLEXES if (said := read(words).answer) is not None and said.reply is Reply.ACCEPT]
    asked = AskedFor(city.incident.code)
    assert {about(Reply.ACCEPT, [asked], asked) for _ in yes} == {Verdict(About.TAKE, asked.code)}
    rina.texts("siap laksanakan")
    assert city.incident.state == "accepted"
    rina.expects_text("MEMIMPIN", city.incident.code)


def test_a_reflex_to_the_closing_is_noted_on_that_incident_and_answered_truly(city: Pontianak, rina: Phone) -> None:
    code = city.incident.code
    rina.texts("OK").texts("SELESAI").texts("siap ndan")
    assert rina.last_text == f"{code} sudah selesai."
    assert city.timeline()[-1] == "officer_said"
    assert city.incident.state == "resolved"


def test_who_declined_and_changes_their_mind_says_so_without_a_code_while_nobody_goes(
    city: Pontianak, rina: Phone
) -> None:
    rina.texts("TOLAK")
    rina.texts("ok ndan")
    assert city.incident.state == "accepted"
    rina.expects_text("MEMIMPIN")


def test_a_yes_with_two_waiting_is_asked_with_both_codes(city: Pontianak, siti: Phone, rina: Phone) -> None:
    siti.texts("TOLONG")
    first, second = city.incidents
    rina.texts("siap")
    assert {row.state for row in city.incidents} == {"open"}
    rina.expects_text("Belum dicatat", f"{second.code}, {first.code}")
    rina.texts(f"siap {first.code}")
    assert city.incidents[0].state == "accepted"


@pytest.mark.parametrize("words", ["OTW", "TIBA", "BANTUAN", "SELESAI"])
def test_a_state_of_who_has_accepted_one_is_about_that_one_whatever_came_since(
    city: Pontianak, siti: Phone, rina: Phone, words: str
) -> None:
    rina.texts("OK")
    siti.texts("TOLONG")
    other = of(city, siti)
    rina.texts(words)
    assert other.leader_id is None
    assert of(city, siti).state == "open"
    assert city.incidents[0].state != "open"


def test_a_bare_no_declines_the_newest_question_and_keeps_what_they_lead(
    city: Pontianak, siti: Phone, rina: Phone
) -> None:
    rina.texts("OK")
    siti.texts("TOLONG")
    rina.texts("0")
    mine = {row.incident_id: row.state for row in city.alerts() if row.phone == rina.number}
    assert mine == {city.incidents[0].id: "accepted", city.incidents[1].id: "declined"}


def test_an_ok_to_a_nudge_is_noted_and_the_ladder_goes_on_all_the_same(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK")
    city.forward(seconds=121)
    rina.expects_text("tanpa kabar")
    due = city.incident.clock_at
    rina.texts("siap ndan")
    assert city.incident.clock_at == due
    assert "said_ok" in city.timeline()
    city.forward(seconds=121)
    assert city.asked(wave=2) != set()


def test_a_text_that_had_not_left_is_not_what_they_answer(city: Pontianak, rina: Phone) -> None:
    """The line stood still while she answered: she cannot have read the second alert."""
    city.of_barat[1].texts("OK")
    rina.expects_text("Anda tidak perlu ke sana")
    city.asleep = True
    siti = city.citizen("+6281390000002", "Siti", unit=city.barat, lat=-0.02, lon=109.30).texts("TOLONG")
    rina.texts("siap")
    city.asleep = False
    assert of(city, siti).leader_id is None


def test_an_officer_who_is_at_home_and_answers_a_closing_raises_nothing(city: Pontianak, rina: Phone) -> None:
    """She is a citizen too: "siap" would be an unclear text, and silence would make it an incident."""
    city.citizen(rina.number, "Rina", unit=city.barat, lat=-0.02, lon=109.30)
    rina.texts("OK").texts("SELESAI").texts("siap ndan")
    city.forward(seconds=90)
    assert len(city.incidents) == 1
