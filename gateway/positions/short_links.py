"""Follow short map links, with protection, until an address on the way contains a position.

An unknown person may have chosen the link. So we ask only hosts of the list, over HTTPS, at a public address, and
connect to exactly that address, since a second look-up of the name could give another. We send no cookies and no
credentials, follow at most three hops, take at most three seconds and read at most 64 KB. Each address is searched for
a position before it is visited, so we seldom ask the map site itself.
"""

from __future__ import annotations

import html
import re
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import parse_qs, urljoin, urlsplit

import certifi
import urllib3

from gateway.core.places.links import centres, pins
from gateway.core.places.spots import Box, Spot
from gateway.positions.outcomes import Located, NotLocated

HOSTS = frozenset(
    (
        *("maps.app.goo.gl", "goo.gl", "share.google", "g.co"),
        *("maps.google.com", "www.google.com", "google.com", "consent.google.com"),
    )
)
ONLY_BELOW = {"g.co": "/kgs/"}  # what else that host shortens leads to no place
REDIRECTS = frozenset((301, 302, 303, 307, 308))
MOST_HOPS = 3
SECONDS = 3.0
MOST_BYTES = 64 * 1024
HEADERS = {"User-Agent": "Mozilla/5.0 (compatible)", "Accept": "text/html", "Accept-Encoding": "identity"}
# a page names its own map in this tag
_CONTENT = re.compile(r"<meta[^>]{0,200}?content=\"(https://[^\"]{1,2000})\"", re.I)

Resolve = Callable[[str, int], list[str]]


class Refused(Exception):  # noqa: N818 - a decision, not a fault
    """We do not follow this link or do not read on; the message is a short word for the record."""


@dataclass(frozen=True)
class Page:
    """One answer: the address it redirects to, or its content."""

    status: int
    location: str | None
    body: str


def resolve(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Return whether this address belongs to the open internet: no private, local or reserved address."""
    ip = ip_address(address)
    inner = getattr(ip, "ipv4_mapped", None) or ip
    return bool(inner.is_global and not inner.is_multicast)


@dataclass(frozen=True)
class ShortLinks:
    """The client that follows short links; it never raises.

    Tests set the fields after `box` to use their own servers.
    """

    box: Box | None = None  # the served region, to correct swapped coordinates
    resolve: Resolve = resolve
    is_allowed: Callable[[str], bool] = is_public
    port: int = 443
    authorities: str = field(default_factory=certifi.where)
    seconds: float = SECONDS

    def follow(self, link: str) -> Located | NotLocated:
        """Return the position that the link leads to."""
        until = time.monotonic() + self.seconds
        try:
            spot = self._walk(link, until)
        except Refused as refused:
            return NotLocated(str(refused))
        except (urllib3.exceptions.HTTPError, OSError):
            return NotLocated("unreachable", again=True)
        except ValueError:  # not a valid address
            return NotLocated("garbled")
        return Located(spot) if spot is not None else NotLocated("no_position")

    def _walk(self, link: str, until: float) -> Spot | None:
        for _ in range(MOST_HOPS):
            page = self._visit(link, until)
            if page.location is None:
                return _first(_spots(page.body, self.box))
            link = urljoin(link, page.location)
            told = _first(spot for address in _unwrapped(link) for spot in _told(address, self.box))
            if told is not None:
                return told
        raise Refused("too_many_hops")

    def _visit(self, link: str, until: float) -> Page:
        parts = urlsplit(link)
        host = (parts.hostname or "").rstrip(".")
        if parts.scheme != "https" or host not in HOSTS or parts.port not in (None, 443) or "@" in parts.netloc:
            raise Refused("not_on_the_list")
        if not parts.path.startswith(ONLY_BELOW.get(host, "")):
            raise Refused("not_on_the_list")
        address = self._address(host)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        with urllib3.HTTPSConnectionPool(
            address,
            self.port,
            server_hostname=host,
            assert_hostname=host,
            cert_reqs="CERT_REQUIRED",
            ca_certs=self.authorities,
            retries=False,
            timeout=urllib3.Timeout(total=_left(until)),
        ) as pool:
            answer = pool.request(
                "GET",
                path,
                headers=HEADERS | {"Host": host},
                redirect=False,
                preload_content=False,
                assert_same_host=False,
            )
            return _page(answer, until)

    def _address(self, host: str) -> str:
        """Return one address of the host.

        Raises Refused if any of its addresses is not public: a name that mixes both is a trap.
        """
        found = self.resolve(host, self.port)
        if not found or not all(self.is_allowed(address) for address in found):
            raise Refused("not_public")
        return found[0]


def _page(answer: urllib3.BaseHTTPResponse, until: float) -> Page:
    location = answer.headers.get("Location") if answer.status in REDIRECTS else None
    body = b""
    while location is None and answer.status == 200 and len(body) < MOST_BYTES:
        _left(until)
        piece = answer.read1(8192) if hasattr(answer, "read1") else answer.read(8192)
        if not piece:
            break
        body += piece
    return Page(answer.status, location, body[:MOST_BYTES].decode("utf-8", "replace"))


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise Refused("timeout")
    return left


def _unwrapped(address: str) -> list[str]:
    """Return the address, and the address to which a page that asks for consent would continue."""
    return [address, *parse_qs(urlsplit(address).query).get("continue", [])]


def _spots(page: str, box: Box | None) -> Iterator[Spot]:
    for match in _CONTENT.finditer(page):
        yield from _told(html.unescape(match[1]), box)


def _told(address: str, box: Box | None) -> Iterator[Spot]:
    """Yield the positions in one address, a pin before the middle of a map."""
    for found in (*pins(address, box), *centres(address, box)):
        yield found.spot


def _first(spots: Iterator[Spot]) -> Spot | None:
    return next(spots, None)
