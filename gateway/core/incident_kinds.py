"""The kinds of trouble that an incident can be."""

from __future__ import annotations

from enum import StrEnum


class IncidentKind(StrEnum):
    """One of a closed list, so that it may be said where a citizen's own words may not. The values stand in the
    database, in `kind` of the word lists and in the catalogues (`alert.kind.*`, `voice.kind.*`, `console.kind.*`)."""

    CRIME = "crime"
    DOMESTIC_VIOLENCE = "domestic_violence"
    FIRE = "fire"
    ACCIDENT = "accident"
    MEDICAL = "medical"
    WATER = "water"  # drowning, boats, floods, landslides
    ANIMAL = "animal"
    MENTAL_HEALTH = "mental_health"  # people in mental distress (ODGJ), suicide
    PUBLIC_ORDER = "public_order"  # brawls, mobs, missing people
    UNKNOWN = "unknown"  # nobody has said; nothing is said of it
