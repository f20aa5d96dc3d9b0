"""Write a script as Africa's Talking's call actions; its Python SDK has no builder for them."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

from gateway.carriers import wire
from gateway.core.messages import Ask, Bridge, Reject, Say, Script

LONGEST_BRIDGE = 600  # seconds
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


def render(script: Script, caller_id: str, keys_url: str) -> str:
    """Return the XML that it carries out. It has at most one `Say`, so sentences in a row are said as one.

    Nothing behind the first question or bridge is rendered. Without a key the actions after `GetDigits` run, so the
    next one leads to `keys_url` all the same. There is no action to hang up: the call ends where the actions do.
    """
    response = Element("Response")
    words = [step.text for step in script if isinstance(step, Say)]
    last = next((step for step in script if isinstance(step, Ask | Bridge | Reject)), None)
    match last:
        case Ask():
            _ask(response, last, [*_before(script, last), last.text], keys_url)
        case Bridge():
            _say(response, _before(script, last))
            SubElement(response, "Dial", phoneNumbers=last.to, callerId=caller_id, maxDuration=str(LONGEST_BRIDGE))
        case Reject():
            SubElement(response, "Reject")
        case None:
            _say(response, words)
    return DECLARATION + tostring(response, encoding="unicode")


def _before(script: Script, last: Ask | Bridge) -> list[str]:
    return [step.text for step in script[: script.index(last)] if isinstance(step, Say)]


def _ask(response: Element, step: Ask, words: Iterable[str], keys_url: str) -> None:
    _say(SubElement(response, "GetDigits", numDigits="1", timeout=str(step.seconds), callbackUrl=keys_url), words)
    SubElement(response, "Redirect").text = keys_url


def _say(parent: Element, words: Iterable[str]) -> None:
    text = " ".join(words)
    if text:
        SubElement(parent, "Say").text = wire.speakable(text)
