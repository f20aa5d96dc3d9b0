"""The learned model beside the rules: how it is read, what it may decide, and that its absence stops nothing."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path
from time import process_time

import pytest

from gateway.core.incident_kinds import IncidentKind
from gateway.core.words.kinds import KindHeard
from gateway.core.words.model import BrokenModelError, Model, load, parse, render
from gateway.core.words.reading import Unclear, read
from gateway.core.words.triage import CITIZEN, Panic
from gateway.core.words.urgency import MODEL, UNJUDGED, Urgency, judge, urgency_of

ROOT = Path(__file__).resolve().parents[2]
LINES = ["=urgent\t-50\t", "=fire\t10\t", "=water\t0\t", "^api$$\t900\tfire:300 water:-100", "^air$$\t500\twater:250"]


def texts(folder: str) -> list[str]:
    """The texts of citizens in a folder; officers' answers and names of places have files of another form."""
    return [
        row["text"]
        for file in sorted((ROOT / folder).glob("*.tsv"))
        for row in csv.DictReader(file.read_text("utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
        if "label" in row
    ]


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        (1.0, Urgency.HIGH),
        (0.83, Urgency.HIGH),
        (0.82, Urgency.MIDDLE),
        (0.15, Urgency.MIDDLE),
        (0.14, Urgency.LOW),
        (0.0, Urgency.LOW),
    ],
)
def test_each_probability_has_an_urgency(probability: float, expected: Urgency) -> None:
    assert urgency_of(probability) is expected


def test_a_verdict_names_the_kind_and_the_words_that_weighed_most() -> None:
    verdict = parse(LINES).judge(CITIZEN.hear("lihat Api itu"))
    assert verdict.probability > 0.5
    assert (verdict.kind, verdict.words) == ("fire", ("Api",))


def test_a_text_without_a_known_word_has_no_kind_and_no_weighty_words() -> None:
    verdict = parse(LINES).judge(CITIZEN.hear("qwx"))
    assert verdict.probability < 0.5
    assert (verdict.kind, verdict.words) == (None, ())


def test_a_model_that_was_written_is_read_as_it_was() -> None:
    model = parse(LINES)
    assert parse(render(model)) == model


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["=urgent\t0\t"],
        [*LINES, "api"],
        [*LINES, "api\tmuch\t"],
        [*LINES, "api\t1\tfire"],
        [*LINES, "api\t1\tunheard:3"],
        LINES[1:],
    ],
)
def test_a_wrong_line_makes_the_whole_file_no_model(lines: list[str]) -> None:
    with pytest.raises(BrokenModelError):
        parse(lines)


def test_a_missing_a_broken_and_an_unreadable_file_give_no_model(tmp_path: Path) -> None:
    broken, bytes_ = tmp_path / "broken.tsv", tmp_path / "bytes.tsv"
    broken.write_text("nothing of ours\n", encoding="utf-8")
    bytes_.write_bytes(b"\xff\xfe\x00")
    assert [load(file) for file in (tmp_path / "missing.tsv", broken, bytes_)] == [None, None, None]


def test_without_a_model_every_text_is_in_the_middle() -> None:
    assert judge(CITIZEN.hear("kepala bayi udah keliatan pak"), None) == UNJUDGED
    assert UNJUDGED.urgency is Urgency.MIDDLE


@pytest.mark.parametrize("lines", [None, "nothing of ours\n", "=urgent\t0\t\n^api$\tmuch\t\n"])
def test_with_a_missing_or_a_broken_file_the_rules_decide_alone(tmp_path: Path, lines: str | None) -> None:
    house = without_weights(tmp_path)
    if lines is not None:
        (house / "core/words/model.tsv").write_text(lines, encoding="utf-8")
    code = f"from gateway.core.words.reading import read\nfor text in {TEXTS}: print(type(read(text).meaning).__name__)"
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["Unclear", "Panic"]
    assert "the rules decide alone" in run.stderr


TEXTS = ["bayinya sudah mau keluar pak bidan jauh", "tolong ada maling"]


def without_weights(folder: Path) -> Path:
    """Copy what reads texts into a folder, without the file of weights, and return the copy of `gateway`."""
    for part in ("__init__.py", "core"):
        source = ROOT / "gateway" / part
        if source.is_dir():
            shutil.copytree(source, folder / "gateway" / part, ignore=shutil.ignore_patterns("model.tsv"))
        else:
            (folder / "gateway").mkdir(exist_ok=True)
            shutil.copy(source, folder / "gateway" / part)
    return folder / "gateway"


def test_a_free_text_that_the_rules_do_not_know_is_a_panic_where_the_model_is_sure() -> None:
    reading = read("bayinya sudah mau keluar pak bidan jauh")
    assert reading.panic is None
    assert reading.judged.urgency is Urgency.HIGH
    assert reading.meaning == Panic("bayinya sudah mau keluar pak bidan jauh")
    assert (reading.kind.kind, reading.kind.words) == (IncidentKind.MEDICAL, reading.judged.words)


def test_the_model_guesses_no_kind_of_what_the_rules_heard() -> None:
    assert read("tolong saya di depan atm").kind == KindHeard()


@pytest.mark.parametrize("text", ["tolong", "TOLONG tolong beli gula rampok", "kebakaran!", "ada maling", "865664"])
def test_the_model_never_takes_a_panic_of_the_rules_away(text: str) -> None:
    assert read(text).panic is not None
    assert isinstance(read(text).meaning, Panic)


@pytest.mark.parametrize(
    "text",
    [
        "bayinya keluar",  # so short: the rules
        "tidak ada maling di rumah kami pak",  # denied
        "tidak perlu tolong saya lagi pak",  # taken back
        "kemarin ada orang bawa parang",  # of the past
        "rampok di bank pontianak?",  # asked
        "bayinya sudah mau keluar pak bidan jauh http://a.example",  # a link that leads to no map
    ],
)
def test_what_belongs_to_the_rules_is_left_to_them(text: str) -> None:
    assert read(text).meaning == Unclear()


def test_most_everyday_texts_are_low() -> None:
    everyday = ["besok jadi ke pantai ga", "mau perpanjang sim bawa apa aja", "ok", "udah makan belum sayang"]
    assert [read(text).judged.urgency for text in everyday] == [Urgency.LOW] * 4


def test_the_file_of_weights_is_small_and_there() -> None:
    assert isinstance(MODEL, Model)
    assert (ROOT / "gateway/core/words/model.tsv").stat().st_size < 1_000_000


KINDS = {
    "fire",
    "accident",
    "medical",
    "water",
    "animal",
    "mental_health",
    "domestic_violence",
    "public_order",
    "crime",
}


def test_the_model_guesses_every_kind_of_trouble() -> None:
    assert MODEL is not None
    assert set(MODEL.kind_bias) == KINDS


def test_no_text_that_measures_is_one_that_trains() -> None:
    def plain(text: str) -> str:
        return " ".join(tag.form for tag in CITIZEN.hear(text).tags)

    judging = set(map(plain, texts("tests/texts")))
    assert [text for text in texts("training/texts") if plain(text) in judging] == []


def test_judging_a_text_takes_a_fraction_of_a_millisecond() -> None:
    assert MODEL is not None
    heard = [CITIZEN.hear(text) for text in texts("tests/texts")]
    start = process_time()
    for one in heard:
        MODEL.judge(one)
    assert (process_time() - start) / len(heard) < 0.001  # several times what it takes: this machine may be busy


def test_a_very_long_text_is_judged_in_a_moment() -> None:
    assert MODEL is not None
    heard = CITIZEN.hear("api besar di rumah " * 2000)
    start = process_time()
    MODEL.judge(heard)
    assert process_time() - start < 0.1
