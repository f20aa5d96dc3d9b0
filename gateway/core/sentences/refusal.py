"""Say why something cannot be taken as it was typed, in the language of the person who typed it."""

from __future__ import annotations

from typing import Self

from gateway.core.sentences import phrases


class Refusal(ValueError):  # noqa: N818 - the name is a plain word
    """The sentence `refusal.<key>` with its facts, and the field that it is `about`, where it is about one.

    As text it is English, for commands and logs. What was typed is never among the facts of an identity or a PIN.
    """

    def __init__(self, key: str, about: str = "", **facts: object) -> None:
        super().__init__(key, about, facts)
        self.key, self.about, self.facts = key, about, facts

    def of(self, about: str) -> Self:
        """Return the same refusal, about this field."""
        return type(self)(self.key, about, **self.facts)

    def say(self, language: str) -> str:
        """Return the sentence alone."""
        return phrases.say(f"refusal.{self.key}", language, **self.facts)

    def tell(self, language: str) -> str:
        """Return the sentence with the name of its field before it."""
        return f"{self.about}: {self.say(language)}" if self.about else self.say(language)

    def __str__(self) -> str:
        return self.tell("en")
