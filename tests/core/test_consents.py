"""The archive of consent texts holds today's words, and every one that was ever shown, unchanged."""

from __future__ import annotations

import hashlib

import pytest

from gateway.core import consents
from gateway.core.languages import CODES
from gateway.core.sentences.phrases import original

# A version that citizens have agreed to must never change: a new version gets a line of its own here.
SHOWN = {"2026-11": "854f736b0bba532b"}


def digest(version: str) -> str:
    words = consents.archive()[version]
    return hashlib.sha256("\n".join(words[language] for language in sorted(words)).encode()).hexdigest()[:16]


def test_no_version_that_was_shown_has_changed() -> None:
    assert {version: digest(version) for version in consents.archive()} == SHOWN


@pytest.mark.parametrize("language", CODES)
def test_todays_words_are_the_newest_version(language: str) -> None:
    assert consents.words(consents.shown_now(language)) == original("consent.text", language)


@pytest.mark.parametrize("version", [None, "", "2026-11", "1999/id", "2026-11/xx"])
def test_a_version_that_nobody_was_shown_has_no_words(version: str | None) -> None:
    assert consents.words(version) is None
