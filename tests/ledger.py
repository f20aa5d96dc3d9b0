"""A made-up town and what happened there, written straight into the tables with exactly the times that are told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy.orm import Session

from gateway.models import attempt as attempts
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.attempt import Attempt
from gateway.models.citizen import Citizen, Person
from gateway.models.event import Event
from gateway.models.fix import Fix
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.models.outbound import Outbound
from gateway.models.unit import Unit

ZONE = "Asia/Makassar"  # eight hours before UTC
NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)  # a Tuesday, noon on the town's clock
NAME, WORDS, PLACE = "Budi Santoso", "TOLONG ada maling", "Gang Kenanga 17"


@dataclass
class Town:
    """A Polda, a Polres and two Polsek of it, with one officer each; and a Polres beside it."""

    db: Session
    units: dict[str, Unit] = field(default_factory=dict)
    officers: dict[str, Officer] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def build(self) -> Town:
        for code, kind, parent in (
            ("POLDA", "polda", None),
            ("BJB", "polres", "POLDA"),
            ("KOTA", "polsek", "BJB"),
            ("BARAT", "polsek", "BJB"),
            ("LAIN", "polres", "POLDA"),
        ):
            parent_id = self.units[parent].id if parent else None
            unit = Unit(code=code, name=f"Polisi {code.title()}", kind=kind, parent_id=parent_id, timezone=ZONE)
            self.db.add(unit)
            self.db.flush()
            officer = Officer(phone=f"+62812345000{unit.id}", name=f"Petugas {code}", unit_id=unit.id, on_duty=True)
            self.db.add(officer)
            self.db.flush()
            self.units[code], self.officers[code] = unit, officer
        return self

    def citizen(self, phone: str, state: str = "verified", at: datetime = NOON) -> Citizen:
        person = Person(name=NAME, national_id="6371011212900001", address=PLACE, notes="asma", next_of_kin="Sari",
                        national_id_hash="x" * 64, created_at=at)  # fmt: skip
        row = Citizen(phone=phone, person=person, state=state, lat=-3.44, lon=114.83, applied_at=at, decided_at=at,
                      usual_words="pasar", consent="2026-11/id", consent_text="setuju")  # fmt: skip
        self.db.add(row)
        self.db.flush()
        return row

    def incident(
        self,
        unit: str | None = "KOTA",
        opened: datetime = NOON,
        *,
        phone: str = "+6281390000001",
        state: str = incidents.RESOLVED,
        channel: str = "text",
        drill: bool = False,
        alert: float | None = 2,
        yes: float | None = 30,
        scene: float | None = None,
        closed: float | None = 600,
        source: str | None = "cell",
        radius: float = 800,
        citizen: Citizen | None = None,
    ) -> Incident:
        """`alert`, `yes`, `scene` and `closed` are seconds after the opening; None: it did not happen."""
        number = next(self._numbers)
        fix = self._fix(phone, source, radius, opened)
        row = Incident(
            code=f"A{number:02}",
            phone=phone,
            name=NAME,
            citizen_id=citizen.id if citizen else None,
            unit_id=self.units[unit].id if unit else None,
            fix_id=fix.id if fix else None,
            told_fix_id=fix.id if fix else None,
            state=state,
            channel=channel,
            drill=drill,
            opened_at=opened,
            closed_at=None if closed is None else opened + timedelta(seconds=closed),
            reason="tidak ada apa-apa" if state == incidents.FALSE_ALARM else None,
        )
        self.db.add(row)
        self.db.flush()
        for kind, after in (("opened", 0), ("accepted", yes), ("on_scene", scene)):
            if after is not None:
                at = opened + timedelta(seconds=after)
                self.db.add(Event(incident_id=row.id, at=at, kind=kind, who=NAME, text=WORDS))
        self.db.add(Inbound(line="twilio", kind="text", ref=f"SM{number}", phone=phone, body=WORDS, raw=f"From={phone}",
                            state="handled", verified=True, received_at=opened, incident_id=row.id))  # fmt: skip
        if alert is not None:
            self.ask(row, unit or "POLDA", state="accepted" if yes is not None else "sent", answered=yes, left=alert)
        self.db.flush()
        return row

    def _fix(self, phone: str, source: str | None, radius: float, at: datetime) -> Fix | None:
        if source is None:
            return None
        fix = Fix(phone=phone, source=source, lat=-3.4415, lon=114.8325, radius_m=radius, place=PLACE, raw=WORDS,
                  taken_at=at, received_at=at)  # fmt: skip
        self.db.add(fix)
        self.db.flush()
        return fix

    def ask(
        self,
        incident: Incident,
        unit: str,
        *,
        state: str = "sent",
        wave: int = 1,
        asked: float = 0,
        answered: float | None = None,
        left: float | None = None,
        line: str = "twilio",
        kind: str = outbounds.TEXT,
        came: str = attempts.DELIVERED,
        ending: str | None = None,
        keyed: bool = False,
    ) -> Alert:
        """The officer of a unit is asked; with `left` (seconds) by one text or call, which ended as told."""

        def at(after: float) -> datetime:
            return incident.opened_at + timedelta(seconds=after)

        officer = self.officers[unit]
        row = Alert(incident_id=incident.id, wave=wave, officer_id=officer.id, phone=officer.phone, state=state,
                    asked_at=at(asked), answered_at=None if answered is None else at(answered))  # fmt: skip
        self.db.add(row)
        self.db.flush()
        if left is not None:
            owed = Outbound(kind=kind, purpose="alert", phone=officer.phone, body=f"DARURAT {NAME}", state="done",
                            incident_id=incident.id, alert_id=row.id, created_at=at(0), due_at=at(0))  # fmt: skip
            self.db.add(owed)
            self.db.flush()
            self.db.add(Attempt(outbound_id=owed.id, line=line, state=came, ref=f"{line}-{owed.id}", ending=ending,
                                keyed=keyed, started_at=at(left), finished_at=at(left)))  # fmt: skip
            self.db.flush()
        return row
