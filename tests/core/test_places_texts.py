"""Places in texts that nobody fitted the rules to: most are found, and hardly one misleads."""

from __future__ import annotations

from bench.places_words import outcomes

OUTCOMES = list(outcomes())


def test_nine_in_ten_places_are_found_rightly() -> None:
    for half in ("tuned", "unseen"):
        chosen = [one for one in OUTCOMES if one.named.half == half]
        assert len(chosen) > 100
        assert sum(one.right for one in chosen) >= 0.9 * len(chosen)


def test_no_text_of_the_tuned_half_leads_to_a_narrow_circle_elsewhere() -> None:
    assert [one.named.text for one in OUTCOMES if one.misleads and one.named.half == "tuned"] == []


def test_at_most_one_text_in_a_hundred_of_the_other_half_does() -> None:
    unseen = [one for one in OUTCOMES if one.named.half == "unseen"]
    assert sum(one.misleads for one in unseen) <= len(unseen) / 100
