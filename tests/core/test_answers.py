from __future__ import annotations

from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.codes import ALPHABET, is_code
from gateway.core.words import answers, reading
from gateway.core.words.answers import OfficerAnswer, Reply
from gateway.core.words.lexicon import ORDINARY, lists
from gateway.core.words.replies import Role


def read(text: str, codes: Collection[str] = ()) -> OfficerAnswer | None:
    return reading.read(text, codes).answer


SAID: dict[Reply, list[str]] = {
    Reply.ACCEPT: [
        "OK", "ok.", "okkk", "oke pak", "SIAP", "siaaap", "s i a p", "siap ndan", "siap 86", "86", "8 6",
        "delapan enam", "1",
        "terima", "diterima komandan", "mohon izin komandan, siap laksanakan", "bripka rina siap", "y",
        "ya",
        "iya pak", "sip",
        "siap segera", "roger", "accepted", "copy that sir", "sawa", "nimekubali", "siap ikut",
        "OK saya ambil",
        "siap2", "siyap 86", "lapan enam",
        "bisa", "saya bisa ndan", "bisa merapat ndan", "saya tangani", "biar saya", "biar sy yg ambil",
        "rojer", "gas ndan", "siap bantu",
    ],
    Reply.EN_ROUTE: [
        "OTW", "otw pak", "2", "menuju", "menuju tkp", "siap meluncur", "meluncurr",
        "izin, merapat ke tkp",
        "jalan", "gerak ndan",
        "dalam perjalanan", "ok saya ke sana", "5 menit lagi tiba", "2 mnt sampai", "hampir sampai",
        "otw 5 mnt 2km",
        "otw, pelaku lari ke pasar", "posisi otw", "berangkat dari polsek lewat jl tanjungpura macet",
        "segera menuju lokasi",
        "going", "on my way, 5 minutes", "omw", "coming", "nakuja", "niko njiani", "aok otw",
        "menuju rt2 rw3",
        "lagi dijalan", "lg di jln ndan", "dlm perjlnan", "gas ke tkp", "bang joko, saya otw",
    ],
    Reply.ON_SCENE: [
        "TIBA", "tiba di tkp", "TKP", "3", "sdh di tkp", "sudah sampai", "izin lapor ndan, tiba di tkp",
        "sampai lokasi", "posisi di tkp",
        "tiba 5 menit lalu", "hadir di tkp", "arrived", "there", "on scene", "nimefika",
        "siap, sudah tiba di lokasi kejadian",
        "sdh bertemu pelapor", "tiba di tkp tapi pelaku kabur",
    ],
    Reply.RESOLVED: [
        "SELESAI", "4", "selesai, pelaku diamankan di polsek", "tuntas ndan", "beres",
        "situasi aman terkendali",
        "sdh selesai di tkp",
        "seleasi", "nihil", "done", "all clear", "imeisha", "kasus selesai",
        "kondusif", "tkp kondusif ndan", "clear", "sdh ditangani", "pelaku diamankan, selesai",
        "korban dibawa ke rs, selesai", "tdk ada apa2",
    ],
    Reply.FALSE_ALARM: [
        "PALSU", "5", "laporan palsu", "tiba di tkp ternyata palsu", "prank pak", "hoax", "salah pencet",
        "false",
        "false alarm", "uongo",
        "laporan tdk benar", "ternyata laporan tdk bnr", "warga salah pencet", "tidak ada kejadian",
    ],
    Reply.DECLINE: [
        "TOLAK", "0", "tidak bisa", "tdk bs", "gak bisa pak lagi di luar kota", "siap tidak bisa",
        "tdk bisa merapat", "maaf tidak bisa, nanti ya",
        "tdk bs, anak sakit", "lepas piket", "jauh pak", "cannot", "can't make it", "unable", "siwezi",
        "kada kawa", "tadak bise", "ga jadi meluncur", "tidak jadi ke tkp", "batal meluncur ndan",
        "saya lagi sakit ndan",
        "lg libur", "saya cuti", "di luar kota", "off", "jgn saya", "lg sakit", "siap, lg di luar kota",
        "gak bisa bantu ndan", "yg lain aja",
    ],
    Reply.BACKUP: [
        "BANTUAN", "bantuan!", "mohon bantuan pelaku bersenjata", "tiba di tkp, butuh bantuan",
        "minta bantuan ndan", "kirim bantuan",
        "bko", "backup", "minta backup", "tiba di tkp, saya ditembak", "sudah di tkp kami diserang",
        "officer down", "need backup", "tidak bisa sendiri, butuh bantuan", "askari zaidi",
        "kirim personil tambahan", "minta ambulans", "mohon tambahan personel", "krm damkar ndan",
    ],
    Reply.ON_DUTY: ["HADIR", "hadir pak", "siap hadir", "hadir piket", "on duty", "niko kazini"],
    Reply.OFF_DUTY: ["LEPAS", "lepas ndan", "turun piket", "off duty", "nimetoka kazini"],
    Reply.POSITION: [
        "POSISI jl gajah mada 5", "posisi: Polsek Selatan", "izin posisi di pasar", "POSISI -0.0263,109.3425",
        "position market",
    ],
}  # fmt: skip

TABLE = [(text, reply) for reply, texts in SAID.items() for text in texts]


@pytest.mark.parametrize(("text", "reply"), TABLE)
def test_it_reads_what_officers_really_text(text: str, reply: Reply) -> None:
    said = read(text)
    assert said is not None
    assert (said.reply, said.code) == (reply, None)


UNCLEAR = [
    "", " ", "???", "👍", "halo", "K7Q", "6", "9", "10", "2 orang",
    # denied: never the opposite
    "belum tiba", "blm tiba", "tdk palsu", "belum selesai", "tidak hadir", "bukan palsu", "ok belum",
    "kada palsu", "sijafika", "not done",
    "not there yet",
    # asked
    "ok siapa yg ke tkp?", "ok?", "otw?", "tkp mana", "minta lokasi", "posisi dimana",
    "siapa yang menuju",
    "who is going", "nani anakuja",
    # doubted, put off
    "ok nanti saya tanya dulu", "ok besok saya libur", "mungkin otw", "kalau bisa saya merapat",
    "tunggu, saya cek", "selesai makan dulu",
    "hampir selesai", "siap piket", "maybe later", "subiri kwanza, nakuja",
    # somebody else, something else
    "pelaku menuju pasar", "korban tidak bisa dihubungi", "pintu tidak bisa dibuka", "uang palsu",
    "rapat selesai", "pelaku lepas", "korban lagi sakit", "pelaku ga jadi datang", "ga jadi tolak", "bantuan ga jadi",
    "saya jaga sampai jam 5", "di jalan gajah mada", "is anyone there", "lepas tembakan",
    "suspect is going to the market",
    # contradicting itself
    "selesai otw pulang", "masih jauh otw", "otw tapi kayaknya palsu", "tolak terima hadir selesai",
    # chatter that begins like a yes
    "ok tapi besok aku mau pergi ke rumah paman di kampung", "ok kamu sudah makan belum", "ya allah", "terima kasih",
    "terima kasih pak",
    # the officer's own panic
    "tolong", "SOS", "🆘", "tolong kirim bantuan", "help", "msaada", "darurat",
    "tolong saya ditembak di tkp",
    # what somebody, or something, can do; what is far from sure
    "bisa apa?", "siapa yang bisa?", "bisa jadi", "bisa jelaskan", "bisa ga ya", "belum bisa", "sore baru bisa",
    "bisa selesai", "tidak bisa ke sana sekarang tapi teman saya bisa", "bisa tapi jauh",
    "biar anggota saya yang ke sana",
    "biar saya tanya dulu", "saya tangani besok", "gas bocor ndan", "bau gas di tkp", "ok sebentar", "86 monitor",
    "siap standby", "siap salah", "iya benar",
    # taken back with a "but"
    "ok ndan tapi lagi di luar kota", "86 tapi macet", "selesai tapi pelaku kabur",
    # done, or not, by somebody else or somewhere else
    "clear kah?", "sdh selesai belum?", "belum kondusif", "masih kondusif", "pasar kondusif",
    "tunggu sampai kondusif",
    "sudah ditangani warga", "sdh ditangani polsek lain", "pelaku diamankan", "pelaku diamankan otw polsek",
    "terima kasih sudah ditangani", "laporan tdk benar?", "laporan tidak benar alamatnya",
    # somebody or something else is away, goes or has come
    "anggota libur", "ada yang sakit", "hp mau off", "korban di luar kota", "besok saya libur", "bripka joko otw",
    "aipda rudi sudah di tkp", "pak budi tidak bisa", "personil tambahan tiba", "tdk perlu ambulans",
    "merapat, sudah di tkp",
    # neither place nor answer
    "posisi", "POSISI?",
]  # fmt: skip


@pytest.mark.parametrize("text", UNCLEAR)
def test_it_takes_nothing_unclear_for_an_answer(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("OK K7Q", OfficerAnswer(Reply.ACCEPT, "K7Q")),
        ("k7q ok", OfficerAnswer(Reply.ACCEPT, "K7Q")),
        ("OK-K7Q", OfficerAnswer(Reply.ACCEPT, "K7Q")),
        ("ok k7q.", OfficerAnswer(Reply.ACCEPT, "K7Q")),
        ("1 K7Q", OfficerAnswer(Reply.ACCEPT, "K7Q")),
        ("K7Q/2", OfficerAnswer(Reply.EN_ROUTE, "K7Q")),
        ("86 k7q9", OfficerAnswer(Reply.ACCEPT, "K7Q9")),
        ("tiba K7Q pelaku kabur", OfficerAnswer(Reply.ON_SCENE, "K7Q", "pelaku kabur")),
        ("TOLAK k7q: sakit", OfficerAnswer(Reply.DECLINE, "K7Q", "sakit")),
        ("bantuan k7q Pelaku Bersenjata.", OfficerAnswer(Reply.BACKUP, "K7Q", "Pelaku Bersenjata.")),
        ("POSISI Polsek Selatan", OfficerAnswer(Reply.POSITION, None, "Polsek Selatan")),
        ("POSISI -0.0263,109.3425", OfficerAnswer(Reply.POSITION, None, "-0.0263,109.3425")),
        (
            "posisi https://maps.google.com/?q=-0.02,109.3",
            OfficerAnswer(Reply.POSITION, None, "https://maps.google.com/?q=-0.02,109.3"),
        ),
        ("otw 2km", OfficerAnswer(Reply.EN_ROUTE, None, "2km")),
    ],
)
def test_it_reads_the_code_and_the_words_behind(text: str, answer: OfficerAnswer) -> None:
    assert read(text) == answer


@pytest.mark.parametrize(
    ("text", "reply", "code"),
    [("OKK7Q", Reply.ACCEPT, "K7Q"), ("k7qotw", Reply.EN_ROUTE, "K7Q"), ("otw 2km", Reply.EN_ROUTE, "2KM")],
)
def test_it_finds_an_open_code_where_no_other_would_be_seen(text: str, reply: Reply, code: str) -> None:
    said = read(text, codes=["A2B", code])
    assert said is not None
    assert (said.reply, said.code) == (reply, code)


def test_an_open_code_comes_before_another_word_of_that_form() -> None:
    said = read("ok a2b k7q", codes=["K7Q"])
    assert said is not None
    assert said.code == "K7Q"


CODES = st.text(ALPHABET, min_size=3, max_size=4).filter(is_code)


@given(st.sampled_from(TABLE), CODES, st.booleans(), st.data())
def test_a_code_anywhere_between_the_words_keeps_the_reply(
    said: tuple[str, Reply], code: str, lower: bool, data: st.DataObject
) -> None:
    text, reply = said
    words = text.split(" ")
    at = data.draw(st.integers(0, len(words)))
    typed = code.lower() if lower else code
    answer = read(" ".join([*words[:at], typed, *words[at:]]), codes=[code])
    assert answer is not None
    assert (answer.reply, answer.code) == (reply, code)


STEPS = [*SAID[Reply.ON_SCENE], *SAID[Reply.RESOLVED], *SAID[Reply.FALSE_ALARM], *SAID[Reply.EN_ROUTE]]
WORDS = [text for text in STEPS if not text.isdigit()]


@pytest.mark.parametrize("negation", ["belum", "blm", "tidak", "tdk", "bukan", "kada", "not"])
@pytest.mark.parametrize("text", WORDS)
def test_a_negation_before_any_step_leaves_no_step(negation: str, text: str) -> None:
    said = read(f"{negation} {text}")
    assert said is None or said.reply is Reply.DECLINE


@given(st.sampled_from([text for reply, texts in SAID.items() if reply is not Reply.POSITION for text in texts]))
def test_a_question_is_no_answer(text: str) -> None:
    assert read(f"{text}?") is None


@given(st.text(max_size=200), st.lists(CODES, max_size=3))
def test_no_text_makes_it_raise(text: str, codes: list[str]) -> None:
    said = read(text, codes)
    assert said is None or isinstance(said.reply, Reply)


def test_the_lists_name_only_roles_that_somebody_reads() -> None:
    named = {role for roles in lists("officer").values() for role in roles}
    # CUTI and a time alone have forms of their own: core/words/leave.py and eta.py.
    replies = {reply.value for reply in Reply} - {Reply.LEAVE.value, Reply.ARRIVES.value}
    assert named == {*Role, *replies, ORDINARY}


def test_no_listed_word_has_the_form_of_a_code() -> None:
    assert [word for word in answers.OFFICER.hear(" ".join(lists("officer"))).tags if is_code(word.form.upper())] == []
