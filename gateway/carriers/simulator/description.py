"""Describe the demo's simulated line: everything that Siaga has to know before it is opened."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from gateway.carriers.base import Carrier
from gateway.carriers.description import CarrierDescription, HookKind, HouseSettings, LineSettings
from gateway.core.line_abilities import ALL, Doors

NUMBER = "+6256100110"  # the demo's own; 0561 is Pontianak


def handset_file(data_dir: Path) -> Path:
    """Return the file of the demo's phones."""
    return data_dir / "handsets.db"


class SimulatorSettings(LineSettings):
    """The settings of the simulated line: there are none, because its key is the demo's and its number is made up."""

    def doors(self) -> Doors:
        return Doors(True, (NUMBER,), (NUMBER,))

    def open(self, line: str, house: HouseSettings) -> Carrier:
        from gateway.carriers.simulator.handsets import Handsets
        from gateway.carriers.simulator.line import Simulator

        phones = Handsets(handset_file(house.data_dir), partial(datetime.now, UTC))
        return Simulator(house.demo_hook_key.get_secret_value().encode(), NUMBER, phones, house.public_url)


CARRIER = CarrierDescription(
    settings=SimulatorSettings,
    routes={
        "sms": HookKind.TEXT,
        "sms/status": HookKind.RECEIPT,
        "voice": HookKind.CALL,
        "voice/keys": HookKind.CALL,
        "voice/status": HookKind.CALL,
        "ussd": HookKind.USSD_STEP,
        "ussd/end": HookKind.USSD_END,
    },
    demo=True,
    reach={"": ALL},
)
