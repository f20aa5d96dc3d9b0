"""What the console's tests share: a clock that stands, a browser that sends tokens, the one password."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PASSWORD = "rahasia-piket"
TOKEN = re.compile(r'name="csrf" content="([^"]+)"')


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)


@dataclass
class Browser:
    """A client that sends the token of the page it last saw, as a form does."""

    client: FlaskClient
    token: str = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        answer = self.client.get(path, headers={"Accept": "text/html", **headers})
        found = TOKEN.search(answer.text)
        self.token = found.group(1) if found else self.token
        return answer

    def post(self, path: str, **form: str) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token, **form}, headers={"Accept": "text/html"})

    def log_in(self, name: str, password: str = PASSWORD) -> TestResponse:
        self.get("/login")
        answer = self.post("/login", name=name, password=password)
        self.get("/monitor")
        return answer
