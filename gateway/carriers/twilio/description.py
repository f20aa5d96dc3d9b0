"""Describe Twilio: everything that Siaga has to know before a line of it is opened."""

from __future__ import annotations

from pydantic import SecretStr

from gateway.carriers.base import Carrier
from gateway.carriers.description import CarrierDescription, HookKind, HouseSettings, LineSettings
from gateway.core.setting_values import NO_SECRET, BaseUrl, Numbers


class TwilioSettings(LineSettings):
    account_sid: str
    auth_token: SecretStr
    auth_token_alternate: SecretStr = NO_SECRET
    numbers: Numbers  # the first is for voice and texts
    sender: str = ""
    api_url: BaseUrl = ""

    def open(self, line: str, house: HouseSettings) -> Carrier:
        from gateway.carriers.twilio.line import Twilio

        tokens = (self.auth_token.get_secret_value(), self.auth_token_alternate.get_secret_value())
        return Twilio(
            name=line,
            account_sid=self.account_sid,
            auth_tokens=tuple(filter(None, tokens)),
            numbers=self.numbers,
            sender=self.sender or None,
            api_url=self.api_url or None,
            public_url=house.public_url,
        )


CARRIER = CarrierDescription(
    settings=TwilioSettings,
    routes={
        "sms": HookKind.TEXT,
        "sms/status": HookKind.RECEIPT,
        "voice": HookKind.CALL,
        "voice/keys": HookKind.CALL,
        "voice/status": HookKind.CALL,
    },
    pace=(10.0, 1.0),
)
