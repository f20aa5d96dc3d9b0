"""Who waits at the log-in, as a table."""

from __future__ import annotations

import pytest

from gateway.core.login_lanes import OF_ADDRESS, OF_DEVICE, OF_NAME, OF_NETWORK, Guesses, Lane, lane, network_of


@pytest.mark.parametrize(
    ("so_far", "expected"),
    [
        (Guesses(), Lane.NEW),
        (Guesses(known=True), Lane.KNOWN),
        (Guesses(known=True, address=999, network=999, name=999), Lane.KNOWN),
        (Guesses(known=True, device=OF_DEVICE - 1), Lane.KNOWN),
        (Guesses(known=True, device=OF_DEVICE), Lane.NEW),
        (Guesses(known=True, device=OF_DEVICE, name=OF_NAME), Lane.SUSPECT),
        (Guesses(address=OF_ADDRESS - 1, network=OF_NETWORK - 1, name=OF_NAME - 1), Lane.NEW),
        (Guesses(address=OF_ADDRESS), Lane.SUSPECT),
        (Guesses(network=OF_NETWORK), Lane.SUSPECT),
        (Guesses(name=OF_NAME), Lane.SUSPECT),
    ],
)
def test_the_lane_of_a_try(so_far: Guesses, expected: Lane) -> None:
    assert lane(so_far) is expected


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2ff:3::4", "2001:db8:1:200::/56"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_the_network_of_an_address(address: str, network: str) -> None:
    assert network_of(address) == network
