"""What people type into a carrier's dashboard: a slash at the end of our address, JSON instead of a form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from journeys.city import Pontianak
from sqlalchemy import Engine
from twilio.request_validator import RequestValidator

from gateway.carriers.africastalking.line import AfricasTalking
from gateway.carriers.base import Carrier
from gateway.carriers.smsgate.line import SmsGate
from gateway.carriers.twilio.line import Twilio
from gateway.config import Settings
from gateway.models import opt_out as opt_outs

PUBLIC, SECRET, NOWHERE = "https://siaga.example", "made-up-secret", "http://127.0.0.1:9"
AFRICA = f"/hooks/africastalking/{SECRET}"
TWILIO = Twilio(name="twilio", account_sid="AC1", auth_tokens=(SECRET,), numbers=("+62561700009",), public_url=PUBLIC,
                api_url=NOWHERE)  # fmt: skip
AT = AfricasTalking(name="africastalking", username="u", api_key="k", hook_token=SECRET, public_url=PUBLIC,
                    sender="20110", api_url=NOWHERE, voice_url=NOWHERE)  # fmt: skip
PHONE = SmsGate(name="smsgate", api_url=NOWHERE, username="u", password="p", signing_key=SECRET, number="+62811")


@pytest.fixture
def city(engine: Engine, settings: Settings, tmp_path: Path) -> Pontianak:
    def lines(simulator: Carrier) -> list[Carrier]:
        return [simulator, TWILIO, AT, PHONE]

    told = settings.model_copy(update={"public_url": PUBLIC})
    return Pontianak(engine, told, tmp_path, lines=lines).build()


def signed(called: str, form: Mapping[str, str]) -> dict[str, str]:
    """The proof over the address as Twilio called it."""
    return {"X-Twilio-Signature": RequestValidator(SECRET).compute_signature(PUBLIC + called, form)}


def as_json(city: Pontianak, path: str, told: Mapping[str, object], mimetype: str = "application/json") -> str:
    answer = city.client.post(AFRICA + path, data=json.dumps(told), content_type=mimetype)
    assert answer.status_code == 200
    city.settle()
    return answer.text


def test_a_slash_at_the_end_of_twilios_address_loses_no_text(city: Pontianak) -> None:
    form = {"From": city.budi.number, "To": "+62561700009", "Body": "TOLONG", "MessageSid": "SM1"}
    answer = city.client.post("/hooks/twilio/sms/", data=form, headers=signed("/hooks/twilio/sms/", form))
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert city.incident.phone == city.budi.number


def test_a_proof_over_the_other_address_proves_nothing(city: Pontianak) -> None:
    form = {"From": city.budi.number, "Body": "TOLONG", "MessageSid": "SM1"}
    answer = city.client.post("/hooks/twilio/sms/", data=form, headers=signed("/hooks/twilio/sms", form))
    assert answer.status_code == 403
    assert city.incidents == []


@pytest.mark.parametrize(
    ("path", "status"), [("/hooks/smsgate/", 403), ("/hooks/nobody/", 404), ("/hooks/twilio/", 404)]
)
def test_a_slash_behind_a_line_is_taken_too(city: Pontianak, path: str, status: int) -> None:
    assert city.client.post(path, data="{}").status_code == status


@pytest.mark.parametrize("path", ["/sms", "/sms/"])
@pytest.mark.parametrize("mimetype", ["application/json", "application/json; charset=utf-8", "text/plain"])
def test_africas_talking_may_send_a_text_as_json(city: Pontianak, path: str, mimetype: str) -> None:
    told = {"from": city.budi.number, "to": 20110, "text": "TOLONG", "id": "1", "linkId": None}
    as_json(city, path, told, mimetype)
    assert city.incident.phone == city.budi.number


def test_it_may_send_a_menu_step_as_json(city: Pontianak) -> None:
    told = {"sessionId": "s1", "phoneNumber": city.budi.number, "serviceCode": "*384#", "text": ""}
    assert as_json(city, "/ussd", told).startswith("CON ")


@pytest.mark.parametrize("active", ["1", 1, True])
def test_it_may_send_a_call_as_json(city: Pontianak, active: object) -> None:
    told = {"isActive": active, "sessionId": "v1", "direction": "Inbound", "callerNumber": city.budi.number}
    assert "<Reject" in as_json(city, "/voice", told | {"destinationNumber": "+254711000000"})
    assert city.incident.phone == city.budi.number


def test_its_note_that_somebody_opted_out_is_kept(city: Pontianak) -> None:
    rina = city.of_barat[0]
    answer = city.client.post(f"{AFRICA}/optout", data={"senderId": "SIAGA", "phoneNumber": rina.number})
    assert answer.status_code == 200
    with city.open() as uow:
        assert [(row.phone, row.line) for row in opt_outs.every(uow.db)] == [(rina.number, "africastalking")]
