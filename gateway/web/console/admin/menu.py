"""The menu of the administrator's pages by group. The pages are `overview.SECTIONS`; here stands what goes together."""

from __future__ import annotations

from collections.abc import Mapping

GROUPS = {  # the key of each group's word and of the entries in it, as `overview.SECTIONS` names them
    "people": ("applications", "citizens", "officers", "users"),
    "duty": ("shifts", "reports", "results"),
    "places": ("units", "areas"),
    "texts": ("phrases", "recordings", "leaflets"),
    "lines": ("lines",),
    "system": ("imports", "exports", "audit"),
}
OTHERS = "system"  # the group of an entry that none names


def grouped(sections: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the entries of a menu by group, without empty groups."""
    places = {f"admin.{name}": group for group, names in GROUPS.items() for name in names}
    found: dict[str, dict[str, str]] = {group: {} for group in GROUPS}
    for key, endpoint in sections.items():
        found[places.get(key, OTHERS)][key] = endpoint
    return {group: entries for group, entries in found.items() if entries}
