"""The floor of every hook: a bare Flask route that checks Twilio's signature, writes one row and commits.

gunicorn bench.bare_route:app      with DATABASE_URL, AUTH_TOKEN and PUBLIC_URL in the environment
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

from flask import Flask, abort, request
from sqlalchemy import DateTime, Text, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from twilio.request_validator import RequestValidator


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "bench_floor"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


app = Flask(__name__)
validator = RequestValidator(os.environ.get("AUTH_TOKEN", ""))
engine = create_engine(os.environ.get("DATABASE_URL", "sqlite://"), pool_size=16)


@app.post("/floor")
def floor() -> str:
    signature = request.headers.get("X-Twilio-Signature", "")
    if not validator.validate(f"{os.environ['PUBLIC_URL']}/floor", request.form, signature):
        abort(403)
    with Session(engine) as db:
        db.add(Row(phone=request.form["From"], body=request.form["Body"], at=datetime.now(UTC)))
        db.commit()
    return ""
