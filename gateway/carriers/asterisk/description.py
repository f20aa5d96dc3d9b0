"""Describe a line over one's own Asterisk: everything that Siaga has to know before it is opened."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, SecretStr

from gateway.carriers.base import Carrier
from gateway.carriers.description import CarrierDescription, HookKind, HouseSettings, LineSettings, Probe
from gateway.core.line_abilities import CALLS, Doors
from gateway.core.setting_values import BaseUrl, Number

TRUNK = re.compile(r"[A-Za-z0-9_.-]+|[A-Za-z0-9]+/[A-Za-z0-9_.@/-]*\{(number|digits)\}[A-Za-z0-9_.@/-]*")


def _trunk(value: str) -> str:
    if value and not TRUNK.fullmatch(value):
        raise ValueError(
            "must be the name of a PJSIP endpoint, or like Dongle/g1/{number} with {number} (+62…) or {digits} (62…)"
        )
    return value


class AsteriskSettings(LineSettings):
    ari_url: BaseUrl
    username: str
    password: SecretStr
    trunk: Annotated[str, AfterValidator(_trunk)]
    number: Number
    hook_key: SecretStr

    def doors(self) -> Doors:
        return Doors(answers=False, calls=(self.number,))

    def probe(self) -> Probe:
        """Return a request for what Asterisk says of itself."""
        account = (self.username, self.password.get_secret_value())
        return Probe(f"{self.ari_url}/ari/asterisk/info", account)

    def open(self, line: str, house: HouseSettings) -> Carrier:
        from gateway.carriers.asterisk.line import Asterisk

        return Asterisk(
            name=line,
            ari_url=self.ari_url,
            username=self.username,
            password=self.password.get_secret_value(),
            trunk=self.trunk,
            number=self.number,
            hook_key=self.hook_key.get_secret_value(),
            public_url=house.public_url,
        )


CARRIER = CarrierDescription(
    settings=AsteriskSettings,
    routes={"voice": HookKind.CALL, "voice/keys": HookKind.CALL, "voice/status": HookKind.CALL},
    switched=True,
    reach={"": CALLS},
)
