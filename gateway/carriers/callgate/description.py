"""Describe CallGate: everything that Siaga has to know before a line of it is opened."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import SecretStr

from gateway.carriers.base import Carrier
from gateway.carriers.description import CarrierDescription, HookKind, HouseSettings, LineSettings, Probe
from gateway.core.line_abilities import Ability, Doors
from gateway.core.setting_values import NO_SECRET, BaseUrl, Number


class CallGateSettings(LineSettings):
    api_url: BaseUrl
    username: str
    password: SecretStr
    number: Number
    signing_key: SecretStr = NO_SECRET  # without it no hook of the phone is believed
    is_door: bool = True  # citizens ring this number; it counts only with a signing key
    call_waiting: bool = False  # it was tried out: it tells of a call that comes in while it rings somebody

    def doors(self) -> Doors:
        """Return the SIM's number where citizens may ring it."""
        is_door = self.is_door and bool(self.signing_key.get_secret_value())
        return Doors(answers=False, calls=(self.number,) if is_door else ())

    def probe(self) -> Probe:
        """Return a request that the app has no answer for: it looks at the user first (401), and rings nobody."""
        base = self.api_url if urlsplit(self.api_url).path else f"{self.api_url}/api/v1"
        account = (self.username, self.password.get_secret_value())
        return Probe(f"{base}/calls", account, knows=(200, 404, 405))

    def open(self, line: str, house: HouseSettings) -> Carrier:
        from gateway.carriers.callgate.line import CallGate

        return CallGate(
            name=line,
            api_url=self.api_url,
            username=self.username,
            password=self.password.get_secret_value(),
            number=self.number,
            signing_key=self.signing_key.get_secret_value(),
            is_door=self.is_door,
            tells_of_waiting=self.call_waiting,
        )


CARRIER = CarrierDescription(
    settings=CallGateSettings,
    routes={"": HookKind.ENVELOPE},
    reach={"": frozenset({Ability.CALL_IN, Ability.CALL_OUT})},
    dashboard={
        "CallGate, webhooks call:ringing, call:ended": "",
    },
)
