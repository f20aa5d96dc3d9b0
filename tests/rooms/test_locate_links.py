"""Short map links: where they are followed to, and where never."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway.positions.outcomes import Located, NotLocated
from gateway.positions.short_links import HOSTS, MOST_BYTES, ShortLinks, is_public
from tests.loopback import Asked, Loopback, Reply

SHORT = "https://maps.app.goo.gl/AbCd1234"
PIN = "https://www.google.com/maps/place/Rumah/@-0.1,109.1,15z/data=!3m1!4b1!4m4!3m3!8m2!3d-0.0263!4d109.3425"


class Google(Loopback):
    """Answers as its `pages` say: an address to go on to, or a page."""

    def __init__(self, certificate: Path) -> None:
        super().__init__()
        self.pages: dict[str, Reply] = {}
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._server.handle_error = lambda request, address: None  # who breaks off a handshake is what some tests are

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def respond(self, asked: Asked) -> Reply:
        return self.pages.get(asked.path, Reply(404, ""))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key, and a certificate for every host of the list that only our own tests trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "made up")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in sorted(HOSTS)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "google.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def google(certificate: Path) -> Iterator[Google]:
    with Google(certificate) as running:
        yield running


@pytest.fixture
def links(google: Google, certificate: Path) -> ShortLinks:
    """The real thing, except that every name leads to the made-up Google and the loopback counts as public."""
    return follower(google, certificate)


def follower(google: Google, certificate: Path, allowed: Callable[[str], bool] = lambda _: True) -> ShortLinks:
    return ShortLinks(None, lambda host, port: ["127.0.0.1"], allowed, google.port, str(certificate), seconds=1.0)


def sends_on(address: str) -> Reply:
    return Moved(302, "", location=address)


class Moved(Reply):
    """A redirect. The loopback writes no headers of ours, so the address goes into the line that it does write."""

    def __init__(self, status: int, body: str, location: str) -> None:
        object.__setattr__(self, "status", status)
        object.__setattr__(self, "body", body)
        object.__setattr__(self, "mimetype", f"text/html\r\nLocation: {location}")


def position(outcome: Located | NotLocated) -> tuple[float, float] | None:
    return (outcome.spot.lat, outcome.spot.lon) if isinstance(outcome, Located) else None


@pytest.mark.parametrize(
    "address",
    [
        PIN,
        "https://maps.google.com/maps?q=-0.0263,109.3425",
        "https://www.google.co.id/maps/search/-0.0263,+109.3425?entry=tts",  # read, never visited
        "https://consent.google.com/m?continue=https://maps.google.com/%3Fq%3D-0.0263,109.3425&gl=ID",
    ],
)
def test_the_address_that_a_short_link_leads_to_tells_the_position_without_being_visited(
    google: Google, links: ShortLinks, address: str
) -> None:
    google.pages["/AbCd1234"] = sends_on(address)
    assert position(links.follow(SHORT)) == (-0.0263, 109.3425)
    assert [asked.path for asked in google.asked] == ["/AbCd1234"]


@pytest.mark.parametrize("link", ["https://share.google/AbCd1234", "https://g.co/kgs/AbCd1234"])
def test_googles_newer_short_links_are_followed_too(google: Google, links: ShortLinks, link: str) -> None:
    google.pages["/AbCd1234"] = google.pages["/kgs/AbCd1234"] = sends_on("https://www.google.com/share.google?q=AbCd")
    google.pages["/share.google"] = sends_on(PIN)
    assert position(links.follow(link)) == (-0.0263, 109.3425)
    assert [asked.headers["host"] for asked in google.asked][1:] == ["www.google.com"]


def test_of_the_shortest_host_only_places_are_followed(google: Google, links: ShortLinks) -> None:
    assert links.follow("https://g.co/meet/AbCd1234") == NotLocated("not_on_the_list")
    google.pages["/AbCd1234"] = sends_on("https://g.co/meet/AbCd1234")
    assert links.follow(SHORT) == NotLocated("not_on_the_list")
    assert len(google.asked) == 1


def test_we_show_ourselves_with_no_cookie_and_no_credentials(google: Google, links: ShortLinks) -> None:
    google.pages["/AbCd1234"] = sends_on(PIN)
    links.follow(SHORT)
    sent = google.asked[0].headers
    assert sent["host"] == "maps.app.goo.gl"
    assert not {"cookie", "authorization", "referer"} & sent.keys()


def test_a_page_that_names_its_own_map_tells_the_position(google: Google, links: ShortLinks) -> None:
    google.pages["/AbCd1234"] = Reply(
        200,
        '<p>-1.5,101.5</p><meta property="og:image" '
        'content="https://maps.google.com/maps/api/staticmap?center=-0.0263%2C109.3425&amp;zoom=16">',
        "text/html",
    )
    assert position(links.follow(SHORT)) == (-0.0263, 109.3425)


def test_numbers_that_only_stand_in_a_page_are_no_position(google: Google, links: ShortLinks) -> None:
    google.pages["/AbCd1234"] = Reply(200, "<p>-0.0263,109.3425 https://maps.google.com/?q=-0.02,109.3</p>")
    assert links.follow(SHORT) == NotLocated("no_position")


def test_no_more_of_a_page_is_read_than_agreed(google: Google, links: ShortLinks) -> None:
    far = '<meta content="https://maps.google.com/?q=-0.0263,109.3425">'
    google.pages["/AbCd1234"] = Reply(200, " " * MOST_BYTES + far)
    assert links.follow(SHORT) == NotLocated("no_position")


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/steal",
        "http://maps.google.com/somewhere",  # not HTTPS
        "https://maps.google.com:8443/somewhere",
        "https://user:secret@maps.google.com/somewhere",
        "https://maps.google.com.evil.example/somewhere",
        "https://127.0.0.1/admin",
        "https://[::1]/admin",
        "file:///etc/passwd",
        "//evil.example/steal",
    ],
)
def test_a_hop_off_the_list_is_not_taken(google: Google, links: ShortLinks, address: str) -> None:
    google.pages["/AbCd1234"] = sends_on(address)
    assert links.follow(SHORT) == NotLocated("not_on_the_list")
    assert len(google.asked) == 1


def test_links_that_lead_in_a_circle_end_after_three_hops(google: Google, links: ShortLinks) -> None:
    google.pages["/AbCd1234"] = sends_on("/AbCd1234")
    assert links.follow(SHORT) == NotLocated("too_many_hops")
    assert len(google.asked) == 3


def test_a_name_that_leads_to_an_address_inside_is_not_visited(google: Google, certificate: Path) -> None:
    assert follower(google, certificate, is_public).follow(SHORT) == NotLocated("not_public")
    assert google.asked == []


def test_a_name_with_one_address_inside_is_not_visited_either(google: Google, certificate: Path) -> None:
    mixed = ShortLinks(None, lambda host, port: ["8.8.8.8", "10.0.0.1"], is_public, google.port, str(certificate))
    assert mixed.follow(SHORT) == NotLocated("not_public")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2a00:1450:4001:81b::200e", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),  # a cloud's own secrets
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
    ],
)
def test_only_addresses_of_the_open_internet_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_server_whose_certificate_nobody_trusts_is_not_believed(google: Google) -> None:
    google.pages["/AbCd1234"] = sends_on(PIN)
    stranger = ShortLinks(None, lambda host, port: ["127.0.0.1"], lambda _: True, google.port)
    assert stranger.follow(SHORT) == NotLocated("unreachable", again=True)
    assert google.asked == []


def test_a_slow_server_is_left_after_the_agreed_time(google: Google, links: ShortLinks) -> None:
    google.trouble.kind, google.trouble.seconds = "slow", 2.0
    started = time.monotonic()
    assert links.follow(SHORT) == NotLocated("unreachable", again=True)
    assert time.monotonic() - started < 1.8


def test_a_name_that_nobody_knows_is_a_value(google: Google, certificate: Path) -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    lost = ShortLinks(None, unknown, is_public, google.port, str(certificate))
    assert lost.follow(SHORT) == NotLocated("unreachable", again=True)
