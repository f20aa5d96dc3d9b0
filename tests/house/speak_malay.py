"""What a language that was added as docs/developers/add-a-language.md says can do; run by test_add_a_language.py.

The argument is the folder of the copy that it was added to.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from types import SimpleNamespace

import gateway
from gateway.carriers.africastalking.line import AfricasTalking
from gateway.carriers.simulator.line import Simulator
from gateway.carriers.twilio import twiml
from gateway.carriers.twilio.line import Twilio
from gateway.config import Settings
from gateway.core.messages import Ask, Say
from gateway.core.sentences import menu, script
from gateway.core.sentences.alert_text import AlertFacts, alert_text
from gateway.menus import everyday
from gateway.register.imports import fields
from gateway.responses.alert_menu import spoken
from gateway.web.console import words

HERE = sys.argv[1]
assert gateway.__file__.startswith(HERE), gateway.__file__
facts = AlertFacts(
    "K7Q",
    datetime(2026, 11, 22, 7, 32, tzinfo=UTC),
    "Asia/Pontianak",
    "Budi",
    phone="+6281234567890",
    distance_m=1234,
    lat=-0.03,
    lon=109.34,
    source="cell",
    age_seconds=500,
    radius_m=800,
)
assert "1.2km" in alert_text(facts, "ms")
heard = script.first_words(facts, "ms") + script.details(facts, "ms") + script.closed(facts, "ms")
assert "lapan" in heard
assert "delapan" not in heard
assert "4 Bahasa Melayu" in menu.screen("language", "id").splitlines()
assert menu.way("language", "4") == menu.Way(menu.BACK, "ms")
assert "ms" in everyday.DEEDS
assert Settings.load({"DEMO": "1", "DATA_DIR": f"{HERE}/var", "DEFAULT_LANGUAGE": "MS"}).default_language == "ms"
assert fields.language("MS") == "ms"
assert words.NAMES["ms"] == "Melayu"

lines = {
    "twilio": Twilio(
        name="twilio", account_sid="AC" + 32 * "0", auth_tokens=["x"], numbers=["+12025550100"], public_url="http://x"
    ),
    "africastalking": AfricasTalking(
        name="africastalking", username="x", api_key="x", hook_token="x", public_url="http://x"
    ),
    "simulator": Simulator(b"x", "+6256100110", None, "http://x"),
    "kannel": None,  # carries no calls
}
uow = SimpleNamespace(lines=SimpleNamespace(named=lines.get))
assert {name: spoken(uow, name, "ms") for name in lines} == {
    "twilio": "en",
    "africastalking": "en",
    "simulator": "ms",
    "kannel": "en",
}
twiml_of_ms = twiml.render((Say("Kecemasan", "ms"), Ask("Tekan satu", "ms", 5)), "+12025550100", "http://x")
assert twiml_of_ms.count("Kecemasan") == twiml_of_ms.count("Tekan satu") == 1, twiml_of_ms
sys.stdout.write("spoken")
