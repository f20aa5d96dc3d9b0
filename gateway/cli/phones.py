"""`siaga phone`: be a phone of the demo."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import click

from gateway.carriers.simulator.people import KEYS, Exchange
from gateway.cli.door import PHONE
from gateway.config import Settings
from gateway.config.sources import environment
from gateway.demo_city.network import Wire, exchange
from gateway.wiring import handsets

Act = Callable[[Exchange, str, str], str]  # returns in words what went wrong, or ""
A_MOMENT = 1.0  # seconds to wait before showing the screen


def _text(people: Exchange, number: str, words: str) -> str:
    return "" if people.text(number, words) else "the phone is off"


def _ring(people: Exchange, number: str, _: str) -> str:
    return "" if people.ring(number) else "the phone is off"


def _press(people: Exchange, number: str, keys: str) -> str:
    if not keys or not set(keys) <= KEYS:
        return "press one key or more of 0 to 9, * and #"
    if people.press(number, keys[0]):
        return "" if all(people.press(number, key) for key in keys[1:]) else "the call was over before the last key"
    return "no call rings, and no menu is open"


def _dial(people: Exchange, number: str, code: str) -> str:
    if not code:
        return "dial a code, like *384*110#"
    return "" if people.dial(number, code) else "the phone is off"


def _screen(people: Exchange, number: str, _: str) -> str:
    return ""


ACTIONS: Mapping[str, Act] = {"text": _text, "ring": _ring, "press": _press, "dial": _dial, "screen": _screen}


@click.command()
@click.argument("number", type=PHONE, metavar="NUMBER")
@click.argument("action", type=click.Choice(list(ACTIONS)))
@click.argument("words", nargs=-1)
def phone(number: str, action: str, words: tuple[str, ...]) -> None:
    """Be a phone of the running demo: text WORDS, ring (a missed call), press KEY, dial CODE, or look at the screen."""
    settings = Settings.load(environment() | {"DEMO": "1"})
    wire = Wire(settings.public_url)
    people = exchange(settings, wire)
    complaint = ACTIONS[action](people, number, " ".join(words))
    if complaint:
        raise click.ClickException(complaint)
    if action != "screen":
        time.sleep(A_MOMENT)
        people.tick()
    click.echo(handsets(settings).screen(number))
    if wire.nobody_there:
        raise click.ClickException(f"nobody answers at {settings.public_url}; is siaga demo running?")
