"""Describe Twilio: everything that Siaga has to know before a line of it is opened."""

from __future__ import annotations

from pydantic import SecretStr

from gateway.carriers.base import Carrier
from gateway.carriers.description import CarrierDescription, HookKind, HouseSettings, LineSettings, Probe
from gateway.core.line_abilities import CALLS, TEXTS, TWO_WAY, Doors
from gateway.core.setting_values import NO_SECRET, BaseUrl, Numbers

EVERYTHING = TEXTS | CALLS
# Countries whose networks bring no reply back to a number at Twilio. Indonesia: "Two-way SMS supported: No"
# (twilio.com/en/guidelines/id/sms, 2026). Kenya: not through the major aggregators (s.dm, Kenya SMS guide). China and
# India: GoAlert sends no "reply to acknowledge" there (its test TwilioSMSRestrictions).
ONE_WAY = ("+62", "+254", "+86", "+91")


class TwilioSettings(LineSettings):
    account_sid: str
    auth_token: SecretStr
    auth_token_alternate: SecretStr = NO_SECRET
    numbers: Numbers  # the first is for voice and texts
    sender: str = ""
    api_url: BaseUrl = ""

    def doors(self) -> Doors:
        """Return its numbers. A Messaging Service answers from its own pool; a name takes no reply."""
        answers = not self.sender or self.sender.startswith(("MG", "+"))
        texts = dict.fromkeys([self.sender] * self.sender.startswith("+") + list(self.numbers))
        return Doors(answers, tuple(texts), self.numbers)

    def probe(self) -> Probe:
        """Return a request for the account's own description."""
        base = self.api_url or "https://api.twilio.com"
        account = (self.account_sid, self.auth_token.get_secret_value())
        return Probe(f"{base}/2010-04-01/Accounts/{self.account_sid}.json", account)

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
    # Accounts opened since 2026-02-03 have two calls at once without a business profile, three with an individual's,
    # no limit with an approved customer's (support.twilio.com, article 223180028, 2026).
    calls_at_once=2,
    reach={"": EVERYTHING, **dict.fromkeys(ONE_WAY, EVERYTHING - TWO_WAY)},
    dashboard={
        "Messaging, A message comes in (POST)": "sms#rc=3&rp=5xx,ct,rt&rt=4000",
        "Messaging, Primary handler fails (POST)": "sms",
        "Voice, A call comes in (POST)": "voice#rc=3&rp=5xx,ct,rt&rt=4000",
        "Voice, Primary handler fails (POST)": "voice",
        "Voice, Call status changes (POST)": "voice/status",
    },
)
