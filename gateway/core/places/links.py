"""Read map links and geo: addresses without following them.

If a Google link has both, the pin is `!3d<lat>!4d<lon>` and `@<lat>,<lon>` is only the middle of the sender's screen;
in embedded maps (`pb=`) the middle is `!2d<lon>!3d<lat>`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, unquote_plus

from gateway.core.places.coordinates import written
from gateway.core.places.pluscodes import plus_codes
from gateway.core.places.spots import HANDSET_METRES, Box, Found, Source, Spot, put_in_order, radius_of

_NUMBER = r"[-+]?\d{1,3}(?:\.\d{1,20})?"
_PAIR = re.compile(rf"(?:^|loc:|ll\.|@)\s?({_NUMBER}),\s?({_NUMBER})(?!\d)(?!\.\d)")
_GEO = re.compile(
    rf"(?<!\w)geo:({_NUMBER}),({_NUMBER})(?:,{_NUMBER})?(?P<parameters>(?:;[^\s;?]*)*)(?:\?(?P<query>[^\s<>]*))?", re.I
)
_LINK = re.compile(
    r"(?<![\w.-])(?:https?://)?(?P<host>(?:[a-z0-9-]{1,40}\.){1,3}[a-z]{2,6})(?P<path>/[^\s<>?#]*)?"
    r"(?:\?(?P<query>[^\s<>#]*))?(?:#(?P<fragment>[^\s<>]*))?",
    re.I,
)
_SHORT = re.compile(
    r"(?<![\w.-])(?:https?://)?((?:maps\.app\.goo\.gl|goo\.gl/maps|share\.google|g\.co/kgs)/[A-Za-z0-9_-]{4,64})",
    re.I,
)
_PIN = re.compile(rf"!3d({_NUMBER})!4d({_NUMBER})")
_EMBEDDED = re.compile(rf"!2d(?P<lon>{_NUMBER})!3d(?P<lat>{_NUMBER})")
_CENTRE = re.compile(rf"/@({_NUMBER}),({_NUMBER})(?:,(?P<zoom>\d{{1,2}})(?:\.\d+)?z)?")
_OSM_HASH = re.compile(rf"map=(?P<zoom>\d{{1,2}})/({_NUMBER})/({_NUMBER})")
_ZOOM_OF_A_TOWN = 15


@dataclass(frozen=True)
class _Link:
    path: str
    query: Mapping[str, list[str]]
    fragment: str
    raw: str


_Reading = tuple[float, float, float]  # degrees, degrees, metres of radius
_Look = Callable[[_Link, Box | None], _Reading | None]


def pins(text: str, box: Box | None = None) -> Iterator[Found]:
    """Yield every map link and geo: address in `text` that names a point."""
    yield from _geo_uris(text, box)
    for match, host in _links(text):
        yield from _first_reading(match, host.pins, box)


def centres(text: str, box: Box | None = None) -> Iterator[Found]:
    """Yield every map link in `text` that gives the middle of the sender's map.

    The radius grows with the visible area.
    """
    for match, host in _links(text):
        yield from _first_reading(match, host.centres, box)


def short_link_in(text: str) -> str | None:
    """Return the first shortened Google Maps link, as https without its query. Only following it gives a position."""
    match = _SHORT.search(text)
    if match is None:
        return None
    host, _, rest = match[1].partition("/")
    return f"https://{host.lower()}/{rest}"


def _links(text: str) -> Iterator[tuple[re.Match[str], _Host]]:
    for match in _LINK.finditer(text):
        for pattern, host in _HOSTS:
            if pattern.fullmatch(match["host"].lower()):
                yield match, host


def _first_reading(match: re.Match[str], looks: tuple[_Look, ...], box: Box | None) -> Iterator[Found]:
    query = (match["query"] or "").replace("&amp;", "&")
    link = _Link(match["path"] or "", parse_qs(query), match["fragment"] or "", unquote(match[0]))
    readings = (look(link, box) for look in looks)
    for lat, lon, radius in [reading for reading in readings if reading is not None][:1]:
        yield Found(match.start(), Spot(lat, lon, radius, Source.LINK, match[0]))


def _geo_uris(text: str, box: Box | None) -> Iterator[Found]:
    """Yield geo: addresses (RFC 5870), and Android's form of them, whose `q` is the pin and whose path may be 0,0."""
    for match in _GEO.finditer(text):
        parameters = dict(re.findall(r";(\w+)=([^;]*)", match["parameters"].lower()))
        if parameters.get("crs", "wgs84") != "wgs84":
            continue
        query = parse_qs(match["query"] or "").get("q", [])
        readings = [_position(value, box) for value in [*query, f"{match[1]},{match[2]}"]]
        for lat, lon, radius in [reading for reading in readings if reading is not None][:1]:
            stated = parameters.get("u", "")
            radius = max(HANDSET_METRES, float(stated)) if re.fullmatch(r"\d{1,6}(\.\d{1,9})?", stated) else radius
            yield Found(match.start(), Spot(lat, lon, radius, Source.GEO_URI, match[0]))


def _position(value: str, box: Box | None) -> _Reading | None:
    """Read one field of a link: "lat,lon" with anything behind, degrees and minutes, or a full plus code."""
    match = _PAIR.search(value)
    if match is not None and "." in match[0]:
        return _reading(match[1], match[2], box)
    for found in (*written(value, box), *plus_codes(value)):
        return found.spot.lat, found.spot.lon, found.spot.radius_m
    return None


def _reading(first: str, second: str, box: Box | None) -> _Reading | None:
    position = put_in_order(float(first), float(second), box)
    resolution = 10.0 ** -max(len(number.partition(".")[2]) for number in (first, second))
    return (*position, radius_of(resolution)) if position else None


def _field(*names: str) -> _Look:
    """Return a function that looks for a position in the query fields `names`, in that order."""

    def look(link: _Link, box: Box | None) -> _Reading | None:
        readings = (_position(value, box) for name in names for value in link.query.get(name, []))
        return next((reading for reading in readings if reading is not None), None)

    return look


def _pair_of_fields(lat: str, lon: str) -> _Look:
    def look(link: _Link, box: Box | None) -> _Reading | None:
        return _position(",".join([*link.query.get(lat, [])[:1], *link.query.get(lon, [])[:1]]), box)

    return look


def _path(link: _Link, box: Box | None) -> _Reading | None:
    """Return the last part of the path that is a position: a place, a search, or the end of a route."""
    parts = [unquote_plus(part) for part in link.path.split("/") if not part.startswith(("@", "data="))]
    readings = (_position(part, box) for part in reversed(parts))
    return next((reading for reading in readings if reading is not None), None)


def _pin(link: _Link, box: Box | None) -> _Reading | None:
    match = _PIN.search(link.raw)
    return _reading(match[1], match[2], box) if match else None


def _embedded(link: _Link, box: Box | None) -> _Reading | None:
    match = _EMBEDDED.search(link.raw)
    return _seen(match["lat"], match["lon"], None, box) if match else None


def _at(link: _Link, box: Box | None) -> _Reading | None:
    match = _CENTRE.search(link.raw)
    return _seen(match[1], match[2], match["zoom"], box) if match else None


def _osm_map(link: _Link, box: Box | None) -> _Reading | None:
    match = _OSM_HASH.search(link.fragment)
    return _seen(match[2], match[3], match["zoom"], box) if match else None


def _seen(lat: str, lon: str, zoom: str | None, box: Box | None) -> _Reading | None:
    """Return the middle of a screen with a radius of 100 of its pixels, a quarter of a phone's width."""
    position = put_in_order(float(lat), float(lon), box)
    metres_a_pixel = 156_543.0 / 2 ** int(zoom or _ZOOM_OF_A_TOWN)
    return (*position, max(2 * HANDSET_METRES, round(100 * metres_a_pixel, 1))) if position else None


@dataclass(frozen=True)
class _Host:
    pins: tuple[_Look, ...]
    centres: tuple[_Look, ...] = ()


_GOOGLE = _Host(
    pins=(_pin, _field("q", "query", "destination", "daddr", "ll", "viewpoint", "cbll", "center"), _path),
    centres=(_at, _embedded),
)
_APPLE = _Host(pins=(_field("coordinate", "ll", "q", "daddr", "address"),), centres=(_field("sll", "center"),))
_OSM = _Host(pins=(_pair_of_fields("mlat", "mlon"),), centres=(_osm_map,))
_WAZE = _Host(pins=(_field("ll", "latlng", "to", "q"),))

# WhatsApp has no links of its own: it exports and forwards Google's.
_HOSTS = (
    (re.compile(r"(?:maps\.|www\.)?google\.(?:com|[a-z]{2}|com?\.[a-z]{2})"), _GOOGLE),
    (re.compile(r"maps\.apple\.com"), _APPLE),
    (re.compile(r"(?:www\.)?(?:openstreetmap\.org|osm\.org)"), _OSM),
    (re.compile(r"(?:www\.|ul\.)?waze\.com"), _WAZE),
)
