"""/api/v1 against its own description: Schemathesis asks each route what that allows, and what it does not."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode

from gateway.identity import api_keys
from gateway.identity.api_keys import Scope
from gateway.wiring import House

BOUNDED = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def console_url(postgresql_url: str) -> str:
    """PostgreSQL, which refuses what SQLite stores."""
    return postgresql_url


def test_no_route_of_the_description_ever_answers_500(app: Flask, home: House) -> None:
    with home.open_uow() as uow:
        key = api_keys.give(uow, "Uji", "Ibu Admin", tuple(Scope))
    headers = {"Authorization": f"Bearer {key}"}
    described = json.loads(app.test_client().get("/api/v1/openapi.json", headers=headers).data)
    schema = schemathesis.openapi.from_dict(described)
    schema.app = app
    schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    asked = set()
    for found in schema.get_all_operations():
        operation: Any = found.ok()

        def ask(case: Any) -> None:
            asked.add(f"{case.method} {case.path}")
            answer = case.call(headers=headers)
            case.validate_response(answer, checks=[not_a_server_error])

        BOUNDED(given(case=operation.as_strategy())(ask))()
    assert len(asked) == sum(len(methods) for methods in described["paths"].values())
