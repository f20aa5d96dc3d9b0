"""Africa's Talking's words and what they mean to us, as tables.

Source: its documentation of messaging and voice call-backs as far as it is kept anywhere, its official SDKs, and the
maintained Laravel package's enumerations. Words are compared case-insensitively: both "BlackList" spellings exist.
"""

from gateway.core.messages import Delivery, Ending, Outcome

# statusCode of one recipient in the answer to a text. A code that says "not done" is believed: to send again may
# double a text, to call it unknown would end after the second try.
RECIPIENTS = {
    "100": Outcome.ACCEPTED,  # Processed
    "101": Outcome.ACCEPTED,  # Sent
    "102": Outcome.ACCEPTED,  # Queued
    "401": Outcome.REFUSED,  # RiskHold
    "402": Outcome.REFUSED,  # InvalidSenderId
    "403": Outcome.PERMANENT,  # InvalidPhoneNumber
    "404": Outcome.PERMANENT,  # UnsupportedNumberType
    "405": Outcome.REFUSED,  # InsufficientBalance
    "406": Outcome.PERMANENT,  # UserInBlacklist
    "407": Outcome.REFUSED,  # CouldNotRoute
    "409": Outcome.REFUSED,  # DoNotDisturbRejection
    "500": Outcome.REFUSED,  # InternalServerError
    "501": Outcome.REFUSED,  # GatewayError
    "502": Outcome.REFUSED,  # RejectedByGateway
}
# Codes that are about the number although they may pass: they say nothing of the line for other numbers.
ABOUT_NUMBER = frozenset({"402", "403", "404", "406", "407", "409"})
# Codes, and failureReasons, by which a number gets no more texts of ours.
OPTED_OUT = frozenset({"406", "userinblacklist"})
# The same by its word, for an answer without a code.
RECIPIENT_WORDS = {
    "success": Outcome.ACCEPTED,
    "processed": Outcome.ACCEPTED,
    "sent": Outcome.ACCEPTED,
    "queued": Outcome.ACCEPTED,
    "invalidphonenumber": Outcome.PERMANENT,
    "unsupportednumbertype": Outcome.PERMANENT,
    "userinblacklist": Outcome.PERMANENT,
    "invalidsenderid": Outcome.REFUSED,
    "insufficientbalance": Outcome.REFUSED,
    "couldnotroute": Outcome.REFUSED,
}

# status of one entry in the answer to a call
CALLS = {
    "queued": Outcome.ACCEPTED,
    "invalidphonenumber": Outcome.PERMANENT,
    "destinationnotsupported": Outcome.PERMANENT,
    "insufficientcredit": Outcome.REFUSED,
}

# status of a delivery report; AbsentSubscriber and Expired are named by newer pages only, and are ends
DELIVERIES = {
    "sent": Delivery.SENT,
    "submitted": Delivery.SENT,
    "buffered": Delivery.SENT,
    "success": Delivery.DELIVERED,
    "rejected": Delivery.FAILED,
    "failed": Delivery.FAILED,
    "expired": Delivery.FAILED,
    "absentsubscriber": Delivery.FAILED,
}
ABSENT = frozenset({"absentsubscriber"})  # off or out of reach for now
# failureReason that is about the number, for good
DELIVERY_PERMANENT = frozenset(
    {"userinblacklist", "userdoesnotexist", "unsupportedphonenumber", "notnetworksubscriber"}
)

# hangupCause, as FreeSWITCH names them. NORMAL_CLEARING and UNSPECIFIED say nothing: the state decides.
HANGUPS = {
    "USER_BUSY": Ending.BUSY,
    "CALL_REJECTED": Ending.REJECTED,
    "NO_ANSWER": Ending.NO_ANSWER,
    "NO_USER_RESPONSE": Ending.NO_ANSWER,
    "SUBSCRIBER_ABSENT": Ending.NO_ANSWER,  # off or out of reach for now
    "NORMAL_TEMPORARY_FAILURE": Ending.FAILED,
    "RECOVERY_ON_TIMER_EXPIRE": Ending.FAILED,
    "SERVICE_UNAVAILABLE": Ending.FAILED,
    "USER_NOT_REGISTERED": Ending.FAILED,
    "UNALLOCATED_NUMBER": Ending.UNREACHABLE,
    "ORIGINATOR_CANCEL": Ending.CANCELLED,
    "LOSE_RACE": Ending.CANCELLED,
}
# callSessionState or status
STATES = {
    "completed": Ending.COMPLETED,
    "success": Ending.COMPLETED,
    "notanswered": Ending.NO_ANSWER,
    "busy": Ending.BUSY,
    "rejected": Ending.REJECTED,
    "failed": Ending.FAILED,
    "aborted": Ending.FAILED,
}
RINGING_STATES = frozenset({"ringing", "dialing"})
