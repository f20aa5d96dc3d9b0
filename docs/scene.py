"""What happens in the demo while its pictures are taken: made-up people on simulated phones, and what a console shows.

Everything goes the way it would go in earnest (texts, keys, `siaga …`), nothing into the database.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pyotp

from gateway.carriers.simulator.handsets import Handsets
from gateway.carriers.simulator.people import Exchange
from gateway.cli.company import free_port, settings_environ
from gateway.config import Settings
from gateway.demo_city import BUDI, JOKO
from gateway.demo_city.network import exchange
from gateway.wiring import handsets

PATIENCE = 60.0  # seconds for any one step; a loaded machine starts Python three times
LOOK = 0.1  # seconds
STRANGER = "+6281399000077"
EARLIER = {  # what was settled before the shift: who cried, what, and what the officer texts afterwards
    "+6281360020003": ("TOLONG ada orang berkelahi bawa parang", ("OTW", "TIBA", "SELESAI sudah dilerai")),
    "+6281360020016": ("tolong rumah saya dimasuki orang", ("OTW", "TIBA", "SELESAI pelaku diamankan")),
}
TOLD = {  # what people text on a quiet day
    "+6281399000011": "DAFTAR Ratna Puspita#6171014507880003#Jl Ampera 21",
    "+6281399000012": "DAFTAR Hendra Gunawan#6171021102790004#Gg Melati 3",
    "+6281360020014": "LAPOR tiap malam minggu ada balap liar di Jl Gajah Mada",
    "+6281360020007": "LAPOR lampu jalan di depan pasar mati, gelap sekali",
}
ROSTER = """phone,days,from,until
+6281270010011,sen-jum,06:00,14:00
+6281270010012,sen-min,14:00,22:00
+6281270010013,sen-jum,22:00,06:00
+6281270010014,"sab,min",06:00,14:00
+6281270010015,sen-kam,07:00,15:00
"""
Found = TypeVar("Found")


@dataclass(frozen=True)
class Demo:
    """A running demo: where it is, how one logs in, and the people's side of its phones."""

    url: str
    password: str
    secret: str  # of the admin's authenticator
    environ: dict[str, str]
    people: Exchange
    phones: Handsets

    @property
    def code(self) -> str:
        """What the admin's authenticator shows now."""
        return pyotp.TOTP(self.secret).now()

    def siaga(self, *words: str) -> None:
        """An operator's command. Raises CalledProcessError."""
        subprocess.run([sys.executable, "-m", "gateway", *words], env=self.environ, check=True)  # noqa: S603 - ours


@contextmanager
def started(folder: Path) -> Iterator[Demo]:
    """`siaga demo` in this folder and on a free port, until the end of the block. Raises TimeoutError."""
    environ = settings_environ(os.environ, DATA_DIR=str(folder), PORT=str(free_port()))
    settings = Settings.load({**environ, "DEMO": "1"})
    said = folder / "said"
    with said.open("w") as out:
        process = subprocess.Popen([sys.executable, "-m", "gateway", "demo"], env=environ, stdout=out, stderr=out)
    try:
        until("the demo is up", lambda: "Ctrl-C" in said.read_text())
        uri = next(word for word in said.read_text().split() if word.startswith("otpauth:"))
        secret = pyotp.parse_uri(uri).secret
        password = settings.demo_password.get_secret_value()
        yield Demo(settings.public_url, password, secret, environ, exchange(settings), handsets(settings))
    finally:
        process.terminate()
        process.wait(PATIENCE)


def until(what: str, look: Callable[[], Found | None]) -> Found:
    """What `look` finds once it finds something. Raises TimeoutError with `what` after PATIENCE."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(LOOK)
    raise TimeoutError(what)


# --- what happens -------------------------------------------------------------------------------------------------


def furnish(demo: Demo, folder: Path) -> None:
    """A station that has been at work: a roster with a hole, applications, reports, two emergencies that are over."""
    (folder / "roster.csv").write_text(ROSTER)
    demo.siaga("import", "shifts", str(folder / "roster.csv"))
    for number, words in TOLD.items():
        demo.people.text(number, words)
    for number, (cry, steps) in EARLIER.items():
        demo.people.text(number, cry)
        _settle(demo, steps)
    until("no phone rings", lambda: not any(map(demo.phones.ringing, demo.phones.numbers())))


def _settle(demo: Demo, steps: tuple[str, ...]) -> None:
    """The first officer whose phone rings goes there and ends it."""
    officer = until("an officer's phone rings", lambda: _ringing_officer(demo))
    _accept(demo, officer)
    for words in steps:
        with _answered(demo, officer):
            demo.people.text(officer, words)


def _ringing_officer(demo: Demo) -> str | None:
    officers = (number for number in demo.phones.numbers() if number.startswith(JOKO[:-2]))
    return next(filter(demo.phones.ringing, officers), None)


def _accept(demo: Demo, officer: str) -> None:
    until("the alert is read", lambda: demo.phones.texts(officer))
    with _answered(demo, officer):
        until("the key is heard", lambda: demo.people.press(officer, "1"))
    demo.people.hang_up(officer)


@contextmanager
def _answered(demo: Demo, number: str) -> Iterator[None]:
    """Whatever this phone does in the block is answered by a text."""
    before = _received(demo, number)
    yield
    until(f"{number} is answered", lambda: _received(demo, number) > before)


def _received(demo: Demo, number: str) -> int:
    return sum(text.direction == "in" for text in demo.phones.texts(number))


def cry(demo: Demo) -> None:
    """Budi is in need, a stranger asks something that nobody can read, and Joko's phone rings."""
    demo.people.text(STRANGER, "assalamualaikum pak ini nomor polsek kah")
    demo.people.text(BUDI, "TOLONG ada maling di rumah")
    until("Joko's phone rings", lambda: demo.phones.ringing(JOKO))


def come(demo: Demo) -> None:
    """Joko says yes and sets out."""
    _accept(demo, JOKO)
    demo.people.text(JOKO, "OTW")
