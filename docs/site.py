"""`python -m docs.site`: builds the documentation site, in English and Indonesian, into build/site/ (mkdocs.yml).

The pages are those of this repository; nothing is written twice. What a forge shows must hold on the site too, so they
are first laid out in build/pages/: lists as Python's Markdown wants them, diagrams drawn, what a page links to brought
along (source as a page, a folder as a list), and the reference that is made of the code put beside them.
"""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import mdformat
import mmdr
from mkdocs.__main__ import cli as mkdocs

from docs.site_reference import FILES, PAGES

ROOT = Path(__file__).resolve().parents[1]
LAID_OUT, SITE = ROOT / "build" / "pages", ROOT / "build" / "site"
# What is on the site by itself; whatever else a page links to comes along.
ROOT_PAGES = ("README.md", "README.id.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "SUPPORT.md")
LINK = re.compile(r"(\]\()([^)#\s:]+)(#[^)\s]*)?(\))")
DIAGRAM = re.compile(r"^```mermaid\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
SOURCE = "---\nsearch:\n  exclude: true\n---\n\n# {path}\n\n````{lexer}\n{text}\n````\n"
LOADED = re.compile(r"<(?:script|link|img|iframe)\b[^>]*?(?:src|href)=\"?((?:https?:)?//[^\"\s>]+)")
HREF = re.compile(r"<a\b[^>]*?\bhref=\"?([^\"\s>#:?]+)(?=[\"\s>#?])")
LEXERS = {".py": "python", ".toml": "toml", ".js": "javascript", ".tsv": "text", ".yml": "yaml", ".json": "json"}


class Layout:
    """The folder with the site's pages, each at the path that it has in the repository."""

    def __init__(self, root: Path = ROOT, folder: Path = LAID_OUT) -> None:
        self.root, self.folder = root, folder
        self.wanted: list[str] = []  # what links name and is not laid out yet

    def lay_out(self) -> None:
        """Write every page and whatever pages link to. Raises FileNotFoundError for a link to nothing."""
        shutil.rmtree(self.folder, ignore_errors=True)
        pages = [*ROOT_PAGES, *sorted(str(path.relative_to(self.root)) for path in self.root.glob("docs/**/*.md"))]
        for name in pages:
            self._page(name, (self.root / name).read_text(encoding="utf-8"))
        for name, write in PAGES.items():
            self._page(name, write())
        for name, write in FILES.items():
            self._write(name, write())
        self.wanted += ["docs/adr", "docs/site.css"]
        while self.wanted:
            self._bring(self.wanted.pop())

    def _page(self, name: str, text: str) -> None:
        text = mdformat.text(text, extensions={"gfm", "mkdocs"}, options={"number": True})
        self._write(name, DIAGRAM.sub(lambda found: self._draw(name, found), self._linked(name, text)))

    def _draw(self, name: str, found: re.Match[str]) -> str:
        drawing = f"{Path(name).stem}-{found.string[: found.start()].count('```mermaid')}.svg"
        self._write(posixpath.join(posixpath.dirname(name), drawing), mmdr.render(found[1]).svg())
        return f"![diagram]({drawing}){{ .diagram }}"

    def _linked(self, name: str, text: str) -> str:
        """Return the page with links that hold on the site."""

        def held(found: re.Match[str]) -> str:
            return found[1] + self._target(name, found[2]) + (found[3] or "") + found[4]

        return LINK.sub(held, text)

    def _target(self, name: str, link: str) -> str:
        """Return how the page `name` is to write this link of its own."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), link))
        if _twin(path) == name:
            return _across(name, path)
        path = path if _language(name) == "id" else _english(path)
        made = path in PAGES or path in FILES
        where = path if made else _place(self.root, path)
        if not made:
            self.wanted.append(path)
        return posixpath.relpath(where, posixpath.dirname(name) or ".")

    def _bring(self, path: str) -> None:
        """Lay out what a page links to, unless it is there: a page, a picture, a list of a folder, or source."""
        source, place = self.root / path, _place(self.root, path)
        if (self.folder / place).exists():
            return
        if source.is_dir():
            self._page(place, _listing(source))
        elif place == path and path.endswith(".md"):
            self._page(path, source.read_text(encoding="utf-8"))
        elif place == path:
            (self.folder / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, self.folder / place)
        else:
            lexer = LEXERS.get(source.suffix, "text")
            self._write(place, SOURCE.format(path=path, lexer=lexer, text=source.read_text(encoding="utf-8")))

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@cache
def _place(root: Path, path: str) -> str:
    """Return where on the site something of the repository is. Raises FileNotFoundError if there is no such thing."""
    source = root / path
    if not source.exists():
        raise FileNotFoundError(path)
    if source.is_dir():
        return f"{path}/README.md"
    if source.suffix in (".md", ".png", ".css"):
        return path
    return f"{path.replace('.', '-')}.md"  # a second dot would name a language


def _listing(folder: Path) -> str:
    """Return a page that names what is in a folder which a page links to."""
    if (folder / "README.md").exists():
        return (folder / "README.md").read_text(encoding="utf-8")
    pages = sorted(folder.rglob("*.md"))
    found = [(path, TITLE.search(path.read_text(encoding="utf-8"))) for path in pages]
    lines = [f"- [{title[1] if title else path.stem}]({path.relative_to(folder)})\n" for path, title in found]
    return f"# {folder.name}\n\n{''.join(lines)}"


def _language(path: str) -> str:
    return "id" if path.endswith(".id.md") else "en"


def _english(path: str) -> str:
    return path.replace(".id.md", ".md")


def _twin(path: str) -> str:
    """Return the name of the same page in the other language."""
    return _english(path) if _language(path) == "id" else path.replace(".md", ".id.md")


def _across(name: str, path: str) -> str:
    """Return the address of a page's twin, from the page itself."""
    return posixpath.relpath(_address(path), _address(name)) + "/"


def _address(path: str) -> str:
    """Return the folder of the site in which MkDocs puts the page."""
    stem = _english(path).removesuffix(".md")
    stem = posixpath.dirname(stem) if posixpath.basename(stem) == "README" else stem
    return posixpath.join("/", "id" if _language(path) == "id" else "", stem)


# --- what was built -------------------------------------------------------------------------------------------


def faults(site: Path) -> list[str]:
    """Return what is wrong on the built pages: a link to nothing, and anything that is loaded from another host."""
    found = []
    for page in sorted(site.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        name = page.relative_to(site)
        found += [f"{name} loads {address}" for address in LOADED.findall(text)]
        links = {unquote(link) for link in HREF.findall(text)}
        found += [f"{name} links to {link}" for link in links if not _there(site, page, link)]
    return found


def _there(site: Path, page: Path, link: str) -> bool:
    target = Path(os.path.normpath(site / link[1:] if link.startswith("/") else page.parent / link))
    return target.is_relative_to(site) and (target / "index.html" if target.is_dir() else target).exists()


def main() -> None:
    """Build the site. Whatever does not hold ends it with an error."""
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    Layout().lay_out()
    mkdocs(["build", "--strict", "--quiet", "--config-file", str(ROOT / "mkdocs.yml")], standalone_mode=False)
    if found := faults(SITE):
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
