"""Webhooks: other systems are told what happens, signed, in order, and no more than they may know."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from gateway.cli import webhooks as command
from gateway.models.incident import Incident
from gateway.models.webhook import Webhook, WebhookMessage
from gateway.monitor import webhooks
from gateway.monitor.webhooks import Letter
from gateway.wiring import House
from gateway.worker.webhooks import Poster, Webhooks, signed
from tests.console.admins import admin_browser
from tests.console.station import CALLER, Clock, act, panic

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)


class System:
    """Another system: it keeps what it is sent, and takes it while it is up."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str]] = []
        self.bodies: list[str] = []
        self.down: set[str] = set()  # the codes of incidents of which it takes nothing

    def __call__(self, letter: Letter, now: datetime) -> str:
        told = json.loads(letter.body)
        code = told["data"]["incident"]["code"]
        if code in self.down:
            return "503"
        self.got.append((code, told["type"].removeprefix("incident.")))
        self.bodies.append(letter.body.decode())
        return ""


def add(home: House, user: str = "Siti", url: str = "https://cad.example/siaga", private: bool = False) -> None:
    with home.open_uow() as uow:
        webhooks.add(uow, "CAD", url, user, private)


@pytest.fixture
def system() -> System:
    return System()


@pytest.fixture
def tick(home: House, system: System) -> Callable[[], None]:
    """Two workers, of which each looks until nothing is due."""
    workers = [Webhooks(home.open_uow, lambda lane, work: work(), system) for _ in range(2)]

    def tick() -> None:
        for _ in range(12):
            for one in workers:
                one.tick()

    return tick


def test_what_happens_is_told_once_and_in_its_order(home: House, system: System, tick: Callable[[], None]) -> None:
    panic(home)
    add(home)  # what was before is not told
    code = panic(home, phone="+6281255500002")
    tick()
    act(home, code, "take")
    act(home, code, "close", outcome="resolved", reason="aman")
    tick()
    assert [kind for told, kind in system.got if told == code] == ["opened", "kind", "wave", "accepted", "resolved"]
    assert {told for told, _ in system.got} == {code}
    assert json.loads(system.bodies[-1])["data"]["incident"]["state"] == "resolved"


def test_it_is_tried_until_it_is_taken_and_holds_up_no_other_incident(
    home: House, system: System, tick: Callable[[], None], clock: Clock
) -> None:
    add(home)
    first, second = panic(home), panic(home, phone="+6281255500002")
    system.down = {first}
    tick()
    assert {code for code, _ in system.got} == {second}
    system.down = set()
    tick()
    assert {code for code, _ in system.got} == {second}  # not before its time
    clock.move(seconds=5)
    tick()
    assert [kind for code, kind in system.got if code == first] == ["opened", "kind", "wave"]


def test_what_a_dead_worker_has_claimed_is_sent_by_another(
    home: House, system: System, tick: Callable[[], None], clock: Clock
) -> None:
    add(home)
    panic(home)
    Webhooks(home.open_uow, lambda lane, work: None, system).tick()
    tick()
    assert system.got == []
    clock.move(seconds=61)
    tick()
    assert [kind for _, kind in system.got] == ["opened", "kind", "wave"]


@pytest.mark.parametrize("hides", ["quiet", "duress"])
def test_of_one_who_hides_neither_number_nor_name_nor_words_leave(
    home: House, system: System, tick: Callable[[], None], hides: str
) -> None:
    add(home)
    code = panic(home, "TOLONG dia pegang pisau", quiet=hides == "quiet")
    if hides == "duress":
        with home.open_uow() as uow:
            uow.db.scalars(select(Incident).where(Incident.code == code)).one().duress = True
    tick()
    told = json.loads(system.bodies[0])["data"]["incident"]
    assert told["do_not_contact"] is True
    for secret in ("pisau", CALLER, CALLER[3:], "Budi"):
        assert not any(secret in body for body in system.bodies), secret


def test_nothing_is_told_of_what_its_user_may_not_see(home: House, system: System, tick: Callable[[], None]) -> None:
    add(home, user="Rudi")
    panic(home)
    tick()
    assert system.got == []
    with home.open_reading_uow() as uow:
        assert [row.due_at for row in uow.db.scalars(select(WebhookMessage))] == [None] * 3


def test_after_days_it_is_given_up_and_can_be_sent_again(
    home: House, system: System, tick: Callable[[], None], clock: Clock
) -> None:
    add(home)
    code = panic(home)
    system.down = {code}
    since = clock()
    for pause in webhooks.AGAIN:
        tick()
        clock.move(seconds=pause.total_seconds())
    tick()
    with home.open_uow() as uow:
        first = uow.db.scalars(select(WebhookMessage).order_by(WebhookMessage.id)).first()
        assert first is not None
        assert (first.due_at, first.tries) == (None, len(webhooks.AGAIN) + 1)
        assert uow.db.scalars(select(Webhook)).one().is_bad
        assert webhooks.replay(uow, "CAD", since) >= 3
    system.down = set()
    tick()
    assert [kind for _, kind in system.got[:3]] == ["opened", "kind", "wave"]
    with home.open_reading_uow() as uow:
        assert not uow.db.scalars(select(Webhook)).one().is_bad


# --- the wire -------------------------------------------------------------------------------------------------


def test_it_is_signed_as_standard_webhooks_says() -> None:
    """The example of the specification's own libraries."""
    letter = Letter(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", "", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", False, b'{"test": 2432232314}'
    )
    assert signed(letter, datetime.fromtimestamp(1614265330, UTC)) == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


Got = list[tuple[str, dict[str, str], bytes]]


@pytest.fixture
def server() -> Iterator[tuple[str, Got]]:
    got: Got = []

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.path, dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(302 if "moved" in self.path else 204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Takes) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{made.server_port}", got
        made.shutdown()


def test_a_system_in_ones_own_network_gets_it(server: tuple[str, Got]) -> None:
    url, got = server
    letter = Letter("msg_1", f"{url}/in?for=siaga", "whsec_c2lhZ2E=", True, b"{}")
    assert Poster()(letter, NOW) == ""
    ((path, headers, body),) = got
    assert (path, body, headers["Content-Type"]) == ("/in?for=siaga", b"{}", "application/json")
    assert headers["webhook-signature"].startswith("v1,")
    assert Poster()(Letter("msg_1", f"{url}/moved", "whsec_c2lhZ2E=", True, b"{}"), NOW) == "302"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "::ffff:192.168.1.1"])
def test_a_name_that_leads_into_a_private_network_is_asked_nothing(server: tuple[str, Got], address: str) -> None:
    url, got = server
    for found in ([address], ["93.184.216.34", address]):
        poster = Poster(resolve=lambda host, port, found=found: found)  # type: ignore[misc] # mypy infers no type for the default
        letter = Letter("msg_1", url.replace("http:", "https:"), "whsec_c2lhZ2E=", False, b"{}")
        assert poster(letter, NOW) == "PrivateAddress"
    assert got == []


# --- operators ------------------------------------------------------------------------------------------------


def test_the_lines_page_tells_who_is_told_and_what_waits(
    home: House, app: Flask, system: System, tick: Callable[[], None]
) -> None:
    add(home)
    system.down = {panic(home)}
    tick()
    page = admin_browser(app, home).get("/admin/lines").data.decode()
    assert "CAD" in page
    assert "503" in page
    assert "3 sejak" in page


def test_the_command_adds_lists_replays_and_ends(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "house", lambda: home)

    def run(*words: str) -> str:
        return CliRunner().invoke(command.webhook, words).output

    assert "https://" in run("add", "CAD", "http://cad.example", "--user", "Siti")
    assert run("add", "CAD", "https://cad.example", "--user", "Siti").startswith("whsec_")
    panic(home)
    Webhooks(home.open_uow, lambda lane, work: None, System()).tick()
    assert run("list") == "CAD\tSiti\t3\t\n"
    assert run("replay", "CAD", "--since", (home.clock() - timedelta(days=1)).strftime("%Y-%m-%d")) == "3 messages\n"
    run("end", "CAD")
    assert run("list") == ""
    assert "CAD" in run("end", "CAD")
