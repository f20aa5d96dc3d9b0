"""Ask the operator for a phone's position: CAMARA Device Location Retrieval.

Source: github.com/camaraproject/DeviceLocation, release r3.2 (location-retrieval v0.5). With OAuth 2 client credentials
the request names the device. The phone does not notice that we ask.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import requests

from gateway.core.places.distance import Position, metres
from gateway.core.places.spots import Source, Spot, plausible
from gateway.positions.outcomes import Located, NotLocated

PATH = "/location-retrieval/v0.5/retrieve"
SCOPE = "location-retrieval:read"
FRESH_SECONDS = 60  # the first request accepts a position of at most this age
TOKEN_MARGIN = 30.0  # seconds before its end from which a token is no longer used
TIMEOUT = (3.05, 12.0)  # seconds to connect and to answer; for a fresh position the network must page the phone
POLYGON_CORNERS = range(3, 16)


# Whether to try again after a code. A code that is missing here is final for 4xx, and passing for 429 and 5xx.
CODES: Mapping[str, bool] = {
    "INVALID_ARGUMENT": False,
    "PERMISSION_DENIED": False,
    "IDENTIFIER_NOT_FOUND": False,
    "SERVICE_NOT_APPLICABLE": False,
    "MISSING_IDENTIFIER": False,
    "UNSUPPORTED_IDENTIFIER": False,
    "UNNECESSARY_IDENTIFIER": False,
    "LOCATION_RETRIEVAL.DEVICE_NOT_FOUND": False,  # only in version 0.4
    "LOCATION_RETRIEVAL.UNABLE_TO_FULFILL_MAX_SURFACE": False,
    "LOCATION_RETRIEVAL.UNABLE_TO_LOCATE": True,  # switched off or out of reach just now
    "TOO_MANY_REQUESTS": True,
    "QUOTA_EXCEEDED": True,
}
TOO_OLD = "LOCATION_RETRIEVAL.UNABLE_TO_FULFILL_MAX_AGE"
GARBLED = (ValueError, TypeError, KeyError, AttributeError, OverflowError)


class _Refused(Exception):  # noqa: N818 - an answer, not a fault
    def __init__(self, outcome: NotLocated) -> None:
        self.outcome = outcome


class NetworkLocator:
    """The client for one operator (or an exchange of several). It is safe for many threads and never raises."""

    def __init__(
        self,
        api_url: str,
        token_url: str,
        client_id: str,
        client_secret: str,
        timeout: tuple[float, float] = TIMEOUT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take `api_url`, the root of the API or the whole address up to its version, and the credentials."""
        self._url = api_url + ("/retrieve" if "location-retrieval" in api_url else PATH)
        self._token_url, self._client = token_url, (client_id, client_secret)
        self._timeout, self._clock = timeout, clock
        self._session = requests.Session()
        self._lock = threading.Lock()
        self._token, self._good_until = "", 0.0

    def locate(self, phone: str) -> Located | NotLocated:
        """Return the position of the phone with this number (E.164): a fresh one, else the network's last one."""
        try:
            body = self._ask(phone, FRESH_SECONDS)
            return _located(body)
        except _Refused as refused:
            return refused.outcome
        except requests.Timeout:
            return NotLocated("timeout", again=True)
        except requests.RequestException:
            return NotLocated("unreachable", again=True)
        except GARBLED:
            return NotLocated("garbled")

    def _ask(self, phone: str, max_age: int | None) -> object:
        answer = self._post(phone, max_age, self._current_token())
        if answer.status_code == 401:
            self._forget_token()
            answer = self._post(phone, max_age, self._current_token())
        if answer.status_code == 200:
            return answer.json()
        code = _code(answer)
        if code == TOO_OLD and max_age is not None:
            return self._ask(phone, None)
        raise _Refused(NotLocated(code, CODES.get(code, answer.status_code == 429 or answer.status_code >= 500)))

    def _post(self, phone: str, max_age: int | None, token: str) -> requests.Response:
        wanted: dict[str, object] = {"device": {"phoneNumber": phone}}
        if max_age is not None:
            wanted["maxAge"] = max_age
        return self._session.post(
            self._url,
            json=wanted,
            auth=_bearer(token),
            headers={"x-correlator": str(uuid.uuid4())},
            timeout=self._timeout,
            allow_redirects=False,
        )

    # --- the token

    def _current_token(self) -> str:
        with self._lock:
            if not self._token or self._clock() >= self._good_until:
                self._token, seconds = self._new_token()
                self._good_until = self._clock() + seconds - TOKEN_MARGIN
            return self._token

    def _new_token(self) -> tuple[str, float]:
        asked = {"grant_type": "client_credentials", "scope": SCOPE}
        answer = self._session.post(
            self._token_url, data=asked, auth=self._client, timeout=self._timeout, allow_redirects=False
        )
        if answer.status_code != 200:
            raise _Refused(NotLocated(f"token_{answer.status_code}", again=answer.status_code >= 500))
        given = answer.json()
        return str(given["access_token"]), float(given.get("expires_in", 300))

    def _forget_token(self) -> None:
        with self._lock:
            self._token = ""


def _bearer(token: str) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    """Return the token as an `auth` of `requests`, so that no .netrc on the machine replaces it."""

    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    return sign


def _code(answer: requests.Response) -> str:
    try:
        return str(answer.json()["code"])[:60]
    except GARBLED:
        return str(answer.status_code)


def _located(body: object) -> Located:
    """Return the position in an answer. Raises one of GARBLED if the answer does not follow the schema."""
    if not isinstance(body, dict):
        raise TypeError("no JSON object")
    area = body["area"]
    lat, lon, radius = SHAPES[area["areaType"]](area)
    if not plausible(lat, lon) or not 0 < radius < 10**6:
        raise ValueError("nowhere on Earth")
    seen = body.get("lastLocationTime")
    taken_at = datetime.fromisoformat(seen) if isinstance(seen, str) else None
    if taken_at is not None and taken_at.tzinfo is None:
        taken_at = None
    return Located(Spot(lat, lon, radius, Source.NETWORK, ""), taken_at)


def _circle(area: Mapping[str, Mapping[str, float]]) -> tuple[float, float, float]:
    centre = area["center"]
    return float(centre["latitude"]), float(centre["longitude"]), float(area["radius"])  # type: ignore[arg-type]


def _polygon(area: Mapping[str, Sequence[Mapping[str, float]]]) -> tuple[float, float, float]:
    """Return a circle around the middle of the corners' box that holds every corner, and so the whole polygon."""
    corners: list[Position] = [(float(point["latitude"]), float(point["longitude"])) for point in area["boundary"]]
    if len(corners) not in POLYGON_CORNERS:
        raise ValueError("a polygon has 3 to 15 corners")
    lats, lons = zip(*corners, strict=True)
    middle = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
    return *middle, max(metres(middle, corner) for corner in corners)


SHAPES: Mapping[str, Callable[..., tuple[float, float, float]]] = {"CIRCLE": _circle, "POLYGON": _polygon}
