"""Write a script as Africa's Talking's call actions; its Python SDK has no builder for them."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from gateway.carriers import wire
from gateway.core.messages import Ask, Bridge, Reject, Say, Script

LONGEST_BRIDGE = 600  # seconds
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


def render(script: Script, caller_id: str, keys_url: str) -> str:
    """Return the XML that it carries out. It has at most one `Say`, so sentences in a row are said as one;
    a step with a sound is played.

    Nothing behind the first question or bridge is rendered. Without a key the actions after `GetDigits` run, so the
    next one leads to `keys_url` all the same. There is no action to hang up: the call ends where the actions do.
    """
    response = Element("Response")
    last = next((step for step in script if isinstance(step, Ask | Bridge | Reject)), None)
    before = script[: script.index(last)] if last is not None else script
    words: list[Say | Ask] = [step for step in before if isinstance(step, Say)]
    match last:
        case Ask():
            _ask(response, last, words, keys_url)
        case Bridge():
            _say(response, words)
            SubElement(response, "Dial", phoneNumbers=last.to, callerId=caller_id, maxDuration=str(LONGEST_BRIDGE))
        case Reject():
            SubElement(response, "Reject")
        case None:
            _say(response, words)
    return DECLARATION + tostring(response, encoding="unicode")


def _ask(response: Element, step: Ask, words: Sequence[Say | Ask], keys_url: str) -> None:
    """A question has one sentence or one sound in it; what cannot be said as one with it goes before."""
    inside = [step] if any(one.sound for one in (*words, step)) else [*words, step]
    _say(response, words[: len(words) + 1 - len(inside)])
    question = SubElement(response, "GetDigits", numDigits="1", timeout=str(step.seconds), callbackUrl=keys_url)
    _say(question, inside)
    SubElement(response, "Redirect").text = keys_url


def _say(parent: Element, words: Sequence[Say | Ask]) -> None:
    if any(step.sound for step in words):
        for step in words:
            _say_one(parent, step.text, step.sound)
    else:
        _say_one(parent, " ".join(step.text for step in words), "")


def _say_one(parent: Element, text: str, sound: str) -> None:
    if sound:
        SubElement(parent, "Play", url=sound)
    elif text:
        SubElement(parent, "Say").text = wire.speakable(text)
