from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.words import reading
from gateway.core.words.commands import No, Quiet, Report, Role
from gateway.core.words.lexicon import ORDINARY, lists
from gateway.core.words.reading import Meaning, Unclear
from gateway.core.words.triage import CITIZEN, Panic


def read(text: str) -> Meaning:
    return reading.read(text).meaning


def panic_in(text: str, of_officer: bool = False) -> Panic | None:
    read_once = reading.read(text)
    return read_once.officer_panic if of_officer else read_once.panic


LOUD = [
    # nothing but panic words
    "tolong", "TOLONG!!!", "darurat", "panik", "sos", "HELP", "msaada", "bantuan", "tolong tolong",
    "TOLONG POLISI", "110", "112!",
    "911", "999", "113", "118", "119", "polisi", "POLISI CEPAT", "polisi 110", "1 1 0", "１１０", "🆘", "🚨🚨🚨",
    "1️⃣1️⃣0️⃣",
    # stretched, doubled, disguised, scattered
    "TOLOOOONG", "toollloonngg", "T0L0NG", "TO1ONG", "t o l o n g", "T.O.L.O.N.G", "to long", "TOLO NG",
    "S.O.S", "5O5", "H3LP",
    "ＴＯＬＯＮＧ", "to\u200blo\u200bng", "\u202etolong", "tolong2", "D4RUR4T", "tólong", "𝐓𝐎𝐋𝐎𝐍𝐆",
    # misspelt
    "tlg", "tolng", "tlong", "tolnog", "tolomg", "rolong", "darurt", "msada", "nisaidi", "emergenci",
    "selamatken",
    # without spaces
    "tolongadamaling", "tolongsayadirampok", "adamalingtolong", "tolongpakditempatsaya",
    "TOLONGDIJALANAHMADYANI", "helpmeplease",
    # words and places behind, greetings before
    "tolong jl gajah mada 5", "tolong ada maling", "tlg cpt ada rampok", "pak tolong",
    "assalamualaikum pak tolong ada begal",
    "pak polisi tolong", "mohon bantuan", "saya butuh bantuan", "minta tolong",
    "tolong saya di depan ATM BRI",
    "tolong https://maps.app.goo.gl/abc123", "tolong https://www.google.com/maps?q=-0.02,109.34",
    "ya allah tolong", "ya tolong",
    "Help me record the show",
    # a cry further back, with a crime, haste or a person
    "ada maling tolong", "rumah saya kemasukan orang tolong kami", "cepat kesini tolong",
    "orang ini gila tolong saya",
    # crimes with "there is", somebody, haste, or shouted
    "ada maling", "saya dirampok", "anak saya pingsan", "kebakaran cepat", "kebakaran!", "maling maling",
    "ada orang ngamuk bawa parang",
    "istri saya dipukuli", "jangan bunuh saya", "tolong jangan bunuh saya", "tolong tidak aman",
    "polisi ada perampokan",
    # a cry at the very end, behind a place, an excuse or a story
    "jl gajah mada tolong", "pasar flamboyan tolong", "maaf pak tolong", "permisi pak mau minta tolong",
    "rumah kami kebanjiran tolong", "di depan masjid https://maps.google.com/?q=-0.02,109.34 tolong",
    # a crime with where it is or who does it
    "rumah kebakaran", "kebakaran di gang merak", "begal di jl ahmad yani", "maling dirumah saya",
    "maling masuk rumah", "rampok di toko emas", "orang bawa parang", "orang gila ngamuk di pasar",
    "dia mau bunuh saya", "dia bawa pisau", "kena rampok", "api besar", "kecelakaan parah",
    "mobil nabrak motor orangnya berdarah", "fire at the market", "he has a knife", "mtu ana kisu",
    # told by whom it befalls
    "dirampok", "dibegal", "d begal", "di rampok", "saya di pukuli", "mau dibunuh", "mau diperkosa",
    "lokasi saya dirampok di jl ampera", "LAPOR dibegal di jl ampera", "cowok itu ngikutin saya",
    "saya tidak aman", "banyak darah", "SAYADIBEGALDIJLAMPERA", "adaperampokandirumahsaya",
    "nimeshambuliwa na majambazi", "mume wangu anataka kuniua", "im being followed", "kamek dirompak",
    # a crime alone, however politely
    "maling", "kebakaran", "maling pak", "pak maling", "begal pak tolong",
    # what befalls people without anybody's crime
    "anak saya tidak sadar", "ibu saya jatuh tdk sadarkan diri", "bayi saya tidak bernapas",
    "kami terjebak di atap", "saya dalam bahaya", "nyawa saya terancam", "my father is not breathing",
    "gas bocor di dapur", "perahu terbalik di kapuas",
    # whom to send, and hither
    "polisi kesini", "cepat kesini", "call 911", "butuh ambulans", "kirim bantuan ke jl ampera",
    # a crime outweighs the marks of fraud
    "tolong saya dirampok disuruh transfer", "tolong maling ambil pulsa saya",
    # other languages
    "nisaidie tafadhali", "naomba msaada", "kuna wezi nyumbani", "nimevamiwa haraka", "moto kwangu",
    "there is a gunman",
    "someone is following me, hurry", "send police now", "my wife is bleeding", "tolong kamek",
    "ade maleng", "ade orang ngamok",
    "tulungi ulun", "tulung lakas", "ada pancuri", "taimako", "a taimake ni", "e gba mi", "ẹ gbà mí o",
    "nyere m aka",
]  # fmt: skip

NOT_LOUD = [
    "", " ", "???", "👍", "ok", "halo", "selamat pagi pak polisi", "lagi dimana", "besok jadi ikut?",
    "we are under the rubble",
    # a crime denied, asked about, or of the past
    "maling?", "tidak ada maling", "kada ada maling", "bukan kebakaran",
    "motor saya dicuri kemarin", "no fire here",
    # the cry taken back
    "tidak perlu tolong", "jangan tolong", "kada tulung", "tidak usah minta tolong", "bukan darurat",
    "tidak darurat kok",
    "dont need help", "no help needed", "sihitaji msaada", "tidak jadi minta tolong",
    "belum perlu bantuan",
    "gak jadi tolong", "tidak ada orang dirampok kok kemarin", "kebakaran di mana ya?", "rampok di bank?",
    "kemarin ada orang bawa parang",
    # crimes that are none
    "ibu saya masuk rumah sakit", "saya tidak sadar hp ketinggalan", "kami terjebak macet pak",
    # "tolong" as please, with the marks of fraud, advertising or an errand
    "Tolong uangnya di transfer ke rek BCA 123 an Budi", "tolong kirim pulsa 50rb ke nomor ini",
    "tolong isikan pulsa dulu",
    "Tolong kirim kode OTP anda", "tolong klik http://hadiah-undian.example/x",
    "tolong jangan lupa bawa beras", "tolong http://a.example",
    "tolong info syarat skck", "tolong abaikan sms tadi", "bantuan sosial kapan cair",
    "tolong belikan gula", "PROMO 🚨 diskon 50%",
    # cries further back and nothing else
    "lagi dimana? nanti tolong jemput ya", "saya mau nanya soal nomor darurat",
    "can you help with my homework", "beli sos tomat", "need help with homework",
    "berapa nomor darurat", "nanti saya bantu", "bisa bantu?", "jangan panik", "makasih sudah bantu",
    "terima kasih atas bantuan", "thank you for your help", "asante kwa msaada",
    "tolong beli gula di warung", "tolong bilang mama aku pulang telat",
]  # fmt: skip


@pytest.mark.parametrize("text", LOUD)
def test_it_hears_a_panic(text: str) -> None:
    assert isinstance(read(text), Panic)


@pytest.mark.parametrize("text", NOT_LOUD)
def test_it_asks_back_where_no_panic_is_clear(text: str) -> None:
    assert isinstance(read(text), Unclear | No)


@pytest.mark.parametrize("word", sorted(word for word, roles in lists("citizen").items() if Role.CRY in roles))
def test_every_cry_of_every_language_is_enough(word: str) -> None:
    assert isinstance(read(word), Panic)


EVERYDAY = [
    "tolol", "kolong", "bolong", "kotong", "potong", "colong", "golong", "lolong", "gotong", "kosong",
    "sokong", "tolok", "menolong", "ditolong", "penolong", "tulang", "gulung", "tulungagung", "tudung",
    "golongan", "bantul", "membantu", "dibantu", "pembantu", "batu", "buntu", "mantu", "panci", "manik",
    "piknik", "batuan", "banduan", "hantu", "santun", "bantai", "selamat", "selamatan", "diselamatkan",
    "posisi", "polusi", "puisi", "politik", "kelahiran", "pukulan", "panggang", "penerangan", "pencarian",
    "mencari", "terbayar", "mencurigakan", "terorisme", "tembakau", "pembuluh", "along", "too", "tooling",
    "manic", "payday", "rescuer", "vapor", "lapar", "laper", "rapor", "datar", "helper", "hello", "health",
    "sosial", "sosis", "dharau", "gaji",
]  # fmt: skip


@pytest.mark.parametrize("word", EVERYDAY)
def test_an_everyday_word_one_letter_off_is_no_panic(word: str) -> None:
    assert not isinstance(read(word), Panic)


def _mutations(word: str) -> set[str]:
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    missing = {left + right[1:] for left, right in cuts if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    wrong = {left + "x" + right[1:] for left, right in cuts if right}
    added = {left + "x" + right for left, right in cuts}
    return missing | swapped | wrong | added


@pytest.mark.parametrize("word", ["tolong", "darurat", "bantuan", "selamatkan", "emergency", "nisaidie"])
def test_one_wrong_letter_anywhere_is_forgiven(word: str) -> None:
    ordinary = {form for form, roles in lists("citizen").items() if ORDINARY in roles}
    missed = {typo for typo in _mutations(word) - ordinary if not isinstance(read(typo), Panic)}
    assert missed == set()


@pytest.mark.parametrize(
    ("text", "words", "quiet"),
    [
        ("TOLONG", "", False),
        ("tolong, jl Gajah Mada 5", "jl Gajah Mada 5", False),
        ("tolong tolong! Ada Maling.", "Ada Maling.", False),
        ("tolongadamaling", "adamaling", False),
        ("TOLONG, 110?", "", False),
        ("polisi tolong di pasar", "di pasar", False),
        ("maling di jl gajah mada tolong", "maling di jl gajah mada tolong", False),
        ("TOLONG DIAM", "", True),
        ("tolongdiam", "", True),
        ("tolong diam di rumah", "di rumah", True),
        ("tolong! diam-diam ada rampok", "ada rampok", True),
        ("sos diem", "", True),
        ("help quiet", "", True),
        ("msaada kimya", "", True),
        ("110 diam", "", True),
        ("polisi diam", "", True),
        ("rampok diam", "rampok diam", True),
        ("tolong rampok diam", "rampok diam", True),
        ("diam tolong", "", True),
        ("tolong orangnya diam saja", "orangnya diam saja", False),
        ("tolong jangan diam", "jangan diam", False),
        ("tolong jangan telepon, dia di sini", "dia di sini", True),
        ("tolong jgn hubungi saya", "saya", True),
        ("help dont call", "", True),
        ("tolong diyam", "", True),
    ],
)
def test_it_tells_what_follows_and_whether_to_stay_quiet(text: str, words: str, quiet: bool) -> None:
    assert read(text) == Panic(words, quiet)


@pytest.mark.parametrize(
    "text",
    ["diam", "DIAM!", "diiiam", "diam diam", "kimya", "quiet", "orang diam", "xyzzy diam"],
)
def test_quiet_without_a_panic_word_is_only_quiet(text: str) -> None:
    assert read(text) == Quiet()


@pytest.mark.parametrize("text", ["diam pak", "diam ya pak", "DIAM K7Q", "jangan telepon saya", "kimya kimya"])
def test_a_wish_for_silence_said_to_somebody_is_not_asked_back(text: str) -> None:
    assert read(text) == Quiet()


@pytest.mark.parametrize("text", ["jangan diam", "tidak diam", "dia orangnya memang diam"])
def test_not_every_word_of_silence_asks_for_it(text: str) -> None:
    assert read(text) == Unclear()


@pytest.mark.parametrize(
    "text",
    [
        "LAPOR ada maling di rumah saya tolong",
        "lapor pak saya dirampok",
        "LAPOR kebakaran cepat",
        "LAPOR ada orang minta tolong di sungai",
        "LOKASI tolong jl gajah mada",
        "lokasi saya ada rampok di dalam",
        "DAFTAR tolong",
        "daftar darurat",
    ],
)
def test_a_cry_in_the_free_words_of_a_command_is_never_lost(text: str) -> None:
    assert isinstance(read(text), Panic)


def test_a_report_of_a_crime_without_haste_or_victim_stays_a_report() -> None:
    assert read("LAPOR ada maling di pasar") == Report("ada maling di pasar")


def test_the_panic_half_alone_reads_past_any_command() -> None:
    assert panic_in("DAFTAR tolong saya dirampok#1#2") == Panic("DAFTAR tolong saya dirampok#1#2")
    assert panic_in("AMAN 1234") is None
    assert panic_in("") is None


@pytest.mark.parametrize(
    "text",
    ["pelaku lari ke jl ampera bawa pisau", "motor dirampas di gang merak", "di tkp butuh ambulans"],
)
def test_what_officers_tell_of_crimes_and_places_is_no_panic_of_theirs(text: str) -> None:
    assert panic_in(text) is not None
    assert panic_in(text, of_officer=True) is None


@pytest.mark.parametrize("text", ["tolong saya ditembak", "saya ditembak", "jl ampera tolong", "kami diserang", "sos"])
def test_an_officers_own_cry_is_a_panic(text: str) -> None:
    assert panic_in(text, of_officer=True) is not None


@given(st.text(max_size=300))
def test_no_text_makes_it_raise(text: str) -> None:
    assert read(text) is not None
    assert panic_in(text) is None or isinstance(panic_in(text), Panic)


@given(
    st.lists(st.integers(1, 6), min_size=6, max_size=6),
    st.sampled_from(["", ".", "!", "\u200b", "\u00ad"]),
    st.booleans(),
    st.sampled_from(["", " jl ahmad yani 12", ", di pasar flamboyan", " pak", "\nkel. benua melayu darat"]),
)
def test_a_stretched_cry_is_one_however_it_is_dressed(runs: list[int], sign: str, upper: bool, behind: str) -> None:
    cry = "".join(letter * times for letter, times in zip("tolong", runs, strict=True))
    cry = cry.upper() if upper else cry
    assert isinstance(read(cry + sign + behind), Panic)


@given(st.lists(st.sampled_from(EVERYDAY), min_size=1, max_size=8))
def test_everyday_words_never_add_up_to_a_panic(words: list[str]) -> None:
    assert panic_in(". ".join(dict.fromkeys(words))) is None


def test_the_lists_name_only_roles_that_somebody_reads() -> None:
    named = {role for roles in lists("citizen").values() for role in roles}
    assert named == {*Role, ORDINARY}


def test_a_very_long_text_is_read_in_a_moment() -> None:
    assert isinstance(read("tolongadasaya" * 3000), Panic)
    assert CITIZEN.hear("xy" * 25_000).tags[0].roles == frozenset()
