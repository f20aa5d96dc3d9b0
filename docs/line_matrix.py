"""`python -m docs.line_matrix`: writes the matrix of docs/lines/README.md from what the carriers say of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from docs.rule_pages import BEGIN, END
from gateway.carriers.description import CarrierDescription
from gateway.carriers.registry import CARRIERS
from gateway.core.line_abilities import ALL, NAMES, Abilities, Reach, within

PAGE = Path(__file__).parent / "lines" / "README.md"
MARK = BEGIN.replace("rule_pages", "line_matrix")
COUNTRIES: Mapping[str, str] = {
    "+27": "South Africa",
    "+62": "Indonesia",
    "+86": "China",
    "+91": "India",
    "+233": "Ghana",
    "+234": "Nigeria",
    "+250": "Rwanda",
    "+251": "Ethiopia",
    "+254": "Kenya",
    "+255": "Tanzania",
    "+256": "Uganda",
    "+260": "Zambia",
    "+265": "Malawi",
}


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |\n"


def matrix() -> str:
    """One row for each carrier and each set of countries in which it offers the same."""
    rows = [_row("carrier", "phones in", *NAMES.values()), "|" + "---|" * (len(NAMES) + 2) + "\n"]
    for name, carrier in CARRIERS.items():
        for where, can in _alike(name, carrier):
            rows.append(_row(f"`{name}`", where, *("yes" if ability in can else "**no**" for ability in NAMES)))
    return "".join(rows)


def _alike(name: str, carrier: CarrierDescription) -> list[tuple[str, Abilities]]:
    """The countries of a carrier by what it offers there, Indonesia first. Raises KeyError for a prefix that COUNTRIES
    does not name."""
    table: Reach = {**(carrier.reach or {"": ALL}), "+62": within(carrier.reach, "+62")}
    found: dict[Abilities, list[str]] = {}
    for prefix in sorted(table, key=lambda prefix: (prefix != "+62", prefix == "", prefix)):
        found.setdefault(table[prefix], []).append(COUNTRIES[prefix] if prefix else "every other country")
    return [("everywhere" if len(found) == 1 else ", ".join(where), can) for can, where in found.items()]


def page(text: str) -> str:
    """The page with its matrix written anew."""
    before, _, rest = text.partition(MARK)
    return before + MARK + matrix() + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
