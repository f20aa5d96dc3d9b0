"""The values that hold where neither a setting nor a unit says otherwise: the gateway's home is Indonesia."""

from __future__ import annotations

REGION = "ID"  # ISO 3166: the region of a number without a country code
LANGUAGE = "id"  # a code of gateway.core.languages
TIMEZONE = "Asia/Jakarta"  # IANA
EMERGENCY = "110"  # the number that a citizen dials there for the police; for another region see phone.police_number
