from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.words import reading
from gateway.core.words.commands import Apply, Here, Info, Leave, No, Report, Safe, Yes
from gateway.core.words.reading import Meaning, Unclear
from gateway.core.words.triage import Panic


def read(text: str) -> Meaning:
    return reading.read(text).meaning


@pytest.mark.parametrize(
    "text",
    ["YA", "ya", "y", "yaaa", "iya", "Iya pak", "ya benar", "yes", "YES!", "ndiyo", "ndio", "inggih", "aok", "y a"],
)
def test_a_yes_is_heard(text: str) -> None:
    assert read(text) == Yes()


@pytest.mark.parametrize("text", ["ya?", "ya saya mau tanya", "tidak", "no", "ok", "yakin", "hapana"])
def test_not_everything_near_a_yes_is_one(text: str) -> None:
    assert isinstance(read(text), Unclear | No)


@pytest.mark.parametrize(
    ("text", "pin"),
    [
        ("AMAN 1234", "1234"),
        ("aman 12345678", "12345678"),
        ("aman1234", "1234"),
        ("AMAN:1234", "1234"),
        ("Aman, pin 1234", "1234"),
        ("1234 aman", "1234"),
        ("AMAN 12 34", "1234"),
        ("aman １２３４", "1234"),
        ("safe 4711", "4711"),
        ("salama 4711", "4711"),
        ("batal 1234", "1234"),
        ("AMAN K7Q 1234", "1234"),
        ("K7Q aman 1234", "1234"),
        ("aman kode K7Q2 pin 1234", "1234"),
        ("AMAN K7Q", None),
        ("AMAN", None),
        ("amaaan", None),
        ("AMAN 123", None),
        ("AMAN 123456789", None),
        ("aman kok sudah", None),
        ("sudah aman terima kasih pak", None),
        ("saya salah pencet maaf", None),
        ("tidak jadi", None),
        ("ya saya aman", None),
        ("I am safe now", None),
        ("false alarm", None),
        ("niko salama", None),
    ],
)
def test_it_reads_who_says_to_be_safe_and_with_which_pin(text: str, pin: str | None) -> None:
    assert read(text) == Safe(pin)


@pytest.mark.parametrize(
    "text",
    [
        "belum aman",
        "aman?",
        "tidak aman",
        "aman apa tidak ya",
        "not safe",
        "blm aman 1234",
        "selamat",
        "aman sentosa raya",
    ],
)
def test_a_doubtful_safe_is_none(text: str) -> None:
    assert read(text) == Unclear()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("LOKASI jl Gajah Mada 5", "jl Gajah Mada 5"),
        ("lokasi: dkt psr flamboyan", "dkt psr flamboyan"),
        ("LOKASI -0.0263,109.3425", "-0.0263,109.3425"),
        ("lokasi https://maps.app.goo.gl/AbC1", "https://maps.app.goo.gl/AbC1"),
        ("Lokasiii 6PG5X8RF+2M", "6PG5X8RF+2M"),
        ("my location is behind the mosque", "behind the mosque"),
        ("mahali karibu na soko", "karibu na soko"),
    ],
)
def test_it_reads_where_somebody_says_to_be(text: str, place: str) -> None:
    assert read(text) == Here(place)


@pytest.mark.parametrize("text", ["LOKASI", "lokasi?", "lokasi:", "alamat ??"])
def test_a_place_without_a_place_is_unclear(text: str) -> None:
    assert read(text) == Unclear()


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("DAFTAR Budi Santoso#6171014112900001#Jl Tolong 5", ("Budi Santoso", "6171014112900001", "Jl Tolong 5")),
        ("daftar#Budi#617101#Jl A", ("Budi", "617101", "Jl A")),
        ("Daftar  Siti  # 6171 0141 1290 0001 # Gg. Merak #7", ("Siti", "6171014112900001", "Gg. Merak #7")),
        ("DAFTAR Budi#6171014112900001", ("Budi", "6171014112900001", "")),
        ("DAFTAR Budi##Jl A", ("Budi", "", "Jl A")),
        ("DAFTAR Budi", ("Budi", "", "")),
        ("DAFTAR", ("", "", "")),
        ("DAFTAR ###", ("", "", "")),
        ("dftar José#1#ada maling di sini", ("José", "1", "ada maling di sini")),
        ("DAFTAR Budi/6171014112900001/Jl A", ("Budi", "6171014112900001", "Jl A")),
        ("DAFTAR Budi*6171014112900001*Jl A", ("Budi", "6171014112900001", "Jl A")),
        ("DAFTAR <Budi>#<6171014112900001>#<Jl A>", ("Budi", "6171014112900001", "Jl A")),
        ("daftar budi 6171014112900001 jl merdeka 3", ("budi", "6171014112900001", "jl merdeka 3")),
        ("REGISTER Asha#12345678#Kibera", ("Asha", "12345678", "Kibera")),
        ("sajili Asha#12345678#Kibera", ("Asha", "12345678", "Kibera")),
    ],
)
def test_it_reads_an_application_with_whatever_parts_it_has(text: str, form: tuple[str, str, str]) -> None:
    assert read(text) == Apply(*form)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("BATAL DAFTAR 1234", Leave("1234")),
        ("bataldaftar 1234", Leave("1234")),
        ("Batal pendaftaran saya 1234", Leave("1234")),
        ("BATAL DAFTAR", Leave(None)),
        ("unregister 4711", Leave("4711")),
        ("LAPOR ada mobil mencurigakan", Report("ada mobil mencurigakan")),
        ("lapor: Lampu jalan mati", Report("Lampu jalan mati")),
        ("report loud music", Report("loud music")),
        ("INFO", Info()),
        ("info pak", Info()),
        ("LAPOR", Unclear()),
        ("info maling", Unclear()),
        ("daftarkan anak", Unclear()),
    ],
)
def test_it_reads_the_other_commands(text: str, meaning: Meaning) -> None:
    assert read(text) == meaning


NAMES = st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x17F), min_size=1, max_size=12)


@given(NAMES, st.integers(10**15, 10**16 - 1), NAMES)
def test_any_complete_application_comes_back_as_typed(name: str, identity: int, address: str) -> None:
    meaning = read(f"DAFTAR tolong {name}#{identity}#{address} darurat")
    assert isinstance(meaning, Apply)
    assert meaning.national_id == str(identity)
    assert meaning.name.startswith("tolong ")
    assert not isinstance(meaning, Panic)


@given(st.from_regex(r"\A[0-9]{4,8}\Z"), st.sampled_from([" ", "", "  ", ".", "#", ": "]))
def test_any_pin_is_read_however_it_is_set_off(pin: str, gap: str) -> None:
    assert read(f"AMAN{gap}{pin}") == Safe(pin)
