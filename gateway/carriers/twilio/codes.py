"""Twilio's words and what they mean to us, as tables.

Source: Twilio's error dictionary and its pages on message and call statuses. Where those leave something open, the row
says how we read it.
"""

from gateway.core.messages import Delivery, Ending, Outcome, Phase
from gateway.core.words.opt_out import OptOut

# API errors that are about the number, for good. What is not here goes by its HTTP class: our own faults
# (credentials, sender, geo-permission, balance, queue) are refusals, so that the next line is tried at once.
ERRORS = {
    "21211": Outcome.PERMANENT,  # invalid number
    "21214": Outcome.PERMANENT,  # a call cannot reach this number
    "21216": Outcome.PERMANENT,  # a number that Twilio never calls
    "21217": Outcome.PERMANENT,  # invalid number, on calls
    "13224": Outcome.PERMANENT,  # invalid number, inside a call
    "21265": Outcome.PERMANENT,  # a short code
    "21266": Outcome.PERMANENT,  # our own number
    "21610": Outcome.PERMANENT,  # texted STOP
    "21614": Outcome.PERMANENT,  # no mobile number
    "21635": Outcome.PERMANENT,  # a landline
    "21657": Outcome.PERMANENT,  # this sender never reaches this destination
}
# API errors that are about the number although they may pass: they say nothing of the line for other numbers.
ABOUT_NUMBER = frozenset(
    {
        "21215",  # calls to its country are not switched on
        "21408",  # texts to its country are not switched on
        "21612",  # not routable from this sender
        "13227",  # calls to its country are not switched on, inside a call
    }
)
OPTED_OUT = frozenset({"21610"})  # texted STOP to this sender
# OptOutType, which comes where Advanced Opt-Out has read a word; else the words that Twilio keeps for itself.
OPT_OUT_TYPES = {"STOP": OptOut.STOP, "START": OptOut.START}
OPT_OUT_WORDS = {
    **dict.fromkeys(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"), OptOut.STOP),
    **dict.fromkeys(("START", "YES", "UNSTOP"), OptOut.START),
}
NOT_TAKEN = frozenset({"failed", "undelivered", "canceled"})

DELIVERIES = {
    "sent": Delivery.SENT,
    "partially_delivered": Delivery.SENT,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.DELIVERED,
    "undelivered": Delivery.FAILED,
    "failed": Delivery.FAILED,
    "canceled": Delivery.FAILED,
}
# 30004 blocked, 30005 unknown number, 30006 landline; 30003 (off), 30007 (filtered) and 30008 (unknown) pass
DELIVERY_PERMANENT = frozenset({"30004", "30005", "30006"}) | ERRORS.keys()
ABSENT = frozenset({"30003"})  # off, abroad or without a signal

PHASES = {
    "queued": Phase.RINGING,
    "initiated": Phase.RINGING,
    "ringing": Phase.RINGING,
    "in-progress": Phase.ANSWERED,
    "answered": Phase.ANSWERED,
}
ENDINGS = {
    "completed": Ending.COMPLETED,
    "busy": Ending.BUSY,
    "no-answer": Ending.NO_ANSWER,
    "failed": Ending.FAILED,
    "canceled": Ending.CANCELLED,
}
# The network's own word (RFC 3261) is finer than Twilio's where nobody picked up.
SIP_ENDINGS = {
    "404": Ending.UNREACHABLE,
    "410": Ending.UNREACHABLE,
    "484": Ending.UNREACHABLE,
    "604": Ending.UNREACHABLE,
    "603": Ending.REJECTED,
}
STILL_TO_COME = frozenset({"queued", "initiated", "ringing", "canceled"})
