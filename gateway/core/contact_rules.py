"""How to reach a person: a rule for whoever comes, told without its reason."""

from __future__ import annotations

from enum import StrEnum


class ContactRule(StrEnum):
    """How to reach this person. The profile's notes may say why; an alert never does."""

    USUAL = "usual"
    TEXT_ONLY = "text_only"  # a call is of no use: write
    LANGUAGE = "language"  # speaks the language of the profile, or another than the officer
    SLOW = "slow"  # speak slowly, and give time to answer


def contact_rule(stored: str) -> ContactRule:
    """Return the rule of that name; an unknown name, of a later version, is the usual one."""
    return next((rule for rule in ContactRule if rule == stored), ContactRule.USUAL)
