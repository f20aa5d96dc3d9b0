"""A load from outside: a process of its own that sends requests, and tells when each was answered.

With a `rate` it does not wait for slow answers: each request leaves at its time, and its wait counts from that time, so
a gateway that stalls is not spared the requests that came meanwhile. With `clients` each sends its next request once
its last one is answered, which shows how much a gateway can take.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

Request = tuple[str, Mapping[str, str], Mapping[str, str]]  # address, form, headers
PATIENCE_S = 30.0
BROKEN = 599  # stands for an answer that never came


@dataclass(frozen=True)
class Answered:
    """What became of a request: when it was due and when it was answered (`time.monotonic`, which all processes of a
    machine share), and the status."""

    due: float
    at: float
    status: int

    @property
    def seconds(self) -> float:
        return self.at - self.due


def send(requests: Sequence[Request], *, clients: int = 0, rate: float = 0.0) -> list[Answered]:
    """Send these requests from a process of its own, by so many clients or so many a second."""
    told = json.dumps({"requests": requests, "clients": clients, "rate": rate})
    root = Path(__file__).resolve().parent.parent
    command = [sys.executable, "-m", "bench.load"]
    done = subprocess.run(command, input=told, text=True, capture_output=True, check=True, cwd=root)
    return [Answered(*one) for one in json.loads(done.stdout)]


# --- the process ------------------------------------------------------------------------------------------------------


class Connections:
    """Connections to one server that are kept open; a new one is made when none is free."""

    def __init__(self) -> None:
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def post(self, host: str, port: int, head: bytes) -> int:
        reader, writer = self._free.pop() if self._free else await asyncio.open_connection(host, port)
        writer.write(head)
        status = int((await reader.readline()).split()[1])
        length, keep = 0, True
        while (line := await reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            if name.lower() == "content-length":
                length = int(value)
            elif name.lower() == "connection":
                keep = value.strip().lower() != "close"
        await reader.readexactly(length)
        if keep:
            self._free.append((reader, writer))
        else:
            writer.close()
        return status


async def _one(connections: Connections, request: Request, due: float) -> tuple[float, float, int]:
    url, form, headers = request
    to, body = urlsplit(url), urlencode(form).encode()
    lines = [f"POST {to.path}{'?' + to.query if to.query else ''} HTTP/1.1", f"Host: {to.netloc}"]
    lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    head = ("\r\n".join(lines) + "\r\n\r\n").encode() + body
    try:
        status = await asyncio.wait_for(connections.post(to.hostname or "", to.port or 80, head), PATIENCE_S)
    except (OSError, EOFError, IndexError, TimeoutError):
        status = BROKEN
    return due, time.monotonic(), status


async def _at_a_rate(requests: Sequence[Request], rate: float) -> list[tuple[float, float, int]]:
    connections, started, under_way = Connections(), time.monotonic(), []
    for number, request in enumerate(requests):
        due = started + number / rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        under_way.append(asyncio.create_task(_one(connections, request, due)))
    return await asyncio.gather(*under_way)


async def _by_clients(requests: Sequence[Request], clients: int) -> list[tuple[float, float, int]]:
    connections, queue, done = Connections(), iter(requests), []

    async def client() -> None:
        for request in queue:
            done.append(await _one(connections, request, time.monotonic()))

    await asyncio.gather(*(client() for _ in range(clients)))
    return done


def main() -> None:
    told = json.load(sys.stdin)
    requests = [tuple(one) for one in told["requests"]]
    work = _at_a_rate(requests, told["rate"]) if told["rate"] else _by_clients(requests, told["clients"])
    json.dump(asyncio.run(work), sys.stdout)


if __name__ == "__main__":
    main()
