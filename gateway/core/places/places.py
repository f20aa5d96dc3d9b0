"""Find a position that a text states literally: coordinates, map links, geo: addresses, plus codes."""

from __future__ import annotations

from gateway.core.places.coordinates import written
from gateway.core.places.links import centres, pins, short_link_in
from gateway.core.places.pluscodes import plus_codes
from gateway.core.places.spots import Box, Found, Spot

__all__ = ["short_link_in", "spot_in"]


def spot_in(text: str, near: tuple[float, float] | None = None, region_box: Box | None = None) -> Spot | None:
    """Return the first literal position in `text`, or None. It never raises and never gives 0,0.

    `near` (lat, lon in degrees WGS 84) completes short plus codes. `region_box` is the served region: a pair that lies
    in it only when swapped is swapped. The middle of somebody's map counts only if nothing names a point.
    """
    pointed, seen = list(pins(text, region_box)), list(centres(text, region_box))
    rest = _without(text, [*pointed, *seen])
    found = [*pointed, *written(rest, region_box), *plus_codes(rest, near)] or seen
    return min(found, key=lambda one: one.start).spot if found else None


def _without(text: str, found: list[Found]) -> str:
    """Return `text` with the found parts blanked, so that a link's map centre is not read again as plain numbers."""
    for one in found:
        text = text[: one.start] + " " * len(one.spot.raw) + text[one.start + len(one.spot.raw) :]
    return text
