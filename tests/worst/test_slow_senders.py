"""Somebody holds connections open, sends halves of requests, or more than any carrier does: panics still come in."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import requests
from worst.conftest import Towns
from worst.town import BUDI, SITI, Town

HALF = b"POST /hooks/twilio/sms HTTP/1.1\r\nHost: x\r\n"
HALF_BODY = HALF + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\nFrom=%2B62"


@pytest.fixture
def town(towns: Towns, postgresql_url: str, redis_url: str) -> Town:
    town = towns.found(postgresql_url, redis_url).build()
    town.start_web()
    return town


@pytest.fixture
def connections(town: Town) -> Iterator[ExitStack]:
    with ExitStack() as held:
        yield held


def connect(town: Town, held: ExitStack, said: bytes) -> socket.socket:
    connection = held.enter_context(socket.create_connection(("127.0.0.1", town.port), timeout=20))
    connection.sendall(said)
    return connection


def hears(connection: socket.socket, words: bytes, times: int = 1) -> bool:
    """Whether this comes back so many times, within the connection's patience."""
    said = b""
    while said.count(words) < times and (piece := connection.recv(1000)):
        said += piece
    return said.count(words) >= times


def test_five_hundred_slow_connections_hold_up_no_panic_and_end(town: Town, connections: ExitStack) -> None:
    slow = [connect(town, connections, said) for said in (b"", HALF, HALF_BODY, b"GET /login HT") for _ in range(125)]
    for sender in (BUDI, SITI):
        started = time.monotonic()
        town.text(sender=sender)
        assert time.monotonic() - started < 3
    assert len(town.incidents()) == 2
    assert hears(slow[125], b"HTTP/1.1 408")
    assert hears(slow[250], b"HTTP/1.1 408")


def test_a_request_that_comes_in_pieces_is_taken(town: Town, connections: ExitStack) -> None:
    whole = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    piecemeal = connect(town, connections, whole[:7])
    for at in range(7, len(whole), 9):
        time.sleep(0.02)
        piecemeal.sendall(whole[at : at + 9])
    assert hears(piecemeal, b"HTTP/1.1 200")
    piecemeal.sendall(whole)  # and the next one on the same connection
    assert hears(piecemeal, b"HTTP/1.1 200")


def test_two_requests_in_one_piece_are_both_answered(town: Town, connections: ExitStack) -> None:
    both = connect(town, connections, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 2)
    assert hears(both, b"HTTP/1.1 200", times=2)


def test_a_body_in_chunks_is_taken(town: Town) -> None:
    said = requests.post(f"{town.address}/hooks/twilio/sms", data=iter([b"From=%2B62", b"812&Body=x"]), timeout=10)
    assert said.status_code == 403  # it was read whole, and proves nothing


def test_a_client_that_waits_to_be_asked_for_the_body_is_asked(town: Town, connections: ExitStack) -> None:
    body = b"From=%2B62812&Body=x"
    asked = f"POST /hooks/twilio/sms HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n"
    waiting = connect(town, connections, asked.encode())
    assert hears(waiting, b"HTTP/1.1 100")
    waiting.sendall(body)
    assert hears(waiting, b"HTTP/1.1 403")


def test_what_is_too_long_is_refused_before_it_is_read(town: Town, connections: ExitStack) -> None:
    long = connect(town, connections, HALF + b"Content-Length: 50000000\r\n\r\n")
    assert hears(long, b"HTTP/1.1 413")
    headers = connect(town, connections, HALF + b"X: " + b"x" * 70_000)
    assert hears(headers, b"HTTP/1.1 431")
    assert "a hook's body is longer than any carrier's" in town.running[0].said
