"""Describe Kannel: everything that Siaga has to know before a line of it is opened."""

from __future__ import annotations

from pydantic import SecretStr

from gateway.carriers.base import Carrier
from gateway.carriers.description import CarrierDescription, HookKind, HouseSettings, LineSettings, Probe
from gateway.core.line_abilities import TEXTS, Doors, is_dialled
from gateway.core.setting_values import HookToken, Url


class KannelSettings(LineSettings):
    sendsms_url: Url
    username: str
    password: SecretStr
    sender: str = ""
    hook_token: HookToken

    def doors(self) -> Doors:
        """Return the short code or number. A name takes no reply; without a sender the operator's own stands, which
        takes one."""
        texts = (self.sender,) if is_dialled(self.sender) else ()
        return Doors(not self.sender or bool(texts), texts)

    def probe(self) -> Probe:
        """Return a text to nobody: Kannel looks at the user first (403), then refuses it for want of a receiver."""
        account = {"username": self.username, "password": self.password.get_secret_value()}
        return Probe(self.sendsms_url, params=account, knows=(400,))

    def open(self, line: str, house: HouseSettings) -> Carrier:
        from gateway.carriers.kannel.line import Kannel

        return Kannel(
            name=line,
            sendsms_url=self.sendsms_url,
            username=self.username,
            password=self.password.get_secret_value(),
            sender=self.sender,
            hook_token=self.hook_token.get_secret_value(),
            public_url=house.public_url,
        )


CARRIER = CarrierDescription(
    settings=KannelSettings,
    routes={"sms": HookKind.TEXT, "dlr": HookKind.RECEIPT},
    token_in_path=True,
    reach={"": TEXTS},
    dashboard={
        "kannel.conf, sms-service, get-url": "sms?from=%p&to=%P&text=%b&id=%I&ts=%T&charset=%C",
    },
)
