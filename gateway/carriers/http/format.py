"""The small language of this line's settings: pairs, tables, templates, and the place of a value in an answer.

A setting that nobody can read stops the start; what a company sends never raises anything here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from gateway.core.messages import Delivery, Outcome

PLACEHOLDER = re.compile(r"\{([a-z_]*)\}")
Word = TypeVar("Word")


class Report(Enum):
    """The meaning of a state word in a delivery receipt."""

    SENT = Delivery.SENT, False, False, False
    DELIVERED = Delivery.DELIVERED, False, False, False
    FAILED = Delivery.FAILED, False, False, False  # another line may do better
    ABSENT = Delivery.FAILED, False, True, False  # off or out of reach: later
    NEVER = Delivery.FAILED, True, False, False  # this number gets no texts from us on this line
    STOPPED = Delivery.FAILED, True, False, True  # its owner wants none

    def __init__(self, delivery: Delivery, permanent: bool, absent: bool, opted_out: bool) -> None:
        self.delivery, self.permanent, self.absent, self.opted_out = delivery, permanent, absent, opted_out


@dataclass(frozen=True)
class Answered:
    """The meaning of a state word in the answer to a send."""

    outcome: Outcome
    about_number: bool = False
    opted_out: bool = False


ANSWERS: Mapping[str, Answered] = {
    "taken": Answered(Outcome.ACCEPTED),
    "later": Answered(Outcome.REFUSED),  # a passing reason, or a fault of the account
    "number": Answered(Outcome.REFUSED, about_number=True),  # a passing reason of this number's
    "never": Answered(Outcome.PERMANENT),  # final: this number cannot be reached here
    "stopped": Answered(Outcome.PERMANENT, opted_out=True),
    "unknown": Answered(Outcome.UNKNOWN),  # it may have left
}
REPORTS: Mapping[str, Report] = {kind.name.lower(): kind for kind in Report}


def pairs(text: str, between: str) -> dict[str, str]:
    """Return `a=1&b=2`. Raises ValueError with the end of a sentence."""
    found = {}
    for part in text.split(between) if text.strip() else ():
        name, sign, value = part.strip().partition("=")
        if not sign or not name.strip() or name.strip() in found:
            raise ValueError(f"must be like name=value{between}name=value, each name once")
        found[name.strip()] = value.strip()
    return found


def form(text: str, known: Collection[str]) -> str:
    """Return the same pairs `a={x}&b={y}`. Raises ValueError for a placeholder that nobody fills, and for a field that
    is a part of another: no JSON body holds both."""
    told = pairs(text, "&")
    for name, value in told.items():
        template(value, known)
        if any(other.startswith(f"{name}.") for other in told):
            raise ValueError(f"names {name} and a field within it")
    return text


def template(text: str, known: Collection[str]) -> str:
    """Return the same text. Raises ValueError for a placeholder that nobody fills."""
    if unknown := set(PLACEHOLDER.findall(text)) - set(known):
        told = ", ".join(f"{{{name}}}" for name in known)
        raise ValueError(f"holds {{{min(unknown)}}}; there are only {told}")
    return text


def fill(text: str, facts: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda found: facts[found[1]], text)


def filled(text: str, facts: Mapping[str, str]) -> dict[str, str]:
    """Return the pairs `a={x}&b={y}` with their facts in place."""
    return {name: fill(value, facts) for name, value in pairs(text, "&").items()}


def table(text: str, words: Mapping[str, Word]) -> dict[str, Word]:
    """Return what each state word means: `0=taken,-5=later`; capitals do not matter, `*` is every other word. Raises
    ValueError."""
    told = pairs(text, ",")
    if set(told.values()) - words.keys():
        raise ValueError(f"must be like 0=..., with one of {', '.join(words)} for each word")
    return {state.casefold(): words[word] for state, word in told.items()}


def look_up(states: Mapping[str, Word], state: str) -> Word | None:
    """Return what a state word means; None for an empty one, and for one that the table does not name."""
    return states.get(state.strip().casefold(), states.get("*")) if state.strip() else None


@dataclass(frozen=True)
class Place:
    """The place of a value in JSON ("results.0.id") or, between two slashes, as a regular expression's group."""

    path: tuple[str, ...] = ()
    expression: re.Pattern[str] | None = None

    @classmethod
    def read(cls, text: str) -> Place:
        """Read a setting. Raises ValueError."""
        if not (text.startswith("/") and text.endswith("/") and len(text) > 2):
            return cls(tuple(text.split("."))) if text else cls()
        try:
            expression = re.compile(text[1:-1])
        except re.error as error:
            raise ValueError("is no regular expression between two slashes") from error
        if expression.groups != 1:
            raise ValueError("must hold one group: the value stands in it")
        return cls(expression=expression)

    def find(self, body: str) -> str:
        """Return the value, "" where it is not there. Raises nothing."""
        if self.expression is not None:
            found = self.expression.search(body)
            return (found[1] or "") if found else ""
        return plain(walk(parsed(body), self.path)) if self.path else ""


def parsed(body: str) -> Any:
    """Return a body's JSON, None for anything else."""
    try:
        return json.loads(body, strict=False)
    except (ValueError, RecursionError):
        return None


def walk(value: Any, path: Collection[str]) -> Any:
    """Return the value at the end of a path of names and places, None where it leads nowhere."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isascii() and step.isdigit() and len(step) < 5 and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def plain(value: Any) -> str:
    """Return a text, number or truth value as text; "" for anything else."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def nested(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return fields as the object of a JSON body; a dot in a name leads into an object within."""
    made: dict[str, Any] = {}
    for name, value in fields.items():
        *path, last = name.split(".")
        inner = made
        for step in path:
            inner = inner.setdefault(step, {})
        inner[last] = value
    return made
