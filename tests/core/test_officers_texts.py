"""Officers' texts that nobody fitted the lists to: most are read as meant, none as something else."""

from __future__ import annotations

from bench.officers_words import Said, officers_texts, wrong

TEXTS = list(officers_texts())


def half(name: str) -> list[Said]:
    return [said for said in TEXTS if said.half == name]


def test_no_officers_text_is_read_as_another_answer_than_it_gives() -> None:
    assert len(TEXTS) > 400
    assert sum(wrong(said) for said in TEXTS) == 0  # how many, not which: one half stays unseen


def test_nine_in_ten_officers_texts_are_read_as_meant() -> None:
    for name in ("tuned", "unseen"):
        chosen = half(name)
        assert sum(said.read_as == said.meant for said in chosen) >= 0.9 * len(chosen)
