"""Hear which service a responder's words ask for, beside the police: "minta ambulans", "butuh damkar"."""

from __future__ import annotations

from gateway.core.policy_groups import Who

WORDS: dict[Who, tuple[str, ...]] = {
    Who.AMBULANCE: ("ambulans", "ambulan", "ambulance", "tenaga medis", "gari la wagonjwa"),
    Who.FIRE: ("damkar", "pemadam", "fire brigade", "fire engine", "zimamoto"),
}


def services_in(words: str) -> list[Who]:
    """Return the services that these words name, in the order of the table. Whether they are asked for is for the
    reader of the answer to know: a call for back-up in the same text says so."""
    text = " ".join(words.casefold().split())
    return [service for service, names in WORDS.items() if any(name in text for name in names)]
