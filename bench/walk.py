"""How far a reader has to walk: the files and functions of gateway/ that four things enter on their way.

    python bench/walk.py [STORY]

Each story is told in the journeys' made-up city and traced with `sys.setprofile`. The simulator and the tests are left
out. Prints the figures of all; with a STORY (panic, yes, officer, call or tick) those of this one, and its files in the
order in which they are first entered. docs/developers/walks.md explains the figures.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import CodeType, FrameType

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from cryptography.fernet import Fernet
from journeys.city import Pontianak

from gateway.config import Settings
from gateway.core.words.lexicon import Lexicon
from gateway.core.words.reading import read
from gateway.infrastructure import database
from gateway.models import sealing

OURS, SIMULATOR = f"{ROOT}/gateway/", f"{ROOT}/gateway/carriers/simulator/"
NOT_NAMED = "<"  # of a comprehension, a lambda or a module, which no reader looks for by its name


@dataclass
class Walk:
    """What was entered while a story was told, in order."""

    calls: list[CodeType] = field(default_factory=list)

    def see(self, frame: FrameType, event: str, _: object) -> None:
        """A hook of `sys.setprofile`: keep each call of a function of ours."""
        path = frame.f_code.co_filename
        if event == "call" and path.startswith(OURS) and not path.startswith(SIMULATOR):
            self.calls.append(frame.f_code)

    @property
    def files(self) -> list[str]:
        """The files, in the order in which they are first entered."""
        return list(dict.fromkeys(code.co_filename.removeprefix(OURS) for code in self.calls))

    @property
    def functions(self) -> int:
        """How many functions with a name were entered."""
        return len({code for code in self.calls if not code.co_name.startswith(NOT_NAMED)})

    @property
    def moves(self) -> int:
        """How often one call is in another file than the call before."""
        pairs = zip(self.calls, self.calls[1:], strict=False)
        return sum(before.co_filename != after.co_filename for before, after in pairs)

    @property
    def readings(self) -> int:
        """How often a text was read."""
        return Counter(self.calls)[read.__code__]

    @property
    def lists(self) -> int:
        """How often a word list heard a text; there are two, the citizens' and the officers'."""
        return Counter(self.calls)[Lexicon.hear_clean.__code__]


@contextmanager
def traced() -> Iterator[Walk]:
    """Trace this thread while the block runs."""
    walk = Walk()
    sys.setprofile(walk.see)
    try:
        yield walk
    finally:
        sys.setprofile(None)


def panic(city: Pontianak) -> Walk:
    """A citizen's text, until officers' phones ring."""
    with traced() as walk:
        city.budi.texts("TOLONG ada maling di rumah")
    city.of_barat[0].expects_call()
    return walk


def yes(city: Pontianak) -> Walk:
    """An officer's yes by text, until the citizen and the others have read it."""
    city.budi.texts("TOLONG ada maling di rumah")
    words = f"OK {city.incident.code}"
    with traced() as walk:
        city.of_barat[0].texts(words)
    city.budi.expects_text("Bripka Barat 1")
    return walk


def officer(city: Pontianak) -> Walk:
    """An officer's own panic, until the colleagues' phones ring."""
    with traced() as walk:
        city.of_barat[0].texts("TOLONG saya ditembak")
    city.of_barat[1].expects_call()
    return walk


def call(city: Pontianak) -> Walk:
    """An officer picks up our call and presses 1."""
    city.budi.texts("TOLONG ada maling di rumah")
    ringing = city.of_barat[0].expects_call()
    with traced() as walk:
        ringing.presses("1")
    city.budi.expects_text("Bripka Barat 1")
    return walk


def tick(city: Pontianak) -> Walk:
    """One second of the sweep in which a wave falls due."""
    city.budi.texts("TOLONG ada maling di rumah")
    city.forward(29)
    city.clock.at += timedelta(seconds=2)
    city.sweep.hand_over = lambda lane, work: work()  # a sender's thread is not traced
    with traced() as walk:
        city.sweep.sweep()
    assert city.asked(wave=2)
    return walk


STORIES: dict[str, Callable[[Pontianak], Walk]] = {
    "panic": panic,
    "yes": yes,
    "officer": officer,
    "call": call,
    "tick": tick,
}


def told(story: Callable[[Pontianak], Walk]) -> Walk:
    """Tell a story in a fresh city. It is told twice, because a process fills its caches with the first one."""
    for _ in range(2):
        with tempfile.TemporaryDirectory(prefix="siaga-") as name:
            folder, key = Path(name), Fernet.generate_key().decode()
            sealing.use_keys([key])
            url = f"sqlite:///{folder / 'siaga.db'}"
            database.migrate(url)
            engine = database.open_engine(url)
            settings = Settings.load({"DEMO": "1", "DATA_DIR": str(folder / "var"), "ENCRYPTION_KEYS": key})
            walk = story(Pontianak(engine, settings, folder).build())
            engine.dispose()
    return walk


def main(chosen: list[str]) -> None:
    """Print the figures of every story, or those of the chosen ones with their files."""
    print(f"{'story':<10}{'files':>8}{'functions':>12}{'moves':>8}{'readings':>10}{'lists':>8}")
    for name, story in STORIES.items():
        if not chosen or name in chosen:
            walk = told(story)
            figures = f"{len(walk.files):>8}{walk.functions:>12}{walk.moves:>8}{walk.readings:>10}{walk.lists:>8}"
            print(name.ljust(10) + figures)
            print("".join(f"    {file}\n" for file in walk.files if name in chosen), end="")


if __name__ == "__main__":
    main(sys.argv[1:])
