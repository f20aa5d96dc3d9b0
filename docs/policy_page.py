"""`python -m docs.policy_page`: writes the table of a policy's numbers into docs/developers/policy.md."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gateway.core.policy import AFTER, COUNTS, FIELDS, Policy, Whole

PAGE = Path(__file__).parent / "developers/policy.md"
BEGIN, END = "<!-- written by docs/policy_page.py -->\n", "<!-- end -->\n"


def table() -> str:
    """The numbers that `gateway/core/policy.py` declares, as a table in Markdown."""
    groups = {f"waves[].groups[].{name}": whole for name, whole in COUNTS.items()}
    numbers: Mapping[str, Whole] = {"waves[].after": AFTER, **groups, **FIELDS}
    rows = [
        f"| `{name}` | {whole} | {getattr(Policy, name, '–')} | {whole.meaning} |\n" for name, whole in numbers.items()
    ]
    return "".join(["| field | bounds | default | meaning |\n", "|---|---|---|---|\n", *rows])


def page(text: str) -> str:
    """The page with its table written anew."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
