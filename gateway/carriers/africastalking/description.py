"""Describe Africa's Talking: everything that Siaga has to know before a line of it is opened."""

from __future__ import annotations

from pydantic import SecretStr

from gateway.carriers.base import Carrier
from gateway.carriers.description import CarrierDescription, HookKind, HouseSettings, LineSettings
from gateway.core.setting_values import BaseUrl, HookToken, Number


class AfricasTalkingSettings(LineSettings):
    username: str
    api_key: SecretStr
    sender: str = ""
    voice_number: Number = ""
    hook_token: HookToken
    api_url: BaseUrl = ""
    voice_url: BaseUrl = ""

    def open(self, line: str, house: HouseSettings) -> Carrier:
        from gateway.carriers.africastalking.line import AfricasTalking

        return AfricasTalking(
            name=line,
            username=self.username,
            api_key=self.api_key.get_secret_value(),
            hook_token=self.hook_token.get_secret_value(),
            sender=self.sender or None,
            voice_number=self.voice_number or None,
            api_url=self.api_url or None,
            voice_url=self.voice_url or None,
            public_url=house.public_url,
        )


CARRIER = CarrierDescription(
    settings=AfricasTalkingSettings,
    routes={
        "sms": HookKind.TEXT,
        "delivery": HookKind.RECEIPT,
        "optout": HookKind.OPT_OUT,
        "voice": HookKind.CALL,
        "ussd": HookKind.USSD_STEP,
        "ussd/end": HookKind.USSD_END,
    },
    token_in_path=True,
)
