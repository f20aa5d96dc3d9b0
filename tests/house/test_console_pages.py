"""Every page of the administrator is registered, and the menu leads to it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from flask import Blueprint

from gateway.web.console import admin
from gateway.web.console.admin import overview

FOLDER = Path(admin.__file__).parent
REACHED_FROM_OTHERS = {
    "admin",
    "admin_citizen",
    "admin_never_ask",
    "admin_numbers",
    "admin_officer",
    "admin_unit_contact",
    "admin_unit_form",
}  # the first page, and pages about one citizen, officer or unit


def pages() -> dict[str, Blueprint]:
    """The blueprints of the folder, by file."""
    modules = {path.stem: import_module(f"{admin.__name__}.{path.stem}") for path in FOLDER.glob("[!_]*.py")}
    return {name: module.page for name, module in modules.items() if isinstance(vars(module).get("page"), Blueprint)}


def test_every_page_of_the_folder_is_registered() -> None:
    assert {name for name, page in pages().items() if page not in overview.PAGES} == set()


def test_every_page_is_in_the_menu() -> None:
    led_to = {endpoint.partition(".")[0] for endpoint in overview.SECTIONS.values()}
    assert {page.name for page in pages().values()} == led_to | REACHED_FROM_OTHERS
