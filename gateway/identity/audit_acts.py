"""Every act that the audit trail records: its group in the page's filter, and what its subject names.

The sentence of an act is `console.audit_act.<act>` in the catalogues. Rows keep the act as a code: the hashes of the
trail cover it. A row of a former version may hold an act that is no longer listed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class About(StrEnum):
    """Kinds of things that the subject of a row can name."""

    INCIDENT = "incident"  # its code
    CITIZEN = "citizen"  # a number, which may be on no register
    OFFICER = "officer"  # a number
    UNIT = "unit"  # its code
    POLICY = "policy"  # the code of the unit whose policy it is
    USER = "user"  # a name
    WORDING = "wording"  # language/key
    NOTHING = "nothing"  # no page of its own


def _all(about: About, group: str, acts: str) -> dict[str, About]:
    return {f"{group}.{act}": about for act in acts.split()}


GROUPS: Mapping[str, Mapping[str, About]] = {
    "incidents": {
        **_all(About.INCIDENT, "incident", "apart confided drill false_alarm kind merge profile reopened reported"),
        **_all(About.INCIDENT, "incident", "resolved unquiet"),
        **_all(About.INCIDENT, "press", "accept close merge take"),
        **_all(About.NOTHING, "press", "text.emergency text.no text.seen"),
        "press_taken_back": About.NOTHING,
        "network.locate": About.CITIZEN,
    },
    "texts": {
        **_all(About.CITIZEN, "text", "looked_at no_emergency"),
        **_all(About.CITIZEN, "tip", "answer emergency read"),
        "number.unquiet": About.CITIZEN,
    },
    "citizens": {
        **_all(About.CITIZEN, "citizen", "add amend identity leave pin reassign refuse restore sealed sealed_read"),
        **_all(About.CITIZEN, "citizen", "subject suspend verify"),
        **_all(About.NOTHING, "citizen", "breach_list erase"),  # an erased citizen stands under a pseudonym
    },
    "officers": {
        **_all(About.OFFICER, "officer", "add amend duty_off duty_on pin restore retire suspend test turns"),
        "shift.hand_over": About.NOTHING,
    },
    "units": {
        **_all(About.UNIT, "unit", "add amend areas areas_removed contact retire"),
        "unit.policy": About.POLICY,
    },
    "access": {
        **_all(About.USER, "user", "add key key_revoked office password phone restore secret suspend unlock"),
        **_all(About.NOTHING, "key", "add end"),
        **_all(About.NOTHING, "webhook", "add end replay"),
    },
    "wordings": {
        **_all(About.WORDING, "wording", "change forget"),
        **_all(About.NOTHING, "recording", "delete keep"),
    },
    "lists": {
        **_all(About.NOTHING, "export", "citizens incidents officers places shifts units volunteers"),
        **_all(About.NOTHING, "import", "areas citizens officers places shifts units"),
        "report.mail": About.NOTHING,
        "texts.export": About.NOTHING,
    },
    "upkeep": {
        **_all(About.UNIT, "drill", "planned unplanned"),
        **_all(About.NOTHING, "synthetic", "begun planned unplanned"),
        "line.test": About.NOTHING,
        "restore.go": About.NOTHING,
        "retention.purge": About.NOTHING,
    },
}
ABOUT: Mapping[str, About] = {act: about for acts in GROUPS.values() for act, about in acts.items()}
