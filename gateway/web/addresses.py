"""The converters of what stands in a path: ids that fit their column, and words without control characters. Anything
else is no page of ours (404), before a database is asked for it."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter, ValidationError

MOST_ID = 2**31 - 1  # of an INTEGER column in PostgreSQL


class Id(IntegerConverter):
    def __init__(self, map: Map) -> None:
        super().__init__(map, max=MOST_ID)

    def to_python(self, value: str) -> int:
        if len(value) > len(str(MOST_ID)):  # Python reads no number of more than 4,300 digits
            raise ValidationError
        return int(super().to_python(value))


class Word(UnicodeConverter):
    def to_python(self, value: str) -> str:
        if not value.isprintable():  # PostgreSQL stores no NUL, and no code or name of ours has a control character
            raise ValidationError
        return str(super().to_python(value))


def register(app: Flask) -> None:
    """Use them for every `<int:id>` and `<word>` of the routes that are added after this."""
    app.url_map.converters.update({"int": Id, "string": Word, "default": Word})
