"""The operator's answer to where a phone is, over the wire that CAMARA publishes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from gateway.core.places.distance import metres
from gateway.core.places.spots import Source, Spot
from gateway.positions.network import NetworkLocator
from gateway.positions.outcomes import Located, NotLocated
from tests.fake_camara import Device, FakeCamara, circle, polygon

PHONE = "+6281390000001"
SEEN = datetime(2026, 11, 22, 1, 55, tzinfo=UTC)


class Clock:
    at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def operator() -> Iterator[FakeCamara]:
    with FakeCamara() as running:
        yield running


def locator(
    operator: FakeCamara, secret: str = "made-up-secret", clock: Clock | None = None, patience: float = 10.0
) -> NetworkLocator:
    return NetworkLocator(operator.url, operator.token_url, "siaga", secret, (10.0, patience), clock or Clock())


def test_a_circle_is_read_with_its_radius_and_the_time_it_was_seen(operator: FakeCamara) -> None:
    operator.devices[PHONE] = Device(circle(-0.0263, 109.3425, 800), SEEN)
    assert locator(operator).locate(PHONE) == Located(Spot(-0.0263, 109.3425, 800, Source.NETWORK, ""), SEEN)
    assert operator.retrievals == [{"device": {"phoneNumber": PHONE}, "maxAge": 60}]


def test_the_circle_around_a_polygon_holds_every_corner(operator: FakeCamara) -> None:
    corners = [(-0.02, 109.33), (-0.02, 109.35), (-0.04, 109.36), (-0.03, 109.32)]
    operator.devices[PHONE] = Device(polygon(*corners), SEEN)
    found = locator(operator).locate(PHONE)
    assert isinstance(found, Located)
    far = [metres((found.spot.lat, found.spot.lon), corner) for corner in corners]
    assert max(far) == found.spot.radius_m
    assert found.spot.radius_m < 3000


def test_a_network_without_a_fresh_position_is_asked_for_its_last_one(operator: FakeCamara) -> None:
    operator.devices[PHONE] = Device(circle(-0.0263, 109.3425, 800), SEEN, stale=True)
    found = locator(operator).locate(PHONE)
    assert isinstance(found, Located)
    assert found.taken_at == SEEN
    assert ["maxAge" in asked for asked in operator.retrievals] == [True, False]


def test_a_token_is_kept_until_it_ends_and_renewed_once_when_refused(operator: FakeCamara) -> None:
    clock = Clock()
    operator.devices[PHONE] = Device(circle(-0.0263, 109.3425, 800), SEEN)
    asking = locator(operator, clock=clock)

    def tokens_asked() -> int:
        return sum(asked.path.endswith("token") for asked in operator.asked)

    asking.locate(PHONE)
    asking.locate(PHONE)
    assert tokens_asked() == 1
    clock.at += 271  # of 300 seconds
    asking.locate(PHONE)
    assert tokens_asked() == 2
    operator.revoke()
    assert isinstance(asking.locate(PHONE), Located)
    assert tokens_asked() == 3


@pytest.mark.parametrize(
    ("error", "again"),
    [
        ((400, "INVALID_ARGUMENT"), False),
        ((401, "UNAUTHENTICATED"), False),
        ((403, "PERMISSION_DENIED"), False),
        ((404, "IDENTIFIER_NOT_FOUND"), False),
        ((404, "LOCATION_RETRIEVAL.DEVICE_NOT_FOUND"), False),
        ((422, "SERVICE_NOT_APPLICABLE"), False),
        ((422, "UNNECESSARY_IDENTIFIER"), False),
        ((422, "LOCATION_RETRIEVAL.UNABLE_TO_FULFILL_MAX_SURFACE"), False),
        ((422, "LOCATION_RETRIEVAL.UNABLE_TO_LOCATE"), True),
        ((422, "LOCATION_RETRIEVAL.UNABLE_TO_FULFILL_MAX_AGE"), False),  # even without one
        ((429, "TOO_MANY_REQUESTS"), True),
        ((500, "INTERNAL"), True),
        ((503, "UNAVAILABLE"), True),
        ((418, "SOMETHING_NEW"), False),
    ],
)
def test_every_error_is_a_value_that_says_whether_to_try_again(
    operator: FakeCamara, error: tuple[int, str], again: bool
) -> None:
    operator.devices[PHONE] = Device(error=error)
    assert locator(operator).locate(PHONE) == NotLocated(error[1], again)


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        ("slow", NotLocated("timeout", again=True)),
        ("cut_off", NotLocated("unreachable", again=True)),
        ("garbled", NotLocated("token_201")),
        ("502", NotLocated("token_502", again=True)),
    ],
)
def test_an_operator_in_trouble_is_a_value_too(operator: FakeCamara, trouble: str, expected: NotLocated) -> None:
    operator.trouble.kind, operator.trouble.seconds = trouble, 1.0
    patience = 0.5 if trouble == "slow" else 10.0
    assert locator(operator, patience=patience).locate(PHONE) == expected


def test_a_wrong_secret_is_told_as_the_tokens_refusal(operator: FakeCamara) -> None:
    assert locator(operator, secret="wrong").locate(PHONE) == NotLocated("token_401")


@pytest.mark.parametrize(
    "area",
    [
        {},
        {"areaType": "SQUARE"},
        {"areaType": "CIRCLE"},
        circle(0, 0, 800),  # nobody is there: a missing value
        circle(91, 109.34, 800),
        circle(-0.02, 109.34, 0),
        circle(-0.02, 109.34, -5),
        {"areaType": "CIRCLE", "center": [-0.02, 109.34], "radius": 800},
        {"areaType": "CIRCLE", "center": {"latitude": "north", "longitude": 1}, "radius": 800},
        polygon((-0.02, 109.33), (-0.02, 109.35)),
        polygon(*[(-0.02, 109.33)] * 16),
        {"areaType": "POLYGON", "boundary": None},
    ],
)
def test_an_area_of_no_known_shape_is_never_a_position(operator: FakeCamara, area: dict[str, object]) -> None:
    operator.devices[PHONE] = Device(area, SEEN)
    assert locator(operator).locate(PHONE) == NotLocated("garbled")
