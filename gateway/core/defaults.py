"""What holds where neither a setting nor a unit says otherwise: the gateway's home is Indonesia."""

from __future__ import annotations

REGION = "ID"  # ISO 3166: where a number without a country code is dialled
LANGUAGE = "id"  # a code of gateway.core.languages
TIMEZONE = "Asia/Jakarta"  # IANA
EMERGENCY = "110"  # what a citizen dials there for the police; another region's: phone.police_number
