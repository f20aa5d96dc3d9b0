"""A sentence asks for a reply only where one arrives, in every language, and stays one message."""

from __future__ import annotations

import re

import pytest

from gateway.core.languages import CODES
from gateway.core.line_abilities import HERE, ReplyPath, ReplyWay
from gateway.core.sentences import phrases
from gateway.core.sentences.editable import GROUPS, Way
from gateway.core.sentences.longest import LONGEST
from gateway.core.sentences.phrases import original, say_by, shortened, sms
from gateway.core.sentences.replying import Answerable, Passage, by_line
from gateway.core.sentences.segments import segments

ELSEWHERE = ReplyPath(ReplyWay.TEXT, "+6281255550100")
NOWHERE = ReplyPath(ReplyWay.NONE)


@pytest.mark.parametrize(
    ("key", "path", "told"),
    [
        ("officer.backup", HERE, "{code}: {who} MINTA BANTUAN. {place}. Balas OK {code}"),
        ("officer.backup", ELSEWHERE, "{code}: {who} MINTA BANTUAN. {place}. Balas ke 081255550100: OK {code}"),
        ("officer.backup", NOWHERE, "{code}: {who} MINTA BANTUAN. {place}."),
        (
            "citizen.received",
            NOWHERE,
            "POLISI: panggilan darurat Anda ({code}) DITERIMA {time}. Petugas sedang dihubungi. Tel {station}.",
        ),
        ("citizen.ask_place", NOWHERE, "POLISI ({code}): di mana Anda?"),
        (
            "citizen.not_confirmed_safe",
            NOWHERE,
            (
                "POLISI ({code}): kabar AMAN belum terbukti, jadi petugas tetap melanjutkan. Untuk membatalkan tel "
                "{emergency}"
            ),
        ),
        (
            "citizen.arrived",
            NOWHERE,
            "POLISI ({code}): {who} melaporkan sudah tiba. Tidak melihat petugas? Tel {station}",
        ),
        ("desk.unclear", NOWHERE, "{code} BELUM PASTI {name} {number}: {words}"),
        (
            "desk.nobody_answering",
            NOWHERE,
            "{code}: {minutes} menit, BELUM ADA petugas yang menerima. {name} {number}. Kirim orang",
        ),
        ("officer.hand_asked", NOWHERE, "{code}: {who} minta Anda MENGAMBIL ALIH. {place}."),
        ("officer.proof_later", NOWHERE, original("officer.proof_later", "id")),
    ],
)
def test_a_sentence_for_a_way_of_answering(key: str, path: ReplyPath, told: str) -> None:
    names = {name: f"{{{name}}}" for name in phrases.slots(original(key, "id"))}
    assert say_by(path, key, "id", **names) == told


TEXTS = [
    (key, language)
    for language in CODES
    for key in sorted(phrases.keys(language))
    if GROUPS.get(key.partition(".")[0]) in (Way.TEXT, Way.FITTED) or key == "alert.bundle"
]


@pytest.mark.parametrize("language", CODES)
def test_where_no_reply_arrives_no_sentence_asks_for_one(language: str) -> None:
    verb, asks = original("reply.verb", language), []
    for key in (key for key, spoken in TEXTS if spoken == language):
        told = say_by(NOWHERE, key, language, **dict.fromkeys(phrases.slots(original(key, language)), "7"))
        if (
            re.search(rf"\b(?:{verb}|{verb.lower()}(?= [A-Z]))\b", told)
            or ("<PIN>" in told and "{" in told)
            or not told
        ):
            asks.append(f"{key}: {told}")
        if re.search(r"\b(?:atau|or|au|If that|Bila|Untuk membatalkan|To cancel|Kughairi)$", told):
            asks.append(f"{key}: {told}")
    assert asks == []


@pytest.mark.parametrize("language", CODES)
def test_every_text_stays_one_message_whichever_way_it_is_answered(language: str) -> None:
    long = []
    for key in (key for key, spoken in TEXTS if spoken == language and key != "alert.bundle"):
        said = sms(key, language, **LONGEST)
        words = by_line(said, {"a": Passage(ELSEWHERE), "b": Passage(NOWHERE), "c": Passage(HERE)})
        long += [f"{key}: {text}" for text in words.values() if segments(text) > segments(said)]
    assert long == []


def test_a_text_that_asks_nothing_is_the_same_on_every_line() -> None:
    said = sms("officer.proof_later", "id", **LONGEST)
    assert by_line(said, {"a": Passage(ELSEWHERE), "b": Passage(NOWHERE)}) == {}
    assert by_line("no words of ours", {"a": Passage(NOWHERE)}) == {}


def test_a_person_who_writes_our_verb_is_quoted_whole() -> None:
    said = Answerable(lambda path: shortened(lambda told: say_by(path, "desk.unclear", "id", **told), FACTS))
    assert by_line(said, {"a": Passage(NOWHERE)})["a"] == "K7Q BELUM PASTI Budi 0812: Balas dia tolong"


FACTS = {"code": "K7Q", "name": "Budi", "number": "0812", "words": "Balas dia tolong"}
