"""The made-up company behind a line, for one test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.carriers.cases import africastalking, twilio
from tests.carriers.cases.case import Case
from tests.fake_africastalking import FakeAfricasTalking
from tests.fake_twilio import FakeTwilio
from tests.loopback import Loopback


@pytest.fixture
def double(case: Case) -> Iterator[Loopback]:
    with case.double() as running:
        yield running


@pytest.fixture
def company() -> Iterator[FakeTwilio]:
    with FakeTwilio(twilio.PUBLIC, account_sid=twilio.ACCOUNT, auth_token=twilio.TOKEN) as running:
        yield running


@pytest.fixture
def africa() -> Iterator[FakeAfricasTalking]:
    with FakeAfricasTalking(africastalking.PUBLIC, hook_token=africastalking.TOKEN) as running:
        yield running
