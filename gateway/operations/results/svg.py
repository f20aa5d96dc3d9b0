"""The few shapes of SVG that a report's plots are made of.

The colours are attributes; the page's style sheet puts its theme's colours over them by the classes.
"""

from __future__ import annotations

from xml.etree import ElementTree

INK, PALE, DOT = "#33414f", "#8fb0d6", "#1f5fa8"
WIDTH = 720  # units of each drawing


def drawing(height: float, title: str) -> ElementTree.Element:
    root = ElementTree.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": "plot", "role": "img"})
    root.set("viewBox", f"0 0 {WIDTH} {height}")
    root.set("aria-label", title)
    return root


def shape(root: ElementTree.Element, kind: str, look: str = "", **sizes: str | float) -> None:
    told = {name.replace("_", "-"): str(round(at, 2) if isinstance(at, float) else at) for name, at in sizes.items()}
    ElementTree.SubElement(root, kind, ({"class": look} if look else {}) | told)


def label(root: ElementTree.Element, x: float, y: float, told: str, anchor: str) -> None:
    at = {"x": str(round(x, 2)), "y": str(round(y, 2)), "text-anchor": anchor, "font-size": "12"}
    ElementTree.SubElement(root, "text", at | {"font-family": "Helvetica", "fill": INK}).text = told


def written(root: ElementTree.Element) -> str:
    return ElementTree.tostring(root, encoding="unicode")
