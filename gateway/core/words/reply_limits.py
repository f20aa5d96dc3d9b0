"""How much a number that is on no list may cost us: replies in a day, replies in an hour, and by destination.

Whoever fills our in-tray from foreign or premium ranges is paid for every answer (artificially inflated traffic), and
two gateways that answer each other never stop. So a reply to a stranger is a courtesy with a budget; a panic has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

GREETING_IN = timedelta(hours=24)  # "you are not registered" is said so often to one number
DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
MOST_A_DAY = 5  # answers of any kind to one number
MOST_AN_HOUR = 300  # to all of them together: about 5 USD at what a text in Indonesia costs
# Answers in an hour by dialling prefix, the longest counts. Cheap where we serve; elsewhere a text costs up to thirty
# times as much and hardly anybody has a reason to write.
BY_PREFIX: Mapping[str, int] = {"+62": 300, "+254": 100, "+255": 100, "+256": 100, "+234": 100, "+60": 50, "": 10}


def prefix_of(phone: str) -> str:
    """The longest prefix of the table that an E.164 number begins with; "" for the rest of the world."""
    return max((prefix for prefix in BY_PREFIX if phone.startswith(prefix)), key=len)


def within(today: int, this_hour: int, this_hour_there: int, phone: str) -> bool:
    """Whether one more answer is within bounds, given those to this number in a day and, in an hour, all and those to
    numbers of the same prefix."""
    return today < MOST_A_DAY and this_hour < MOST_AN_HOUR and this_hour_there < BY_PREFIX[prefix_of(phone)]
