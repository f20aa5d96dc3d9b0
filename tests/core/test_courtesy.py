"""What makes a text wait, what never does, and which words are no longer taken for others."""

from __future__ import annotations

import pytest

from gateway.core.words.reading import read
from gateway.core.words.triage import CITIZEN, Panic


@pytest.mark.parametrize(
    "text",
    [
        # politeness and haste around a word
        "polisi kesini pak", "pls polisi", "plis polisi", "gawat pak", "gawat bgt ini pak", "mohon polisi cepat",
        "polisi ke sini penting pak", "tolong ya pak terima kasih", "pak polisi cepat kesini",
        # suffixes
        "malingnya masih di rumah", "tolonglah pak", "tolongin saya", "apinya di dapur", "bantuin pak",
        "polisilah cepat",
        "kebakarannya di gang mawar", "rampoknya bawa motor",
        # the keys that TOLONG and DARURAT stand on, alone
        "865664", "3278728",
        # a verb further on is no favour, and none excuses a crime or haste
        "tolong cepat jemput saya", "tolong bukain pintu kebakaran", "tolong angkat pohon tumbang nimpa rumah",
        "tolong kirim petugas ke gang mawar", "kirim orang ke sini",
        # a lone crime
        "maling", "maling pak", "pak rampok",
        # no errand, plan or thanks excuses a crime, haste or a person in danger
        "tolong saya dirampok besok saya bayar", "tolong cepat jemput di jl ampera", "makasih pak tolong saya dipukul",
        "besok mau dibunuh katanya tolong saya",
    ],
)  # fmt: skip
def test_courtesy_never_weakens_a_cry(text: str) -> None:
    assert isinstance(read(text).meaning, Panic)


@pytest.mark.parametrize(
    "text",
    [
        # squeezed double letters
        "atatua tatizo langu", "nataka kutua", "besok ke kua urus nikah",
        # cry plus "sasa"
        "msaada wa kifedha sasa", "sasa rafiki", "niko sasa",
        # corrections onto real words
        "Lulung datang", "menggelar", "mkanda", "menggelar acara di rumah", "mengajar di sekolah", "saya mencoret nama",
        "nunua mkanda sokoni", "pasangan terbaik di rumah", "evaluasi di kantor", "ada besi di rumah",
        # another language's word
        "gún", "ẹ gún régé",
        # the future and questions without a mark
        "simulasi kebakaran di sekolah besok", "laptop terbakar garansi gak ya", "mau dibakar dmna, d pantai?",
        "besok ada latihan kebakaran di kantor", "alat pemadam api belinya dimana",
        # thanks
        "asante kwa kunisaidia", "makasih pak sudah bantu", "terima kasih sudah menolong kami",
        # please
        "tolong kirim nomor polsek", "tolong infokan jadwal sim", "tolong sampaikan ke pak rt", "bantu doa ya",
        "please send me the form", "nisaidie na namba ya mwalimu",
        # the verb of a favour straight behind a cry, or behind who is asked or asks
        "tolong ambilin payung", "tolong pak ambilkan berkas saya", "bantuin aku ngerjain pr", "tlg dong bilangin mama",
        "minta tolong jagain toko", "kak tolong pinjemin catatan", "tulung ambilakan banyu", "nisaidie kubeba mzigo",
        # laughter, dreams and the news
        "gw dirampok istri haha", "semalam mimpi dikejar buaya", "liat kebakaran di tv",
        # greetings and thanks to the police
        "pagi pak polisi", "selamat siang bapak polisi", "makasih pak polisi cepat sekali datangnya",
    ],
)  # fmt: skip
def test_what_only_sounds_like_a_cry_does_not_ring_officers(text: str) -> None:
    assert read(text).panic is None


@pytest.mark.parametrize(
    "text",
    [
        "ibu saya mau melahirkan ketuban pecah", "anak keselek ga bisa nafas", "suami minum racun",
        "ada ular kobra di kamar", "digigit anjing gila", "odgj ngamuk bawa kayu", "pohon tumbang nimpa rumah",
        "tiang listrik roboh", "anak saya hilang di pasar", "saya ngumpet di lemari", "kejebak di lift",
        "perahu kebalik di kapuas", "anak tenggelam di parit", "bau gas di dapur saya", "asap tebal dari ruko",
        "ulun handak baranak", "ade ular masok dapogh", "omah kobong", "aya oray di kamar", "my son swallowed pills",
        "tree fell on our house", "nyumba inaungua", "mtoto amezama", "kuna nyoka chumbani", "mume ananipiga",
    ],
)  # fmt: skip
def test_every_domain_of_an_emergency_desk_has_its_words(text: str) -> None:
    assert isinstance(read(text).meaning, Panic)


def test_a_keypad_word_counts_only_alone() -> None:
    assert read("AMAN 865664").panic is None
    assert read("kode 865664").panic is None


def test_a_doubled_letter_that_makes_another_word_must_be_typed() -> None:
    assert isinstance(read("anataka kutuua").meaning, Panic)
    assert isinstance(read("anataka kutuuua").meaning, Panic)
    assert not CITIZEN.hear("kutua").tags[0].roles
