"""Who has no PIN is told to send none: every sentence that names one has its other wording, or goes to holders only."""

from __future__ import annotations

import pytest

from gateway.core.languages import CODES
from gateway.core.sentences import phrases
from gateway.core.sentences.pinless import PINLESS, worded

# Said only to a phone whose owner has a PIN; and what applicants are read before a desk gives them one.
FOR_HOLDERS = {
    *("citizen.not_confirmed_safe", "citizen.not_confirmed_open"),
    *("ussd_text.pin_cancel", "ussd_text.pin_leave", "ussd_text.pin_wrong"),
    "consent.text",
    # Who changes their PIN, or asks to; who has none reads that it is set at the station.
    *("citizen.pin_form", "citizen.pin_kept", "citizen.pin_changed"),
    *("ussd.mine", "ussd.pin_new", "ussd_text.pin_change", "ussd_text.no_pin_change"),
}
TO_PHONES = ("citizen.", "placed.", "apply.", "ussd.", "ussd_text.", "consent.")


@pytest.mark.parametrize("language", CODES)
def test_every_sentence_that_names_a_pin_has_another_for_who_has_none(language: str) -> None:
    naming = {key for key in phrases.keys(language) if key.startswith(TO_PHONES) and _names_one(key, language)}
    assert naming == {*PINLESS, *FOR_HOLDERS}


def _names_one(key: str, language: str) -> bool:
    return "PIN" in phrases.original(key, language)


def test_the_words_are_chosen_by_who_holds_a_pin() -> None:
    assert worded("citizen.received", has_pin=True) == "citizen.received"
    assert worded("citizen.received", has_pin=False) == "citizen.received_no_pin"
    assert worded("citizen.closed", has_pin=False) == "citizen.closed"
