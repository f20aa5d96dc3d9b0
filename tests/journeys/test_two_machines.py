"""Two machines that answer each other: a phone that answers by itself gets help a few times a day, and no more."""

from __future__ import annotations

from journeys.city import Pontianak
from sqlalchemy import select

from gateway.core.words.reply_limits import DAY, HELP_A_DAY
from gateway.models import inbound as inbounds
from gateway.models.inbound import Inbound

AUTOMATIC = "sedang rapat, nanti dihubungi kembali"


def unread(city: Pontianak) -> int:
    with city.open() as uow:
        return len(uow.db.scalars(select(Inbound).where(Inbound.state == inbounds.TO_HUMAN)).all())


def test_an_officers_automatic_answer_is_answered_five_times_a_day(city: Pontianak) -> None:
    rina = city.of_barat[0]
    for at in range(30):
        rina.texts(f"{AUTOMATIC} {at}")
    assert len(rina.got) == HELP_A_DAY
    assert len(city.desk_barat.got) == HELP_A_DAY
    assert unread(city) == 30 - HELP_A_DAY, "the desk reads the others on its page"


def test_a_desks_automatic_answer_is_answered_five_times_a_day(city: Pontianak) -> None:
    for at in range(20):
        city.desk_barat.texts(f"{AUTOMATIC} {at}")
    assert len(city.desk_barat.got) == HELP_A_DAY


def test_an_answer_to_nothing_is_explained_five_times_a_day(city: Pontianak) -> None:
    rina = city.of_barat[0]
    for _ in range(20):
        rina.texts("OTW")
    assert len(rina.got) == HELP_A_DAY


def test_the_next_day_begins_anew(city: Pontianak) -> None:
    rina = city.of_barat[0]
    for at in range(6):
        rina.texts(f"{AUTOMATIC} {at}")
    city.clock.at += DAY
    rina.texts(AUTOMATIC)
    assert len(rina.got) == HELP_A_DAY + 1


def test_a_real_act_brings_the_help_back(city: Pontianak) -> None:
    rina = city.of_barat[0]
    for at in range(6):
        rina.texts(f"{AUTOMATIC} {at}")
    rina.texts("HADIR")
    before = len(rina.got)
    rina.texts(AUTOMATIC)
    assert len(rina.got) == before + 1


def test_no_real_answer_is_withheld(city: Pontianak) -> None:
    rina = city.of_barat[0]
    for at in range(10):
        rina.texts(f"{AUTOMATIC} {at}")
    city.budi.texts("TOLONG")
    rina.texts("OK")
    rina.expects_text(city.incident.code)
    got = len(rina.got)
    for _ in range(8):
        rina.texts("TIBA")
    assert len(rina.got) > got, "each real word is answered"


def test_words_of_an_officer_who_goes_reach_the_timeline_whatever_the_budget(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    rina = city.of_barat[0]
    rina.texts("OK")
    for at in range(8):
        rina.texts(f"pelaku lari ke jl ampera bawa pisau {at}")
    assert city.timeline().count("officer_said") == 8


def test_a_citizens_answers_are_in_no_budget(city: Pontianak) -> None:
    for at in range(8):
        city.budi.texts(f"LAPOR lampu jalan mati {at}")
    assert len(city.budi.got) == 8


def test_the_question_about_a_possible_emergency_is_in_no_budget(city: Pontianak) -> None:
    for at in range(8):
        city.desk_barat.texts(f"{AUTOMATIC} {at}")
    city.budi.texts("dia datang lagi")
    city.desk_barat.expects_text("DARURAT")
