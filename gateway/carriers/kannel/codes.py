"""SMPP's words and what they mean to us, as tables.

Source: SMPP 3.4: table 5-2 (command_status), section 5.2.28 and appendix B (states and receipts). The error in a
receipt is the operator's own; most write the network's (GSM MAP, 3GPP TS 29.002), whose numbers are below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto


class Fate(Enum):
    """The meaning of a failure for the phone."""

    LATER = auto()  # it was off, full or out of reach: a later try may work, and the line is not at fault
    NEVER = auto()  # this number can never get texts from us on this line
    ELSEWHERE = auto()  # nothing: another line may do better


# The state in a receipt (`stat:`); what is not here says nothing of the phone.
STATES = {
    "EXPIRED": Fate.LATER,  # the network tried until the text was not worth it any more
    "UNDELIV": Fate.LATER,  # so do most operators report a phone that is off
    "UNKNOWN": Fate.LATER,  # the operator lost sight of it
    "DELETED": Fate.ELSEWHERE,
    "REJECTD": Fate.ELSEWHERE,
}
# The error in a receipt (`err:`) beside EXPIRED, UNDELIV or UNKNOWN, where it says more than the state.
ERRORS = {
    1: Fate.NEVER,  # unknown subscriber
    5: Fate.NEVER,  # unidentified subscriber
    9: Fate.NEVER,  # illegal subscriber
    11: Fate.NEVER,  # teleservice not provisioned: no texts on this subscription
    12: Fate.NEVER,  # illegal equipment
}
# The command_status with which an operator refuses a text (`NACK/0x0000000b/...`). Every other status is about our
# account or the operator's own state.
REFUSALS = {0x0B: Fate.NEVER}  # ESME_RINVDSTADR: invalid destination address

RECEIPT = re.compile(r"\bstat:\s*([A-Za-z]{2,10})(?:.*?\berr:\s*([0-9A-Za-z]{1,4})\b)?", re.DOTALL)
REFUSAL = re.compile(r"NACK/(0x[0-9A-Fa-f]{1,8}|[0-9]{1,8})\b")


@dataclass(frozen=True)
class Failure:
    """An operator's word on a text that did not arrive; `code` is short and holds nobody's number."""

    fate: Fate
    code: str


def failure(reply: str) -> Failure | None:
    """Return what Kannel's `%A` says in SMPP's words, or None where these are no words of SMPP's."""
    refused, receipt = REFUSAL.match(reply), RECEIPT.search(reply)
    if refused is not None:
        return _refused(refused[1])
    if receipt is None:
        return None
    state, error = receipt[1].upper()[:7], (receipt[2] or "").upper()
    fate = STATES.get(state, Fate.ELSEWHERE)
    if fate is Fate.LATER and error.isdigit():
        fate = ERRORS.get(int(error), fate)
    return Failure(fate, f"{state}_{error}" if error else state)


def _refused(status: str) -> Failure:
    """Return the failure of a command status, which older Kannels write as a decimal."""
    number = int(status, 16 if status.startswith("0x") else 10)
    return Failure(REFUSALS.get(number, Fate.ELSEWHERE), f"NACK_0x{number:02x}")
