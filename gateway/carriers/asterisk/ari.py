"""Speak ARI, Asterisk's REST interface, over plain HTTP. Source: its own description in Asterisk 16 to 22."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests

from gateway.carriers import wire

Limits = tuple[float, float]  # seconds to connect, and between two reads


class Ari:
    """One Asterisk. `ask` raises requests.RequestException; `order` and `look` never raise."""

    def __init__(self, base_url: str, username: str, password: str, timeout_seconds: Limits) -> None:
        self.base_url = f"{base_url.rstrip('/')}/ari"
        self.account = (username, password)
        self._timeout = timeout_seconds
        self._session = wire.session()

    def ask(self, method: str, path: str, **params: str | int) -> requests.Response:
        return self._session.request(
            method,
            f"{self.base_url}/{path}",
            params=params,
            auth=self.account,
            timeout=self._timeout,
            allow_redirects=False,
        )

    def order(self, method: str, path: str, **params: str | int) -> bool:
        """Ask for something to be done; return whether Asterisk says that it was."""
        try:
            return 200 <= self.ask(method, path, **params).status_code < 300
        except requests.RequestException:
            return False

    def look(self, path: str, **params: str) -> Any:
        """Return what Asterisk shows at this path; None if there is nothing, or it does not answer."""
        try:
            answer = self.ask("GET", path, **params)
            return answer.json() if answer.status_code == requests.codes.ok else None
        except (requests.RequestException, ValueError):
            return None

    def channels(self) -> list[Mapping[str, Any]] | None:
        """Return all channels; None if Asterisk does not answer."""
        shown = self.look("channels")
        return [one for one in shown if isinstance(one, dict)] if isinstance(shown, list) else None

    def bridges(self) -> list[Mapping[str, Any]]:
        shown = self.look("bridges")
        return [one for one in shown if isinstance(one, dict)] if isinstance(shown, list) else []

    def variable(self, name: str) -> str:
        """Return a global variable of the dial plan, an empty text if it is not set."""
        told = self.look("asterisk/variable", variable=name)
        return str(told.get("value", "")) if isinstance(told, dict) else ""
