"""Let a carrier describe itself. Settings, wiring and the hooks' entrance read this and need no list of carriers.

Every carrier's folder has a `description.py` with one `CARRIER`. It is read at every start, so it imports no SDK and no
HTTP client: `LineSettings.open` imports the carrier's own code when a line of it is opened.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict, SecretStr

from gateway.carriers.base import Carrier
from gateway.core.line_abilities import Doors, Reach

UNPACED = (0.0, 0.0)


class HookKind(Enum):
    """The subject of a request to one of a carrier's routes."""

    TEXT = "a text came in"
    RECEIPT = "what became of a text of ours"
    CALL = "anything that happened to a call"
    OPT_OUT = "a number wants no more texts"
    USSD_STEP = "a step of a USSD session, which is answered with a screen"
    USSD_END = "a USSD session is over"
    ENVELOPE = "any of these; the line's `kind` tells which"


class HouseSettings(Protocol):
    """The settings that belong to no line and that a line may read."""

    @property
    def public_url(self) -> str: ...

    @property
    def data_dir(self) -> Path: ...

    @property
    def demo_hook_key(self) -> SecretStr: ...


@dataclass(frozen=True)
class Probe:
    """A harmless request by which a company tells whether it knows a line's credentials: nothing is sent to a phone.

    `account` is a user and a password (HTTP Basic). `knows` are the statuses of an answer to somebody whom it knows.
    """

    url: str
    account: tuple[str, str] | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    knows: Collection[int] = (200,)


class LineSettings(BaseModel):
    """The settings of one line: the field `api_key` is `<LINE>_API_KEY` in the environment.

    A field without a default is needed once CARRIERS names the line. Readers for addresses, numbers and secrets are in
    `core/setting_values.py`; a rule of a carrier's own is a field validator, which raises ValueError with the end of a
    sentence.
    """

    model_config = ConfigDict(frozen=True, validate_default=True, hide_input_in_errors=True)

    @abstractmethod
    def open(self, line: str, house: HouseSettings) -> Carrier:
        """Return the line with the name `line`, ready to send. It reaches nobody yet and raises nothing."""

    def doors(self) -> Doors | None:
        """Return the numbers by which phones reach this line; None where they are simply its own numbers."""
        return None

    def probe(self) -> Probe | None:
        """Return the request that tells whether the company knows these credentials; None where there is none."""
        return None


@dataclass(frozen=True)
class CarrierDescription:
    """The description of one carrier.

    `routes` are those behind `/hooks/<line>/`, and behind the token where a secret in the path proves a hook. `pace` is
    how many texts and calls a second an account usually may send, 0 = unpaced. `calls_at_once` is how many calls it
    usually may have at one time, 0 = no limit. `reach` is what the company offers by dialling prefix, with its source;
    empty = everywhere all that its code can do. `demo` says that its phones are made up, so it serves the demo and
    nothing else, and there is one line of it. `switched` says that its calls are held by the process `switch`, without
    which none of them is spoken to. `dashboard` is what the operator enters at the company: by the field's name there,
    the route, with what stands behind it in the address.
    """

    settings: type[LineSettings]
    routes: Mapping[str, HookKind]
    token_in_path: bool = False
    pace: tuple[float, float] = UNPACED
    calls_at_once: int = 0
    reach: Reach = field(default_factory=dict)
    demo: bool = False
    switched: bool = False
    dashboard: Mapping[str, str] = field(default_factory=dict)
