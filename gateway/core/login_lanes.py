"""The lanes at the log-in, and how long each waits: guessing costs time, and nobody is locked out for good.

A browser that a user has logged in with before is a *known device* of that name: its cookie gives it a lane of its own,
which strangers' wrong tries never touch. Everybody else shares budgets of wrong tries by address, network and name. Who
is beyond one may still try, but each try waits DELAY first.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

WINDOW = timedelta(minutes=10)  # within which wrong tries are counted
OF_DEVICE = 10  # wrong tries of one known device; then it waits like a stranger
OF_ADDRESS = 10
OF_NETWORK = 30
OF_NAME = 20  # for one name, from everywhere but its known devices
DELAY = timedelta(seconds=10)  # between the first and the second sending of a try that must wait
WAITED_FOR = timedelta(minutes=10)  # after which a delay must be waited again
PACE = 12  # tries that have waited, from one address in a minute; bounds what guessing many at once brings
NETWORK_V4, NETWORK_V6 = 24, 56  # bits: what one subscriber or office usually has


class Lane(Enum):
    KNOWN = auto()  # a known device of this name
    NEW = auto()  # a device that we do not know, while nobody guesses
    SUSPECT = auto()  # whoever is beyond a budget: waits DELAY, and is never refused for good


@dataclass(frozen=True)
class Guesses:
    """The wrong tries of the last WINDOW that count against one try."""

    known: bool = False  # whether the browser is a known device of the name
    device: int = 0
    address: int = 0
    network: int = 0
    name: int = 0


RULES: tuple[tuple[Lane, Callable[[Guesses], bool]], ...] = (
    (Lane.KNOWN, lambda so_far: so_far.known and so_far.device < OF_DEVICE),
    (
        Lane.NEW,
        lambda so_far: so_far.address < OF_ADDRESS and so_far.network < OF_NETWORK and so_far.name < OF_NAME,
    ),
    (Lane.SUSPECT, lambda so_far: True),
)


def lane(so_far: Guesses) -> Lane:
    """Return the first lane of RULES that holds."""
    return next(one for one, holds in RULES if holds(so_far))


def network_of(address: str) -> str:
    """Return the network that an IP address belongs to, as "203.0.113.0/24" or "2001:db8::/56"; the text itself where
    it is no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:43]
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    found = mapped or found
    bits = NETWORK_V4 if found.version == 4 else NETWORK_V6
    return str(ipaddress.ip_network((found, bits), strict=False))


# --- the alarm --------------------------------------------------------------------------------------------------------

ALARM_IN = timedelta(minutes=15)
ALARM_FROM = 10  # wrong tries from everywhere within ALARM_IN; a shift change that mistypes stays below
