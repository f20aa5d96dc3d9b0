"""PIN hashes."""

from __future__ import annotations

import pytest

from gateway.identity.pins import hash_pin, matches


def test_a_pin_matches_its_own_hash_only() -> None:
    stored = hash_pin("4711")
    assert matches("4711", stored)
    assert not matches("4712", stored)
    assert "4711" not in stored


def test_the_same_pin_is_hashed_differently_each_time() -> None:
    assert hash_pin("4711") != hash_pin("4711")


@pytest.mark.parametrize("stored", [None, "", "no hash at all", "$argon2id$v=19$m=1"])
def test_without_a_hash_nothing_matches(stored: str | None) -> None:
    assert not matches("4711", stored)
    assert not matches("nobody's PIN", stored)
    assert not matches("", stored)
