"""A picture of an MMS stays at Twilio until it is opened; nothing else than a picture of this account is handed on."""

from __future__ import annotations

import json

import pytest

from gateway.carriers.twilio.line import Twilio
from gateway.core.pictures import MOST_BYTES, picture
from tests.loopback import Asked, Loopback, Reply

ACCOUNT, TOKEN = "AC" + "1" * 32, "made-up-token"
GIF = "GIF89a-made-up"


class Store(Loopback):
    """Twilio's media, and the store to which it hands on."""

    def __init__(self, body: str = GIF) -> None:
        super().__init__()
        self.body = body

    def respond(self, asked: Asked) -> Reply:
        if asked.path == "/store":
            return Reply(200, self.body, "text/html")
        if asked.path.endswith("/again"):
            return Reply(302, location=asked.path)
        return Reply(302, location="/store") if "authorization" in asked.headers else Reply(401)


def line(url: str) -> Twilio:
    return Twilio(name="twilio", account_sid=ACCOUNT, auth_tokens=(TOKEN,), numbers=("+15005550006",),
                  public_url="https://siaga.example", api_url=url, timeout_seconds=(1.0, 1.0))  # fmt: skip


def text(*addresses: str, many: str = "") -> str:
    told = {"NumMedia": many or str(len(addresses)), "MediaContentType0": "image/gif"}
    return json.dumps(told | {f"MediaUrl{at}": address for at, address in enumerate(addresses)})


def at(url: str, name: str = "ME1") -> str:
    return f"{url}/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/{name}"


def test_a_picture_is_counted_and_fetched_with_the_account_from_where_it_is_handed_on() -> None:
    with Store() as store:
        told = text(at(store.url), at(store.url, "ME2"))
        assert line(store.url).pictures(told) == 2
        assert store.asked == [], "nobody has opened it"
        found = line(store.url).fetch_picture(told, 2)
    assert found is not None
    assert (found.body, found.mimetype) == (GIF.encode(), "image/gif")
    assert store.asked[0].path.endswith("/Media/ME2")


@pytest.mark.parametrize("body", ["<svg onload=alert(1)>", "<html>", "", "GIF89a" + "x" * MOST_BYTES])
def test_what_is_no_picture_or_too_large_is_not_handed_on(body: str) -> None:
    with Store(body) as store:
        assert line(store.url).fetch_picture(text(at(store.url)), 1) is None


@pytest.mark.parametrize("number", [0, -1, 2])
def test_a_picture_that_is_not_there_is_not_asked_for(number: int) -> None:
    with Store() as store:
        assert line(store.url).fetch_picture(text(at(store.url)), number) is None
        assert store.asked == []


def test_an_endless_redirect_and_a_company_that_is_away_end() -> None:
    with Store() as store:
        assert line(store.url).fetch_picture(text(at(store.url, "again")), 1) is None
        url = store.url
    assert line(url).fetch_picture(text(at(url)), 1) is None


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "no json",
        "[]",
        "{}",
        text(many="x"),
        text("http://127.0.0.1:1/secret"),
        text("https://api.twilio.com/2010-04-01/Accounts/AC2/x"),
    ],
)
def test_an_address_elsewhere_is_no_picture(raw: str) -> None:
    assert line("https://api.twilio.com").pictures(raw) == 0


@pytest.mark.parametrize(
    ("body", "mimetype"),
    [
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", None),
        (b"%PDF-1.7", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
    ],
)
def test_a_picture_is_told_by_its_first_bytes(body: bytes, mimetype: str | None) -> None:
    found = picture(body)
    assert (found.mimetype if found else None) == mimetype
