"""The one thread that writes to every live page."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError

from gateway.identity.users import Identity
from gateway.monitor.changes import Change
from gateway.web.console.fanout import LIFE, Fanout, Listener, take_over

SITI = Identity(1, "Siti", "desk", 2, "Polres", "Asia/Pontianak", "id", 0, frozenset({2}))
EVERYBODY = replace(SITI, id=2, unit_id=None, scope=None)


class Scripted:
    """A lookout that sees what it is given, or stumbles."""

    newest = 7

    def __init__(self) -> None:
        self.next: list[Change] = []
        self.gone = False

    def look(self) -> list[Change]:
        if self.gone:
            raise OperationalError("select", {}, Exception("gone"))
        seen, self.next = self.next, []
        return seen


Opener = Callable[[Identity], "Page"]


@pytest.fixture
def lookout() -> Scripted:
    return Scripted()


class Hours:
    """The time of day, which can be moved while a thread reads it."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def open_page(fanout: Fanout) -> Iterator[Opener]:
    """Open pages of a browser; they are closed after the test."""
    with ExitStack() as stack:

        def open_one(who: Identity) -> Page:
            return stack.enter_context(Page(fanout, who))

        yield open_one


@pytest.fixture
def fanout(lookout: Scripted, hours: Hours) -> Iterator[Fanout]:
    made = Fanout(lookout, most=2, clock=hours, sleep=lambda seconds: time.sleep(seconds / 20))  # type: ignore[arg-type]
    yield made
    hours.ahead += 2 * LIFE  # everybody retires, and the thread with them
    assert waits_until(lambda: len(made) == 0 and not made._running)


def waits_until(true: Callable[[], bool], seconds: float = 5) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


class Page:
    """A browser's end of a connection."""

    def __init__(self, fanout: Fanout, who: Identity) -> None:
        server, self.end = socket.socketpair()
        self.end.settimeout(5)
        self.text = ""
        with server:
            self.joined = fanout.join(server, who)

    def __enter__(self) -> Page:
        return self

    def __exit__(self, *_: object) -> None:
        self.end.close()

    def reads(self, word: str) -> bool:
        """Whether this comes within five seconds."""
        while word not in self.text:
            try:
                more = self.end.recv(65536)
            except TimeoutError:
                return False
            if not more:
                return False
            self.text += more.decode()
        return True


def test_a_page_gets_its_headers_and_a_greeting_at_once(open_page: Opener) -> None:
    page = open_page(SITI)
    assert page.joined
    assert page.reads("id: 7\nevent: hello\n")
    assert page.text.startswith("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream")


def test_it_beats_each_second(open_page: Opener, hours: Hours) -> None:
    page = open_page(SITI)
    hours.ahead += 1
    assert page.reads("event: beat")


def test_a_change_reaches_those_whose_unit_it_is(open_page: Opener, lookout: Scripted, hours: Hours) -> None:
    siti, everybody = open_page(SITI), open_page(EVERYBODY)
    lookout.next = [Change(8, "K7Q", 3), Change(9, "B4C", 2), Change(10)]
    for page in (siti, everybody):
        assert page.reads('id: 9\nevent: change\ndata: {"code": "B4C"}\n\n')
        assert page.reads('id: 10\nevent: change\ndata: {"code": ""}\n\n')
    assert "K7Q" not in siti.text
    assert "K7Q" in everybody.text


def test_there_is_room_for_so_many_and_the_next_is_left_untouched(open_page: Opener) -> None:
    pages = [open_page(SITI) for _ in range(3)]
    assert [page.joined for page in pages] == [True, True, False]
    assert pages[2].end.recv(10) == b""  # the server still held it, and closed it


def test_a_page_that_went_away_makes_room(open_page: Opener, fanout: Fanout, hours: Hours) -> None:
    gone, stays = open_page(SITI), open_page(SITI)
    gone.end.close()
    hours.ahead += 1
    assert waits_until(lambda: len(fanout) == 1)
    assert open_page(SITI).joined
    assert stays.reads("event: beat")


def test_a_page_that_does_not_read_is_dropped_and_holds_nobody_up() -> None:
    server, client = socket.socketpair()
    with client:
        slow = Listener(take_over(server), SITI, until=0)
        assert not all(slow.tell(b"x" * 65536) for _ in range(1000))
        slow.connection.close()
    server.close()


def test_a_stream_ends_after_a_while_and_the_browser_asks_again(open_page: Opener, hours: Hours) -> None:
    page = open_page(SITI)
    assert page.reads("hello")
    hours.ahead += LIFE + 1
    assert not page.reads("never said")


def test_without_a_database_it_says_nothing_and_goes_on_later(
    open_page: Opener, lookout: Scripted, hours: Hours
) -> None:
    page = open_page(SITI)
    lookout.gone = True
    time.sleep(0.1)
    page.end.settimeout(0.2)
    hours.ahead += 5
    assert not page.reads("event: beat")
    lookout.gone = False
    page.end.settimeout(5)
    assert page.reads("event: beat")


def test_a_new_listener_without_a_database_is_told_so(fanout: Fanout, lookout: Scripted) -> None:
    lookout.gone = True
    server, client = socket.socketpair()
    with server, client, pytest.raises(OperationalError):
        fanout.join(server, SITI)
    assert len(fanout) == 0


def test_the_thread_ends_with_the_last_listener_and_comes_back_with_the_next(
    open_page: Opener, fanout: Fanout, hours: Hours
) -> None:
    for _ in range(2):
        page = open_page(SITI)
        assert page.reads("hello")
        page.end.close()
        hours.ahead += 1
        assert waits_until(lambda: not fanout._running)


def test_what_was_taken_over_is_the_servers_no_more() -> None:
    server, client = socket.socketpair()
    ours = take_over(server)
    with client, ours:
        with pytest.raises(BrokenPipeError):
            server.send(b"the server's own answer")
        server.shutdown(socket.SHUT_WR)
        server.close()
        ours.send(b"still here")
        assert client.recv(100) == b"still here"


def test_a_log_out_ends_the_live_pages_of_its_log_in_and_of_no_other(lookout: Scripted) -> None:
    ended: set[str] = set()
    made = Fanout(lookout, most=4, ended=lambda marks: ended & set(marks))  # type: ignore[arg-type]
    pairs = [socket.socketpair() for _ in range(2)]
    try:
        for (near, _), login in zip(pairs, ("left", "stays"), strict=True):
            made._listeners.add(Listener(near, SITI, made.clock() + LIFE, login))
        made._retire(made.clock())
        assert len(made) == 2
        ended.add("left")
        made._retire(made.clock())
        assert [one.login for one in made._listeners] == ["stays"]
    finally:
        for near, far in pairs:
            near.close()
            far.close()
