"""What every line must show in the contract test, as one table of real payloads per carrier."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.core.messages import Delivery, Ending, Hook, Outcome, Phase, Price, Script
from tests.loopback import Loopback

Fields = Mapping[str, str]


@dataclass(frozen=True)
class CallRow:
    """One call-back about a call and what we read in it."""

    says: str
    fields: Fields
    phase: Phase
    ending: Ending | None = None
    incoming: bool = False
    digits: str = ""
    seconds: int = 0
    price: Price | None = None
    attempt: int | None = None
    path: str = "voice"
    query: Fields = field(default_factory=dict)


@dataclass(frozen=True)
class ReportRow:
    says: str
    fields: Fields
    delivery: Delivery | None
    permanent: bool = False
    query: Fields = field(default_factory=dict)
    attempt: int | None = None
    absent: bool = False
    opted_out: bool = False


@dataclass(frozen=True)
class SendRow:
    """How the phone or the company is, and what comes of a text (or call) then."""

    says: str
    outcome: Outcome
    to: str = "+254711000222"
    trouble: str = ""  # of the whole company
    handset: str = ""  # how this phone is set
    about_number: bool = False  # the answer says nothing of the line
    opted_out: bool = False  # the number gets no more texts on this line


@dataclass(frozen=True)
class Case:
    """A line: how to start its double and itself, and its tables. A line without texts leaves their part out, one
    without calls theirs."""

    name: str
    double: Callable[[], Loopback]
    line: Callable[..., Any]  # (the double's address, time-outs, settings that differ) -> carrier
    hook: Callable[[str, Fields, Fields], Hook]  # (path, fields, query) -> a request that proves itself
    forged: Callable[[Hook], list[Hook]]  # the same request, unproved in every way
    wrong: Mapping[str, object]  # settings with credentials that the company does not know
    wrong_code: str
    # for a line that takes and sends texts
    text: Fields = field(default_factory=dict)  # a whole inbound text; empty: the line has none
    sender: str = ""
    words: str = ""
    ref: str = ""
    reads: Mapping[str, str] = field(default_factory=dict)  # which field holds sender, body and id
    report_path: str = ""
    reports: list[ReportRow] = field(default_factory=list)
    texts_out: list[SendRow] = field(default_factory=list)
    report_ref: str = ""  # where a report knows a text by another id than the carrier's
    # for a line that takes calls, and one that places them
    calls: list[CallRow] = field(default_factory=list)
    calls_out: list[SendRow] = field(default_factory=list)
    scripts: list[tuple[Script, list[str]]] = field(default_factory=list)  # and what the answer contains, in order

    @property
    def hooked(self) -> Hook:
        """A request that proves itself and comes when somebody reaches us: a text, or else a call."""
        if self.text:
            return self.hook("sms", self.text, {})
        return self.hook(self.calls[0].path, self.calls[0].fields, self.calls[0].query)
