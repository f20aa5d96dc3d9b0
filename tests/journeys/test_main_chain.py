"""The promise: a panic makes the right phones ring until somebody comes."""

from __future__ import annotations

from journeys.city import Pontianak


def test_a_panic_text_rings_the_nearest_three_and_the_desk_and_the_first_yes_leads(city: Pontianak) -> None:
    city.budi.texts("tolooong ada maling")

    code = city.incident.code
    assert city.asked(wave=1) == {city.desk_barat.number, *(phone.number for phone in city.of_barat[:3])}
    assert code in city.budi.expects_text("DITERIMA")
    for phone in (city.desk_barat, *city.of_barat[:3]):
        phone.expects_text("DARURAT", code)

    city.of_barat[0].expects_call().presses("1")

    assert city.incident.state == "accepted"
    city.budi.expects_text("Bripka Barat 1")
    city.of_barat[1].expects_text(code, "Bripka Barat 1")
    city.forward(seconds=2)
    assert not city.of_barat[1].is_ringing
    city.forward(seconds=60)
    assert city.asked(wave=2) == set()


def test_the_name_and_number_are_spoken_only_after_a_key(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    call = city.of_barat[0].expects_call().answers()
    assert "Budi" not in call.said
    call.presses("1")
    assert "Budi" in call.said
    assert "nol, delapan, satu, tiga" in call.said


def test_the_whole_polres_rings_when_nobody_nearer_answers(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    city.forward(seconds=31)
    assert city.asked(wave=2) == {phone.number for phone in (*city.of_barat[3:], *city.of_kota)}
    city.forward(seconds=30)
    assert city.asked(wave=3) == {city.desk_polres.number}
    city.forward(seconds=60)
    assert city.asked(wave=4) == {city.desk_polda.number}
    city.forward(seconds=60)
    assert city.asked(wave=5) == {
        city.desk_polda.number,
        city.desk_barat.number,
        *(p.number for p in city.of_barat[:3]),
    }
    city.budi.expects_text("110")


def test_a_missed_call_is_a_panic_and_free_for_the_caller(city: Pontianak) -> None:
    call = city.budi.rings()
    assert call is not None
    assert call.outcome == "rejected"
    assert city.incident.channel == "call"
    city.of_barat[0].expects_call()
