"""What makes an uncertain call: words of no and yes, the closed list of what needs nobody, phrases that ask for quiet,
signs of need, and the desk's answers."""

from __future__ import annotations

import pytest

from gateway.core.words.commands import No, Safe
from gateway.core.words.occasions import TABLE, Occasion
from gateway.core.words.reading import DeskAnswer, read


@pytest.mark.parametrize(
    "text",
    [
        "tidak",
        "bukan",
        "Bukan pak",
        "no",
        "hapana",
        "gak",
        "maaf salah kirim",
        "bukan darurat",
        "tidak kok pak",
        "bkn, makasih",
    ],
)
def test_a_no_is_a_word_of_no_with_politeness(text: str) -> None:
    assert isinstance(read(text).meaning, No | Safe)


@pytest.mark.parametrize(
    "text",
    [
        "tidak bisa bicara",
        "tidak?",
        "bukan saya tapi tetangga",
        "tidak aman",
        "belum",
        "gak tau",
        "no 5 jl ampera",
        "tidak di rumah",
    ],
)
def test_more_than_a_word_of_no_is_none(text: str) -> None:
    assert not isinstance(read(text).meaning, No | Safe)


@pytest.mark.parametrize(
    "text", ["ya", "iya ini darurat pak", "y cpt", "ya jl ampera no 5", "pak iya", "yes come quick"]
)
def test_a_yes_may_be_followed_by_anything(text: str) -> None:
    assert read(text).says_yes


@pytest.mark.parametrize(
    "text", ["ya terima kasih", "iya bukan", "ya salah kirim", "mrk naik ke atap rmh", "", "besok ya"]
)
def test_what_takes_the_yes_back_or_begins_otherwise_is_no_yes(text: str) -> None:
    assert not read(text).says_yes


OCCASIONS = {
    "selamat pagi pak": Occasion.GREETING,
    "halo": Occasion.GREETING,
    "assalamualaikum": Occasion.GREETING,
    "habari": Occasion.GREETING,
    "terima kasih banyak pak": Occasion.THANKS,
    "makasih pak atas bantuannya": Occasion.THANKS,
    "asante sana": Occasion.THANKS,
    "terima kasih polisi motornya udah ketemu": Occasion.THANKS,
    "alhamdulillah anak saya sudah ketemu terima kasih pak": Occasion.THANKS,
    "met malem pak polisi": Occasion.GREETING,
    "jasa cuci sofa murah bergaransi, garansi 7 hari": Occasion.ADVERT,
    "forward: minum air hangat cegah stroke bagikan": Occasion.CHAIN,
    "Minal aidin wal faizin, mohon maaf lahir dan batin dari kami sekeluarga": Occasion.WISH,
    "selamat natal dan tahun baru pak": Occasion.WISH,
    "happy birthday": Occasion.WISH,
    "Info dari grup sebelah: besok jalan ditutup, sebarkan ke semua teman anda ya": Occasion.CHAIN,
    "Selamat! Nomor anda dpt hadiah undian 100jt, klik http://a.example untuk klaim": Occasion.ADVERT,
    "promo kuota murah, diskon 50% isi pulsa disini": Occasion.ADVERT,
    "Pinjaman mudah proses cepat, hub ARI 081314447669": Occasion.ADVERT,
    "No rekeningnya 5829-01-012786 BRI a/n Budi, transfer Rp 500.000": Occasion.ADVERT,
    "STOP": Occasion.STOP,
    "unsubscribe": Occasion.STOP,
    "Berhenti": Occasion.STOP,
}


@pytest.mark.parametrize("text", OCCASIONS)
def test_the_closed_list_knows_what_needs_nobody(text: str) -> None:
    assert read(text).occasion is OCCASIONS[text]


def test_every_line_of_the_closed_list_has_an_example() -> None:
    assert {occasion for occasion, _ in TABLE} == set(OCCASIONS.values()) == set(Occasion)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pak",
        "woi",
        "?",
        "besok jadi ke rumah nggak",
        "terima kasih pak tapi dia datang lagi",
        "halo pak polisi tolong",
        "selamat pagi pak ada maling",
        "makasih, dia bawa pisau",
        "makasih pak sudah datang, dia masih disini",
        "makasih sudah pergi tapi ada yg ketuk pintu",
        "makasih pak, belum selesai",
        "halo polisi",
        "murah",
        "hub saya di 081314447669",
        "plat KB 1234 XX lari ke jl ampera",
        "ada di jl ampera 5 hub 081314447669 cepat rampok",
        "stop dia mau pukul saya",
        "selamat hari raya, rumah saya kebakaran",
        "sebarkan",
    ],
)
def test_what_may_hide_somebody_in_need_is_not_on_it(text: str) -> None:
    assert read(text).occasion is None


@pytest.mark.parametrize(
    "text",
    [
        "jgn telp, dia ada d rumah",
        "jgn bls, dia dgr",
        "saya sembunyi",
        "anak saya sembunyi di kamar",
        "jangan dulu balas ya",
        "tolong jgn ditelepon",
        "aku ngumpet di lemari",
        "gak bisa ngomong",
        "please dont call me",
        "usinipigie simu",
        "nimejificha",
        "TOLONG DIAM",
        "ada orang masuk rumah, jangan hubungi nomor ini",
    ],
)
def test_a_phrase_that_asks_for_quiet_counts_anywhere(text: str) -> None:
    assert read(text).quiet_words


@pytest.mark.parametrize(
    "text",
    [
        "maling sembunyi di kebun",
        "anak tidak bisa diam",
        "jangan lupa telp ibu",
        "pelakunya sembunyi di gudang",
        "ada orang diam di depan rumah",
    ],
)
def test_what_others_do_asks_for_nothing(text: str) -> None:
    assert not read(text).quiet_words


def test_the_words_that_ask_for_quiet_are_named_as_they_were_typed() -> None:
    assert read("Jgn Bls, dia dgr").quiet_words == ("Bls", "dia dgr")


@pytest.mark.parametrize("text", ["ada maling kah", "cepat", "jgn telp", "gawat", "takut saya", "kemarin ada begal"])
def test_a_sign_of_need_is_noticed_where_it_makes_no_panic(text: str) -> None:
    assert read(text).needs


@pytest.mark.parametrize(
    "text", ["besok jadi ke rumah nggak", "tidak ada maling", "jangan tolong", "minal aidin wal faizin", "pak"]
)
def test_a_text_without_any_sign_of_need_has_none(text: str) -> None:
    assert not read(text).needs


DESK = {
    "DARURAT K7Q": DeskAnswer.EMERGENCY,
    "K7Q darurat": DeskAnswer.EMERGENCY,
    "BUKAN K7Q": DeskAnswer.NO_EMERGENCY,
    "bukan darurat K7Q": DeskAnswer.NO_EMERGENCY,
    "palsu K7Q": DeskAnswer.NO_EMERGENCY,
    "OK K7Q": DeskAnswer.LOOK,
    "siap ndan K7Q": DeskAnswer.LOOK,
    "86 K7Q": DeskAnswer.LOOK,
    "1 K7Q": None,
    "5 K7Q": None,
    "K7Q": None,
    "besok K7Q": None,
}


@pytest.mark.parametrize("text", DESK)
def test_a_desk_answers_an_uncertain_call_in_three_words(text: str) -> None:
    assert read(text, ["K7Q"]).desk_answer is DESK[text]
