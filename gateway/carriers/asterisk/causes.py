"""The network's reasons for the end of a call, as a table.

Source: ITU-T Q.850, and how Asterisk's PJSIP channel translates SIP answers into it (RFC 3398). Asterisk 16 and 22 tell
0 for a call that we let ring until its time was over.
"""

from collections.abc import Mapping

from gateway.core.messages import Ending

# The end of a call that nobody picked up. What is not here failed: a later try, or another line, may work.
UNANSWERED: Mapping[int, Ending] = {
    1: Ending.UNREACHABLE,  # unallocated number: SIP 404, 604
    16: Ending.NO_ANSWER,  # cleared while it rang; where we did that ourselves, we have written it already
    17: Ending.BUSY,  # SIP 486, 600
    18: Ending.NO_ANSWER,  # no user responding: SIP 408
    19: Ending.NO_ANSWER,  # it rang: SIP 480
    20: Ending.NO_ANSWER,  # the handset is off or out of reach; no other line reaches it either
    21: Ending.REJECTED,  # SIP 401, 403, 603
    22: Ending.UNREACHABLE,  # number changed: SIP 410
    26: Ending.CANCELLED,  # answered elsewhere
    28: Ending.UNREACHABLE,  # invalid number format: SIP 484
}
# A connection that broke; all other ends of a call that was picked up are somebody's hanging up.
BROKEN = frozenset({34, 38, 41, 42, 44, 47, 127})
NOT_TOLD = 0
GONE = 38  # network out of order: what `switch` tells when Asterisk itself is gone


def ending(cause: int, *, rang: bool, answered: bool, keyed: bool) -> Ending:
    """Return how a call of ours ended. `keyed`: a key counted, so that a broken connection loses nothing."""
    if answered:
        return Ending.FAILED if cause in BROKEN and not keyed else Ending.COMPLETED
    if cause == NOT_TOLD:
        return Ending.NO_ANSWER if rang else Ending.FAILED
    return UNANSWERED.get(cause, Ending.FAILED)


def ending_of_theirs(*, answered: bool) -> Ending:
    """Return how a call to us ended: talked to, or not picked up and so free for the caller."""
    return Ending.COMPLETED if answered else Ending.CANCELLED
