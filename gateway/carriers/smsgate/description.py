"""Describe SMSGate and CallGate: everything that Siaga has to know before a line of theirs is opened."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import SecretStr

from gateway.carriers.base import Carrier
from gateway.carriers.description import CarrierDescription, HookKind, HouseSettings, LineSettings, Probe
from gateway.core.line_abilities import TEXTS, Ability, Doors
from gateway.core.setting_values import BaseUrl, Number


class SmsGateSettings(LineSettings):
    api_url: BaseUrl
    username: str
    password: SecretStr
    signing_key: SecretStr
    number: Number

    def doors(self) -> Doors:
        """Return the SIM's number, which takes texts and, by CallGate, missed calls."""
        return Doors(True, (self.number,), (self.number,))

    def probe(self) -> Probe:
        """Return a request for the last text; older servers know no such list, and still look at the user first."""
        base = self.api_url if urlsplit(self.api_url).path else f"{self.api_url}/3rdparty/v1"
        account = (self.username, self.password.get_secret_value())
        return Probe(f"{base}/messages", account, {"limit": "1"}, knows=(200, 404, 405))

    def open(self, line: str, house: HouseSettings) -> Carrier:
        from gateway.carriers.smsgate.line import SmsGate

        return SmsGate(
            name=line,
            api_url=self.api_url,
            username=self.username,
            password=self.password.get_secret_value(),
            signing_key=self.signing_key.get_secret_value(),
            number=self.number,
        )


CARRIER = CarrierDescription(
    settings=SmsGateSettings,
    routes={"": HookKind.ENVELOPE},
    reach={"": TEXTS | {Ability.CALL_IN}},
    dashboard={
        "SMSGate, webhooks sms:received, sms:data-received, sms:sent, sms:delivered, sms:failed, sms:cancelled": "",
        "CallGate, webhook call:ringing": "",
    },
)
