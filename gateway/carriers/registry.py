"""Find every carrier by its name, which is its folder's, and the carrier of a line by the line's name."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Mapping
from importlib import import_module

from gateway import carriers
from gateway.carriers.description import CarrierDescription
from gateway.core import languages

# A carrier's first line is called like the carrier; the next "twilio-2", "twilio-3".
LINE = re.compile(r"(?P<carrier>[a-z][a-z0-9_]*)(?P<further>-([2-9]|[1-9][0-9]))?")


def _described() -> dict[str, CarrierDescription]:
    names = [module.name for module in pkgutil.iter_modules(carriers.__path__) if module.ispkg]
    return {name: import_module(f"{carriers.__name__}.{name}.description").CARRIER for name in names}


CARRIERS: Mapping[str, CarrierDescription] = _described()


def carrier_of(line: str) -> CarrierDescription | None:
    """Return the carrier of the line with this name; None for a name that no line can have."""
    name = LINE.fullmatch(line)
    carrier = CARRIERS.get(name["carrier"]) if name else None
    return None if carrier and carrier.demo and line not in CARRIERS else carrier


def carrier_name(line: str) -> str:
    """Return the name of a line's carrier: "twilio" of "twilio-2". Lines of one name are equal."""
    name = LINE.fullmatch(line)
    return name["carrier"] if name else line


def is_switched(line: str) -> bool:
    """Return whether the process `switch` holds this line's calls."""
    carrier = carrier_of(line)
    return carrier is not None and carrier.switched


def setting_name(line: str, field: str) -> str:
    """Return the name in the environment of a line's setting: "TWILIO_2_NUMBERS"."""
    return f"{line}_{field}".replace("-", "_").upper()


def own_voices(line: str) -> frozenset[str]:
    """Return the languages for which this line's company has a voice of its own."""
    name = LINE.fullmatch(line)
    return frozenset(languages.voices(name["carrier"])) if name else frozenset()
