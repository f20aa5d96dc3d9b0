"""Limit what an unknown number may cost us: replies in a day, replies in an hour, and by destination.

People who fill our in-tray from foreign or premium ranges are paid for every answer (artificially inflated traffic),
and two gateways that answer each other never stop. So a reply to an unknown number is a courtesy with a budget; a panic
has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

GREETING_IN = timedelta(hours=24)  # "you are not registered" is said once within this to one number
NOBODY_SENT_IN = timedelta(hours=1)  # "nobody is sent" is said once within this to one verified number
DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
MOST_A_DAY = 5  # answers of any kind to one number
MOST_AN_HOUR = 300  # answers to all numbers together: about 5 USD at the price of a text in Indonesia
# Answers in an hour by dialling prefix; the longest prefix counts. A text is cheap where we serve; elsewhere it costs
# up to thirty times as much, and hardly anybody has a reason to write.
BY_PREFIX: Mapping[str, int] = {"+62": 300, "+254": 100, "+255": 100, "+256": 100, "+234": 100, "+60": 50, "": 10}


def prefix_of(phone: str) -> str:
    """Return the longest prefix of the table that an E.164 number begins with; "" for the rest of the world."""
    return max((prefix for prefix in BY_PREFIX if phone.startswith(prefix)), key=len)


def within(today: int, this_hour: int, this_hour_there: int, phone: str) -> bool:
    """Return whether one more answer is within bounds. The counts are of answers to this number in a day, and in an
    hour of answers to all numbers and to numbers of the same prefix."""
    return today < MOST_A_DAY and this_hour < MOST_AN_HOUR and this_hour_there < BY_PREFIX[prefix_of(phone)]
