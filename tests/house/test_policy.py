"""Each number of a policy is declared once, and its recipe is true: it is followed here in a scratch copy."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from docs import policy_page
from gateway.core.languages import CODES
from gateway.core.policy import FIELDS, POLICIES, Who, label
from tests.house.scratch import ROOT, Scratch, copied

DECLARED = "    margin_m: "  # the last field, below which the recipe declares its own
FORM = """
import json
from gateway.core.policy import DEFAULT, POLICIES, dumps, label, loads, read
from gateway.core.sentences import phrases
from gateway.web.console.admin import policy_form
usual = POLICIES[DEFAULT]
form = {f"{row.name}.{who}": most for row in policy_form.rows(usual) for who, most in row.chosen.items()}
form |= {f"{row.name}.after": row.after for row in policy_form.rows(usual) if row.after}
kept = policy_form.read(form | {"breath": "30"}, usual)
assert (usual.breath, kept.breath, loads(dumps(kept)).breath) == (5, 30, 30)
assert read(DEFAULT, json.dumps(json.loads(dumps(kept)) | {"breath": 99}))[1]
assert phrases.say("console." + label("breath"), "sw") == "Breath (s)"
"""


@pytest.mark.parametrize("language", CODES)
def test_every_number_has_its_words_in_the_form(language: str) -> None:
    with (ROOT / f"gateway/core/catalogues/{language}/admin.po").open("rb") as file:
        said = {message.id for message in read_po(file) if message.string}
    assert {f"console.{label(name)}" for name in FIELDS} - said == set()


def test_the_page_tells_every_number_and_group() -> None:
    text = policy_page.PAGE.read_text(encoding="utf-8")
    assert text == policy_page.page(text), "write the table anew: .venv/bin/python -m docs.policy_page"
    assert [name for name in (*Who, *POLICIES) if f"`{name}`" not in text] == []


# --- the recipe ------------------------------------------------------------------------------------------------------


class Recipe:
    """The steps of the recipe, followed in a scratch copy."""

    def __init__(self, scratch: Scratch) -> None:
        self.scratch = scratch
        recipe = (ROOT / "docs/developers/add-a-policy-field.md").read_text(encoding="utf-8")
        blocks = dict(re.findall(r"   ```(\w+)\n(.*?)   ```", recipe, re.DOTALL))
        self.blocks = {kind: re.sub(r"^   ", "", block, flags=re.MULTILINE) for kind, block in blocks.items()}

    def declare(self) -> None:
        path = self.scratch.root / "gateway/core/policy.py"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        (at,) = [at for at, line in enumerate(lines) if line.startswith(DECLARED)]
        lines.insert(at + 1, self.blocks["python"])
        path.write_text("".join(lines), encoding="utf-8")

    def name(self, *languages: str) -> None:
        for language in languages:
            path = self.scratch.root / f"gateway/core/catalogues/{language}/admin.po"
            with path.open("a", encoding="utf-8") as file:
                file.write("\n" + self.blocks["po"])

    def write_table(self) -> None:
        assert self.blocks["sh"].split()[1:] == ["-m", "docs.policy_page"]
        assert self.runs("-m", "docs.policy_page") == ""

    def runs(self, *words: str) -> str:
        """Nothing when the command ends well, else what it said."""
        done = self.scratch.python(*words)
        return done.stdout + done.stderr if done.returncode else ""

    def checks(self) -> str:
        """What the checks of this file say there, but for those that follow the recipe."""
        done = self.scratch.checked("-k", "not recipe", "tests/house/test_policy.py")
        return done.text if done.code else ""


COPIED = ("gateway", "docs", "tests/house/test_policy.py", "tests/house/scratch.py", "pyproject.toml")


@pytest.fixture(scope="module")
def house_copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    with copied(tmp_path_factory.mktemp("recipe"), COPIED) as made:
        yield made


@pytest.fixture
def recipe(house_copy: Scratch) -> Recipe:
    """The recipe, and a copy before any step."""
    house_copy.put_back()
    return Recipe(house_copy)


def test_the_recipe_gives_a_field_that_is_in_form_json_and_page(recipe: Recipe) -> None:
    recipe.declare()
    recipe.name(*CODES)
    recipe.write_table()
    assert recipe.runs("-c", FORM) == ""
    assert recipe.checks() == ""
    page = (recipe.scratch.root / "docs/developers/policy.md").read_text(encoding="utf-8")
    assert "| `breath` | 0 to 60 seconds | 5 |" in page


def test_a_step_of_the_recipe_that_is_forgotten_is_told(recipe: Recipe) -> None:
    recipe.declare()
    recipe.name(*CODES[1:])
    told = recipe.checks()
    assert "console.admin_timer.breath" in told
    assert "write the table anew" in told
