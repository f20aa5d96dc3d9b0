"""A real Asterisk, configured as docs/lines/asterisk.md tells an operator, on ports of its own.

It comes from the system's packages, or unpacked by `.ci/asterisk` where the system has none; no Python registry has it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import requests
from worst.processes import eventually

from gateway.cli.company import free_port

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "lines" / "asterisk.md"
UNPACKED = Path(os.environ.get("SIAGA_CACHE") or Path.home() / ".cache" / "siaga") / "asterisk" / "asterisk"
PROGRAM = shutil.which("asterisk", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or (
    str(UNPACKED) if UNPACKED.exists() else None
)
PASSWORD, HOOK_KEY, NUMBER = "made-up-password", "made-up-hook-key", "+622150001000"
FILE = re.compile(r"^### (\w+[.]conf)\n.*?^```ini\n(.*?)^```", re.MULTILINE | re.DOTALL)


def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class AsteriskBox:
    """From `__enter__` on it answers ARI, and its trunk leads to `operator` (a UDP port)."""

    folder: Path
    operator: int = field(default_factory=free_udp_port)
    http: int = field(default_factory=free_port)
    sip: int = field(default_factory=free_udp_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http}"

    def settings(self, public_url: str) -> dict[str, str]:
        """What a line over it needs."""
        return {
            "ASTERISK_ARI_URL": self.url,
            "ASTERISK_USERNAME": "siaga",
            "ASTERISK_PASSWORD": PASSWORD,
            "ASTERISK_TRUNK": "trunk",
            "ASTERISK_NUMBER": NUMBER,
            "ASTERISK_HOOK_KEY": HOOK_KEY,
            "PUBLIC_URL": public_url,
        }

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._sockets = tempfile.mkdtemp(prefix="siaga-ast-")  # a socket's path must be short
        self._write()
        try:
            self.start()
        except AssertionError:
            self.kill()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.kill()
        shutil.rmtree(self._sockets, ignore_errors=True)

    def start(self) -> None:
        with (self.folder / "asterisk.log").open("ab") as log:
            command = [str(PROGRAM), "-f", "-n", "-C", str(self.folder / "asterisk.conf")]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        eventually(15, self._answers, f"Asterisk answers\n{self.said[-2000:]}")

    def kill(self) -> None:
        """End it as a power cut does."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def channels(self) -> list[str]:
        answer = requests.get(f"{self.url}/ari/channels", auth=("siaga", PASSWORD), timeout=5)
        return [channel["id"] for channel in answer.json()]

    @property
    def said(self) -> str:
        return (self.folder / "asterisk.log").read_text(errors="replace")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.said[-3000:]
        with suppress(requests.RequestException):
            url = f"{self.url}/ari/channels"
            ready = requests.get(url, auth=("siaga", PASSWORD), timeout=2).status_code == requests.codes.ok
            return ready and "Asterisk Ready" in self.said
        return False

    def _write(self) -> None:
        files = dict(FILE.findall(GUIDE.read_text()))
        asked = {
            ("http.conf", "bindport = 8088"): f"bindport = {self.http}",
            ("ari.conf", "<ASTERISK_PASSWORD>"): PASSWORD,
            ("pjsip.conf", "bind = 0.0.0.0:5060"): f"bind = 127.0.0.1:{self.sip}",
            ("pjsip.conf", "contact = sip:sip.operator.example:5060"): f"contact = sip:127.0.0.1:{self.operator}",
            ("pjsip.conf", "match = sip.operator.example"): "match = 127.0.0.1",
            # a range of its own, so that several may run side by side
            ("rtp.conf", "rtpstart = 10000\nrtpend = 10999"): "rtpstart = {}\nrtpend = {}".format(*self._range()),
        }
        for (name, old), new in asked.items():
            assert files[name].count(old) == 1, f"{GUIDE.name}: {name} has no {old}"
            files[name] = files[name].replace(old, new)
        for name, words in (files | {"asterisk.conf": self._directories(), "logger.conf": LOGGER}).items():
            (self.folder / name).write_text(words)

    def _range(self) -> tuple[int, int]:
        first = 20000 + (self.http % 40) * 1000
        return first, first + 999

    def _directories(self) -> str:
        root = UNPACKED.parent / "root" if str(UNPACKED) == PROGRAM else Path("/")
        modules = next(path for path in sorted(root.glob("usr/lib/**/asterisk/modules")) if path.is_dir())
        places = {"etc": self.folder, "mod": modules, "data": root / "usr/share/asterisk", "run": self._sockets}
        own = ("varlib", "db", "key", "agi", "spool", "log", "cache")
        for name in own:
            (self.folder / name).mkdir(exist_ok=True)
        lines = [f"ast{name}dir => {path}" for name, path in places.items()]
        lines += [f"ast{name}dir => {self.folder / name}" for name in own]
        return "[directories]\n" + "\n".join(lines) + "\n"


LOGGER = "[general]\n[logfiles]\nconsole => notice,warning,error\n"
