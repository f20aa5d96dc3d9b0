"""An operator's location API on the loopback: OAuth 2 client credentials and CAMARA Device Location Retrieval 0.5.

Follows the published schema (camaraproject/DeviceLocation r3.2), strict where the real one is: unknown properties,
a missing or stale token, a number that is none.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.loopback import Asked, Loopback, Reply

TOKEN_PATH, RETRIEVE_PATH = "/oauth2/token", "/location-retrieval/v0.5/retrieve"
NUMBER = re.compile(r"^\+[1-9][0-9]{4,14}$")
CORRELATOR = re.compile(r"^[a-zA-Z0-9-_:;.\/<>{}]{0,256}$")
KNOWN = {"device", "maxAge", "maxSurface"}


def circle(lat: float, lon: float, radius: float) -> dict[str, object]:
    return {"areaType": "CIRCLE", "center": {"latitude": lat, "longitude": lon}, "radius": radius}


def polygon(*corners: tuple[float, float]) -> dict[str, object]:
    return {"areaType": "POLYGON", "boundary": [{"latitude": lat, "longitude": lon} for lat, lon in corners]}


@dataclass
class Device:
    """A phone as the network sees it: where, since when, or the error (status and code) that asking for it gives."""

    area: dict[str, object] = field(default_factory=dict)
    seen: datetime = field(default_factory=lambda: datetime.now(UTC))
    stale: bool = False  # no fresh fix to be had: only without maxAge is there an answer
    error: tuple[int, str] | None = None


class FakeCamara(Loopback):
    def __init__(self, client: str = "siaga", secret: str = "made-up-secret") -> None:
        super().__init__()
        self.devices: dict[str, Device] = {}
        self.expires_in = 300
        self.tokens: list[str] = []
        self._basic = "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()
        self._numbers = itertools.count(1)

    @property
    def token_url(self) -> str:
        return self.url + TOKEN_PATH

    @property
    def retrievals(self) -> list[dict[str, object]]:
        """What was asked for, in order."""
        return [json.loads(asked.body) for asked in self.asked if asked.path == RETRIEVE_PATH]

    def respond(self, asked: Asked) -> Reply:
        answers = {TOKEN_PATH: self._token, RETRIEVE_PATH: self._retrieve}
        return answers[asked.path](asked) if asked.path in answers else error(404, "NOT_FOUND")

    def revoke(self) -> None:
        """Every token given so far is no longer good."""
        self.tokens.clear()

    def _token(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != self._basic:
            return Reply(401, json.dumps({"error": "invalid_client"}))
        if (asked.value("grant_type"), asked.value("scope")) != ("client_credentials", "location-retrieval:read"):
            return Reply(400, json.dumps({"error": "invalid_scope"}))
        self.tokens.append(f"made-up-token-{next(self._numbers)}")
        told = {"access_token": self.tokens[-1], "token_type": "Bearer", "expires_in": self.expires_in}
        return Reply(200, json.dumps(told))

    def _retrieve(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") not in [f"Bearer {token}" for token in self.tokens]:
            return error(401, "UNAUTHENTICATED")
        if not CORRELATOR.fullmatch(asked.headers.get("x-correlator", "")):
            return error(400, "INVALID_ARGUMENT")
        wanted = json.loads(asked.body)
        number = wanted.get("device", {}).get("phoneNumber", "")
        if wanted.keys() - KNOWN or not NUMBER.fullmatch(number):
            return error(400, "INVALID_ARGUMENT")
        return self._answer(self.devices.get(number), fresh="maxAge" in wanted)

    def _answer(self, device: Device | None, fresh: bool) -> Reply:
        if device is None:
            return error(404, "IDENTIFIER_NOT_FOUND")
        if device.error is not None:
            return error(*device.error)
        if device.stale and fresh:
            return error(422, "LOCATION_RETRIEVAL.UNABLE_TO_FULFILL_MAX_AGE")
        seen = device.seen.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return Reply(200, json.dumps({"lastLocationTime": seen, "area": device.area}))


def error(status: int, code: str) -> Reply:
    return Reply(status, json.dumps({"status": status, "code": code, "message": "made up"}))
