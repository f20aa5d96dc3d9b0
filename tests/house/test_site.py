"""The documentation site: what a page links to comes along, and no link leads to nothing (`make docs-site`)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from docs import site
from docs.site import Layout, faults
from docs.site_reference import PAGES, numbers
from gateway.cli import commands

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A repository of a few pages."""
    root = tmp_path / "repository"
    (root / "docs" / "adr").mkdir(parents=True)
    (root / "gateway").mkdir()
    for name, text in {
        "README.md": "# Siaga\n[Bahasa Indonesia](README.id.md)\nfirst:\n- [page](docs/page.md#a-part)\n",
        "README.id.md": "# Siaga\n[English](README.md), [halaman](docs/page.md)\n",
        "docs/page.md": "# Page\n[code](../gateway/sms.py), [why](adr/)\n```mermaid\nflowchart LR\n a --> b\n```\n",
        "docs/adr/0001-why.md": "# 0001 Why\n",
        "docs/site.css": "",
        "gateway/sms.py": "x = 1\n",
    }.items():
        (root / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(site, "ROOT_PAGES", ("README.md", "README.id.md"))
    monkeypatch.setattr(site, "PAGES", {})
    monkeypatch.setattr(site, "FILES", {})
    return Layout(root, tmp_path / "pages")


def laid_out(layout: Layout, name: str) -> str:
    layout.lay_out()
    return (layout.folder / name).read_text(encoding="utf-8")


def test_source_that_a_page_links_to_becomes_a_page_and_a_folder_a_list(layout: Layout) -> None:
    page = laid_out(layout, "docs/page.md")
    assert "[code](../gateway/sms-py.md), [why](adr/README.md)" in page
    assert "x = 1" in (layout.folder / "gateway/sms-py.md").read_text()
    assert "[0001 Why](0001-why.md)" in (layout.folder / "docs/adr/README.md").read_text()


def test_a_diagram_is_drawn_when_the_site_is_built(layout: Layout) -> None:
    assert "![diagram](page-0.svg)" in laid_out(layout, "docs/page.md")
    assert (layout.folder / "docs/page-0.svg").read_text().startswith("<svg")


def test_a_list_below_a_line_stays_a_list(layout: Layout) -> None:
    assert "first:\n\n- [page](docs/page.md#a-part)" in laid_out(layout, "README.md")


def test_a_page_and_its_twin_in_the_other_language_find_each_other(layout: Layout) -> None:
    assert "[Bahasa Indonesia](id/)" in laid_out(layout, "README.md")
    assert "[English](../), [halaman](docs/page.md)" in laid_out(layout, "README.id.md")


def test_a_link_to_nothing_is_not_built(layout: Layout) -> None:
    (layout.root / "docs/page.md").write_text("[gone](../gateway/gone.py)")
    with pytest.raises(FileNotFoundError, match=re.escape("gateway/gone.py")):
        layout.lay_out()


def test_what_is_built_may_link_to_nothing_that_is_not_there_and_load_nothing_from_outside(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "index.html").write_text('<a href="../">up</a><a href="https://example.org/x">out</a>')
    (tmp_path / "index.html").write_text(
        '<a href="there/#part">a</a><a href="gone/">b</a><script src="//cdn.example/x.js">'
    )
    assert faults(tmp_path) == ["index.html loads //cdn.example/x.js", "index.html links to gone/"]


def test_every_page_of_people_is_there_in_both_languages_and_in_the_menu() -> None:
    written = {path.name for path in (ROOT / "docs/guides").glob("*.md")}
    people = {"citizens", "counters", "officers", "desks", "chiefs"}
    assert written == {f"{who}{suffix}" for who in people for suffix in (".md", ".id.md")}
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert [who for who in people if f"docs/guides/{who}.md" not in menu] == []


@pytest.mark.parametrize("folder", ["docs", "docs/lines", "docs/runbook", "docs/developers"])
def test_every_page_stands_in_the_menu(folder: str) -> None:
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [path for path in (ROOT / folder).glob("*.md") if not path.name.endswith(".id.md")]
    assert [path.name for path in pages if f" {path.relative_to(ROOT)}\n" not in menu] == []


def test_the_menu_is_in_indonesian_too() -> None:
    class Plain(yaml.SafeLoader):
        """Takes no notice of Python's own tags."""

    Plain.add_multi_constructor("tag:yaml.org,2002:python/", lambda *_: None)
    config = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Plain)
    languages = next(plugin["i18n"] for plugin in config["plugins"] if isinstance(plugin, dict))["languages"]
    said = next(one["nav_translations"] for one in languages if one["locale"] == "id")
    assert set(headings(config["nav"])) - set(said) == {"Siaga", "API"}


def headings(nav: list[object]) -> list[str]:
    found = [(name, below) for one in nav if isinstance(one, dict) for name, below in one.items()]
    return [name for name, _ in found] + [
        name for _, below in found if isinstance(below, list) for name in headings(below)
    ]


@pytest.mark.parametrize("page", ["docs/reference/commands.md", "docs/reference/commands.id.md"])
def test_the_reference_names_every_command(page: str) -> None:
    told = PAGES[page]()
    assert [name for name in commands() if f"## siaga {name}\n" not in told] == []
    assert ("Tampilkan versi" in told) == page.endswith(".id.md")


def test_the_reference_names_every_number_that_an_alert_asks_for() -> None:
    rules = (ROOT / "ops/prometheus/siaga.rules.yml").read_text(encoding="utf-8")
    asked = {re.sub("_(bucket|count|sum|total)$", "", name) for name in re.findall(r"\bsiaga_[a-z_]+[a-z]", rules)}
    told = set(re.findall(r"\| `(siaga_\w+)`", numbers()))
    assert len(told) > 15
    assert sorted(asked - told) == []
