"""Describe Africa's Talking: everything that Siaga has to know before a line of it is opened."""

from __future__ import annotations

from pydantic import SecretStr

from gateway.carriers.base import Carrier
from gateway.carriers.description import CarrierDescription, HookKind, HouseSettings, LineSettings, Probe
from gateway.core.line_abilities import ALL, CALLS, TEXTS, Abilities, Ability, Doors, is_dialled
from gateway.core.setting_values import BaseUrl, HookToken, Number

ABROAD: Abilities = frozenset({Ability.TEXT_OUT})
USSD: Abilities = frozenset({Ability.USSD})
# The networks that its own client names (africastalking-laravel, src/Enum/Network.php); USSD as its providers' guide
# lists it, voice where it was seen in use. It publishes no table by country; Indonesia is nowhere among them.
NETWORKS = {
    "+233": TEXTS,
    "+234": ALL,
    "+250": TEXTS,
    "+251": TEXTS,
    "+254": ALL,
    "+255": TEXTS | USSD,
    "+256": ALL,
    "+260": TEXTS,
    "+265": TEXTS,
    "+27": TEXTS,
}


class AfricasTalkingSettings(LineSettings):
    username: str
    api_key: SecretStr
    sender: str = ""
    voice_number: Number = ""
    hook_token: HookToken
    api_url: BaseUrl = ""
    voice_url: BaseUrl = ""

    def doors(self) -> Doors:
        """Return the short code for texts and the voice number for calls: they are two products. A name takes no reply,
        and without a voice number nothing rings."""
        texts = (self.sender,) if is_dialled(self.sender) else ()
        calls = (self.voice_number,) if self.voice_number else ()
        return Doors(not self.sender or bool(texts), texts, calls, frozenset() if calls else CALLS)

    def probe(self) -> Probe:
        """Return a request for the account's balance. The sandbox is a host of its own."""
        host = "api.sandbox" if self.username == "sandbox" else "api"
        base = self.api_url or f"https://{host}.africastalking.com"
        headers = {"apiKey": self.api_key.get_secret_value(), "Accept": "application/json"}
        return Probe(f"{base}/version1/user", params={"username": self.username}, headers=headers)

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
    reach={"": ABROAD, **NETWORKS},
    dashboard={
        "SMS, Incoming messages": "sms",
        "SMS, Delivery reports": "delivery",
        "SMS, Subscription / opt-out notifications": "optout",
        "USSD, Callback": "ussd",
        "USSD, Events (end of session)": "ussd/end",
        "Voice, Callback": "voice",
    },
)
