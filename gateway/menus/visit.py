"""One step of a person's USSD session, as the actions of the menu see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gateway.core.languages import spoken
from gateway.core.sentences import menu
from gateway.core.sentences.phrases import say, tidy
from gateway.identity.callers import Caller
from gateway.models import incident as incidents
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.ussd_session import UssdSession
from gateway.unit_of_work import UnitOfWork


@dataclass
class Visit:
    """The caller in the menu, and what the session remembers between two screens (`memory`: short texts by name)."""

    uow: UnitOfWork
    session: UssdSession
    caller: Caller
    row: Inbound  # the stored row of this step
    memory: dict[str, str]

    @property
    def language(self) -> str:
        chosen = self.memory.get("language") or self.caller.language
        return spoken(chosen or self.uow.settings.default_language)

    @property
    def root(self) -> str:
        """Return the first screen for an officer or desk, for a verified citizen, for an applicant who waits for the
        desk, or for an unknown number."""
        if self.caller.responder:
            return menu.OFFICER
        if self.caller.verified_citizen:
            return menu.CITIZEN
        return menu.APPLICANT if self.caller.applies else menu.STRANGER

    def say(self, key: str, **facts: object) -> str:
        """Return a sentence for a screen in the language of this session."""
        return say(key, self.language, **{name: tidy(fact) for name, fact in facts.items()})

    def tell(self, key: str, **facts: object) -> None:
        """Set the sentence that the next screen shows."""
        self.memory["text"] = self.say(key, **facts)

    def incident(self) -> Incident | None:
        """Lock the incident that this session raised until the commit and return it; None once it is closed."""
        if self.session.incident_id is None:
            return None
        incident = incidents.lock(self.uow.db, self.session.incident_id)
        return None if incident.closed else incident


Deed = Callable[[Visit, str], str | None]  # takes what was typed; returns the next screen if it is not the usual one
Facts = Callable[[Visit], dict[str, object]]
