"""When the watchdog tells people, and what; its clock is a number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from gateway.config import BadSetting
from gateway.core.sentences.segments import segments
from gateway.watchdog import Alarm, Seen, Watch, Watchdog, Watcher, read_list, words, write_list

WELL, DOWN = Seen(), Seen(("web",))
LATE, OTHERS = Seen(("timers",), ("4KX",)), Seen(("timers",), ("4KX", "M3P"))


def told(story: Sequence[tuple[float, Seen]]) -> list[tuple[float, str]]:
    """When somebody was told, and whether that it is over; between two lines the first is seen every 5 s."""
    watch, found = Watch(), []
    for (at, seen), (until, _) in zip(story, [*story[1:], (story[-1][0] + 1, WELL)], strict=True):
        now = at
        while now < until:
            alarm = watch.see(seen, now)
            if alarm is not None:
                found.append((now, "over" if alarm.over else "alarm"))
            now += 5
    return found


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        pytest.param([(0, WELL), (600, WELL)], [], id="all is well"),
        pytest.param([(0, DOWN), (15, WELL), (600, WELL)], [], id="a restart of 15 s"),
        pytest.param([(0, DOWN), (60, DOWN)], [(20, "alarm")], id="unwell for 20 s"),
        pytest.param([(0, LATE), (60, LATE)], [(0, "alarm")], id="an incident is late"),
        pytest.param(
            [(0, LATE), (30, OTHERS), (100, OTHERS)], [(0, "alarm"), (60, "alarm")], id="another is late, a minute on"
        ),
        pytest.param(
            [(0, DOWN), (2500, DOWN)],
            [(20, "alarm"), (140, "alarm"), (440, "alarm"), (1040, "alarm"), (1940, "alarm")],
            id="it repeats, ever more seldom",
        ),
        pytest.param(
            [(0, DOWN), (60, WELL), (75, DOWN), (100, WELL), (200, WELL)],
            [(20, "alarm"), (120, "over")],
            id="over only after 20 s of it",
        ),
        pytest.param(
            [(0, DOWN), (25, WELL), (50, DOWN), (75, WELL), (100, DOWN), (130, WELL), (200, WELL)],
            [(20, "alarm"), (45, "over")],
            id="one that comes and goes is bounded too",
        ),
        pytest.param(
            [(0, DOWN), (30, WELL), (1000, DOWN), (1030, DOWN)],
            [(20, "alarm"), (50, "over"), (1020, "alarm")],
            id="after a calm it begins anew",
        ),
    ],
)
def test_it_tells_after_20_s_repeats_ever_more_seldom_and_says_when_it_is_over(
    story: list[tuple[float, Seen]], expected: list[tuple[float, str]]
) -> None:
    assert told(story) == expected


@pytest.mark.parametrize("language", ["id", "en", "sw"])
def test_every_text_is_one_message_and_names_the_incident(language: str) -> None:
    who, at = Watcher("+62561700003", language, "Asia/Makassar"), datetime(2026, 11, 28, 2, 30, tzinfo=UTC)
    many = tuple(f"K{n:02d}" for n in range(50))
    for alarm in (Alarm(DOWN), Alarm(Seen(("database", "spool") * 30)), Alarm(Seen((), many)), Alarm(over=True)):
        text = words(alarm, who, at)
        assert segments(text) == 1
        assert "10:30" in text
    assert "4KX" in words(Alarm(LATE), who, at)
    assert "1" in words(Alarm(Seen((), ("",))), who, at)


def test_the_list_is_sealed_and_only_its_key_opens_it(tmp_path: Path) -> None:
    path, key = tmp_path / "watchers", Fernet.generate_key().decode()
    write_list(path, key, [Watcher("+62561700003")])
    assert b"700003" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert read_list(path, key) == [Watcher("+62561700003")]
    with pytest.raises(BadSetting, match="WATCHDOG_LIST"):
        read_list(path, Fernet.generate_key().decode())


@pytest.mark.parametrize("lines", ["simulator", "asterisk", "nobody", "twilio"])
def test_it_says_what_is_wrong_with_its_settings(lines: str, tmp_path: Path) -> None:
    given = {"WATCHED_URL": "http://127.0.0.1:1", "WATCHDOG_LIST": "x", "WATCHDOG_KEY": "x", "CARRIERS": lines}
    with pytest.raises(BadSetting, match="TWILIO_" if lines == "twilio" else "CARRIERS"):
        Watchdog.load(given)
    with pytest.raises(BadSetting, match="WATCHED_URL"):
        Watchdog.load({})


@pytest.mark.parametrize(
    ("mail", "wrong"),
    [
        ({"WATCHDOG_MAIL": "kapolres"}, "WATCHDOG_MAIL"),
        ({"WATCHDOG_MAIL": "a@b.example"}, "SMTP_URL"),
        ({"WATCHDOG_MAIL": "a@b.example", "SMTP_URL": "smtp://mail.example"}, "SMTP_FROM"),
    ],
)
def test_it_says_what_is_missing_for_its_mails(mail: dict[str, str], wrong: str, tmp_path: Path) -> None:
    key = Fernet.generate_key().decode()
    write_list(tmp_path / "watchers", key, [Watcher("+62561700003")])
    line = {"CARRIERS": "callgate", "CALLGATE_API_URL": "http://127.0.0.1:1", "CALLGATE_NUMBER": "+628125550100"}
    line |= {"CALLGATE_USERNAME": "x", "CALLGATE_PASSWORD": "x"}
    whom = {"WATCHED_URL": "http://127.0.0.1:1", "WATCHDOG_LIST": str(tmp_path / "watchers"), "WATCHDOG_KEY": key}
    with pytest.raises(BadSetting, match=wrong):
        Watchdog.load(line | whom | mail)
