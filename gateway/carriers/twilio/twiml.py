"""Write a script as TwiML, by Twilio's own builder (Twilio's documentation of voice TwiML)."""

from __future__ import annotations

from typing import Any

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from gateway.carriers import wire
from gateway.core import languages
from gateway.core.messages import Ask, Bridge, HangUp, Reject, Say, Script, Step

VOICES = languages.voices("twilio")
LONGEST_CALL = 600  # seconds


def render(script: Script, caller_id: str, keys_url: str) -> str:
    """Return the XML that Twilio carries out. `caller_id` is the number that a bridged phone sees; keys, or none, go to
    `keys_url`."""
    response = VoiceResponse()
    for step in script:
        _add(response, step, caller_id, keys_url)
    return str(response)


def _add(response: Any, step: Step, caller_id: str, keys_url: str) -> None:
    match step:
        case Say():
            _say(response, step)
        case Ask():
            response.append(_gather(step, keys_url))
        case Bridge():
            response.append(_dial(step, caller_id))
        case Reject():
            response.reject(reason="busy")
        case HangUp():
            response.hangup()


def _say(verb: Any, step: Say | Ask) -> None:
    if step.sound and step.language not in VOICES:
        verb.play(step.sound)
        return
    voice = VOICES.get(step.language, VOICES["en"])
    verb.say(wire.speakable(step.text), voice=voice.name, language=voice.tag)


def _gather(step: Ask, keys_url: str) -> Any:
    gather = Gather(
        input="dtmf",
        num_digits=1,
        timeout=step.seconds,
        finish_on_key="",  # else a # would come as silence
        action=keys_url,
        action_on_empty_result=True,
    )
    _say(gather, step)
    return gather


def _dial(step: Bridge, caller_id: str) -> Any:
    dial = Dial(caller_id=caller_id, answer_on_bridge=True, timeout=step.ring_seconds, time_limit=LONGEST_CALL)
    dial.number(step.to)
    return dial
