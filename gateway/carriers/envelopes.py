"""The signed JSON envelope in which the apps SMSGate and CallGate post everything (`deviceId, event, id, webhookId,
payload`). Source: the apps' documentation of webhooks."""

from __future__ import annotations

from dataclasses import replace

from gateway.carriers import wire
from gateway.core.messages import BadHook, CallEvent, Hook, Phase


def flat(hook: Hook) -> Hook:
    """Return the envelope's and its payload's fields as a form; a body that is not such JSON has no fields."""
    envelope = wire.json_fields(hook.body)
    payload = envelope.get("payload")
    fields = {**(payload if isinstance(payload, dict) else {}), **envelope}
    return replace(hook, query={}, form={name: (value,) for name, value in fields.items() if isinstance(value, str)})


def raw(hook: Hook) -> str:
    return wire.letters(hook.body).replace("\x00", "")


def ringing(hook: Hook, line: str, number: str, now: float) -> CallEvent:
    """Read that the phone with this `number` rings. Its events share no id, so ringing is the whole story of a call
    that comes in. Raises BadHook."""
    told = flat(hook)
    phone = wire.phone(told, "phoneNumber")
    if not phone:
        raise BadHook("a call without phoneNumber")
    return CallEvent(
        line=line,
        ref=wire.reference(wire.field(told, "id"), phone, raw(hook), at=now),
        incoming=True,
        phone=phone,
        phase=Phase.RINGING,
        called=number,
        region=wire.region(number),
        raw=raw(hook),
    )
