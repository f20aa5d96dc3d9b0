"""The example of a settings file holds every setting once, and is what the page of settings says."""

from __future__ import annotations

import io
import re

from dotenv.parser import parse_stream

from docs import example_env
from gateway.config import Settings


def test_it_is_written_from_the_page_of_settings() -> None:
    """Write it anew with `python -m docs.example_env`."""
    assert example_env.EXAMPLE.read_text("utf-8") == example_env.text()


def test_it_holds_every_setting_once() -> None:
    names = re.findall(r"^#([A-Z_0-9]+)=", example_env.EXAMPLE.read_text("utf-8"), re.MULTILINE)
    assert len(names) == len(set(names))
    assert set(Settings.names()) <= set(names)


def test_a_line_without_its_mark_is_a_line_of_a_settings_file() -> None:
    lines = example_env.EXAMPLE.read_text("utf-8").replace("\n#", "\n").splitlines()[3:]
    read = list(parse_stream(io.StringIO("\n".join(lines))))
    assert [line.original.string for line in read if line.error] == []
    assert {line.value for line in read if line.key} == {""}
