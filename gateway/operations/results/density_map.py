"""Draw the map of density as SVG, for the page and the PDF alike."""

from __future__ import annotations

from math import cos, radians
from xml.etree import ElementTree

import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from gateway.operations.results import words
from gateway.operations.results.density import Cell
from gateway.operations.results.results import Results
from gateway.operations.results.svg import INK, PALE, WIDTH, drawing, label, shape, written

_TALLEST = 560  # units of the drawing
_EDGE = 8  # room around the map
_LETTER = 6.2  # the width of a letter, about
FAINT, PALEST, DARKEST = 0.05, 0.25, 0.9  # how full a cell is: nobody called, blurred, the most


def density_map(report: Results, language: str) -> str:
    """Return the areas with the number of panics in each; empty when no area is drawn."""
    cells = report.density.cells
    if not cells:
        return ""
    west, south, east, north = shapely.total_bounds([cell.shape for cell in cells])
    narrow = cos(radians((south + north) / 2))  # a degree of longitude against one of latitude
    scale = min((WIDTH - 2 * _EDGE) / max((east - west) * narrow, 1e-6), _TALLEST / max(north - south, 1e-6))
    root = drawing((north - south) * scale + 2 * _EDGE, words.say("plot.density", language))
    matrix = [narrow * scale, 0, 0, -scale, _EDGE - west * narrow * scale, _EDGE + north * scale]
    placed = [(cell, affinity.affine_transform(cell.shape, matrix)) for cell in cells]
    most = max((cell.count or 0 for cell in cells), default=0) or 1
    for cell, drawn in placed:
        full = _full(cell, most)
        shape(root, "path", "cell", d=_path(drawn), fill=PALE, fill_opacity=full, stroke=INK, stroke_width=0.7)
    for cell, drawn in placed:
        _name(root, cell, drawn)
    return written(root)


def _full(cell: Cell, most: int) -> float:
    """Return how full the colour of a cell is; all blurred cells look alike."""
    if cell.count is None:
        return PALEST
    return FAINT if not cell.count else round(PALEST + (DARKEST - PALEST) * cell.count / most, 2)


def _path(drawn: BaseGeometry) -> str:
    simple = drawn.simplify(0.6)
    rings = [ring for part in getattr(simple, "geoms", [simple]) for ring in (part.exterior, *part.interiors)]
    return " ".join("M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in ring.coords[:-1]) + " Z" for ring in rings)


def _name(root: ElementTree.Element, cell: Cell, drawn: BaseGeometry) -> None:
    """Write a cell's number, and its name where there is room; a cell too small for both is named in the list."""
    at = drawn.representative_point()
    left, top, right, bottom = drawn.bounds
    roomy = right - left > len(cell.name) * _LETTER and bottom - top > 2 * 14
    if roomy:
        label(root, at.x, at.y - 3, cell.name, "middle")
    if words.crowd(cell):
        label(root, at.x, at.y + (11 if roomy else 4), words.crowd(cell), "middle")
