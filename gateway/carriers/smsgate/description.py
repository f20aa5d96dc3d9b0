"""Describe SMSGate and CallGate: everything that Siaga has to know before a line of theirs is opened."""

from __future__ import annotations

from pydantic import SecretStr

from gateway.carriers.base import Carrier
from gateway.carriers.description import CarrierDescription, HookKind, HouseSettings, LineSettings
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
)
