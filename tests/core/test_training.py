"""How the second ear is trained: what it learns from, what desks add, and that a fit hears what it has not seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.core.words.model import parse, render
from gateway.core.words.triage import CITIZEN
from training.fit import fit, held_out
from training.sentences import EVERYDAY, PANIC, Example, examples, read_table, written


def test_two_runs_make_the_same_texts() -> None:
    assert examples() == examples()


def test_texts_from_desks_are_learned_like_ours(tmp_path: Path) -> None:
    file = tmp_path / "labelled.tsv"
    file.write_text("label\tkind\tlanguage\ttext\nemergency\tfire\tid\tapi di ### rumah nama\n", encoding="utf-8")
    labelled = read_table(file)
    assert labelled == [Example(PANIC, "fire", "id", "api di ### rumah nama", written="api di ### rumah nama")]
    assert labelled[0] in examples(labelled)


def test_a_row_of_a_desk_with_another_label_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "labelled.tsv"
    file.write_text("label\tkind\tlanguage\ttext\nprank\tfire\tid\tapi\n", encoding="utf-8")
    with pytest.raises(ValueError, match="none of panic, emergency, everyday"):
        read_table(file)


def test_a_column_that_is_missing_is_named(tmp_path: Path) -> None:
    file = tmp_path / "labelled.tsv"
    file.write_text("label\ttext\npanic\tapi\n", encoding="utf-8")
    with pytest.raises(ValueError, match="kind, language"):
        read_table(file)


def test_a_fit_hears_texts_that_it_has_not_seen() -> None:
    indonesian = [one for one in written() if one.language == "id"]
    model, unseen = held_out(indonesian[::4])
    urgent = {
        label: [model.judge(CITIZEN.hear(one.text)).probability > 0.5 for one in unseen if one.label == label]
        for label in (PANIC, EVERYDAY)
    }
    assert min(map(len, urgent.values())) > 40
    assert sum(urgent[PANIC]) / len(urgent[PANIC]) > 0.7
    assert sum(urgent[EVERYDAY]) / len(urgent[EVERYDAY]) < 0.3


def test_a_fit_survives_its_file() -> None:
    few = [one for one in written() if one.language == "id"][::12]
    lines = list(render(fit(few)))
    assert list(render(parse(lines))) == lines
