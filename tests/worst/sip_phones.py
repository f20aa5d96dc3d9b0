"""Phones behind a SIP operator, played by SIPp (Debian's `sip-tester`): each number behaves as a test says.

One SIPp process is the operator and all its phones. Its scenario is written from the table of behaviours below: it
finds the number in the call that comes in and goes on as that phone. What the phones lived through is in its log.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from worst.processes import eventually

SIPP = shutil.which("sipp")
PCAPS = Path("/usr/share/sip-tester")  # RFC 2833 tones, which the package brings
PLAYS_TONES = os.geteuid() == 0  # SIPp sends them through a raw socket

HEADERS = """\
      [last_Via:]
      [last_From:]
      [last_To:]{tag}
      [last_Call-ID:]
      [last_CSeq:]"""
SDP = """\
      v=0
      o=phone 1 1 IN IP[local_ip_type] [local_ip]
      s=-
      c=IN IP[media_ip_type] [media_ip]
      t=0 0
      m=audio [auto_media_port] RTP/AVP 8 {events}
      a=rtpmap:8 PCMA/8000
      {map}"""
RFC_2833 = {"events": "101", "map": "a=rtpmap:101 telephone-event/8000\n      a=fmtp:101 0-15"}
NO_EVENTS = {"events": "", "map": "a=sendrecv"}


def _reply(status: str, body: str = "") -> str:
    contact = "\n      Contact: <sip:[local_ip]:[local_port]>" if status[:1] in "12" else ""
    kind = "\n      Content-Type: application/sdp" if body else ""
    head = f"      SIP/2.0 {status}\n{HEADERS.format(tag=';tag=[call_number]')}{contact}{kind}"
    return f"<send><![CDATA[\n{head}\n      Content-Length: [len]\n\n{body}\n    ]]></send>"


def _again(status: str) -> str:
    """The answer to a later request of the same dialogue."""
    head = f"      SIP/2.0 {status}\n{HEADERS.format(tag='')}"
    return f"<send><![CDATA[\n{head}\n      Content-Length: 0\n\n    ]]></send>"


def _log(what: str) -> str:
    return f'<nop><action><log message="[timestamp] {what} [$dialled] [$caller]"/></action></nop>'


def _pause(seconds: float) -> str:
    return f'<pause milliseconds="{round(seconds * 1000)}"/>'


def _request(method: str, number: int, kind: str = "", body: str = "") -> str:
    """A request of the phone within its call, whose two ends are the other way round."""
    content = f"\n      Content-Type: {kind}" if kind else ""
    return f"""<send><![CDATA[
      {method} [$contact] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From:[$to];tag=[call_number]
      To:[$from]
      Call-ID: [call_id]
      CSeq: {number} {method}
      Max-Forwards: 70{content}
      Content-Length: [len]

      {body}
    ]]></send>
    <recv response="200"/>"""


RING = _reply("180 Ringing") + _log("ring")
UP = '<recv request="ACK"/>' + _log("up")
LAST = '<recv request="BYE"/>' + _again("200 OK") + _log("over")
ANSWER = RING + _pause(0.05) + _reply("200 OK", SDP.format(**RFC_2833)) + UP
NOBODY = RING + '<recv request="CANCEL"/>' + _again("200 OK") + _log("cancelled") + _reply("487 Request Terminated")
REFUSAL = '<recv request="ACK"/>'


def _tone(key: str) -> str:
    return f'<nop><action><exec play_pcap_audio="{PCAPS}/dtmf_2833_{key}.pcap"/></action></nop>' + _log(f"key{key}")


def _info(key: str, number: int) -> str:
    body = f"Signal={key}\n      Duration=160"
    return _log(f"key{key}") + _request("INFO", number, "application/dtmf-relay", body)


def rfc_2833(*keys: str, after: float = 0.4) -> str:
    """A phone that picks up and presses these keys as tones in its sound."""
    return ANSWER + "".join(_pause(after) + _tone(key) for key in keys) + LAST


def info(*keys: str, after: float = 0.4) -> str:
    """A phone that picks up and presses these keys, which its network sends as SIP INFO."""
    picks_up = RING + _pause(0.05) + _reply("200 OK", SDP.format(**NO_EVENTS)) + UP
    return picks_up + "".join(_pause(after) + _info(key, n) for n, key in enumerate(keys, 1)) + LAST


def hangs_up(after: float) -> str:
    return ANSWER + _pause(after) + _request("BYE", 1) + _log("over")


presses = rfc_2833 if PLAYS_TONES else info
SILENT = ANSWER + LAST  # somebody, or a voicemail, that presses nothing
UNANSWERED = NOBODY + REFUSAL
BUSY = _reply("486 Busy Here") + REFUSAL
UNKNOWN = _reply("404 Not Found") + REFUSAL
DECLINED = _reply("603 Decline") + REFUSAL
NO_NETWORK = _reply("503 Service Unavailable") + REFUSAL

# Everybody else's phone, and the head of each call.
HEAD = """<recv request="INVITE">
      <action>
        <ereg regexp="[+]?[0-9]+" search_in="hdr" header="To:" assign_to="dialled"/>
        <ereg regexp="[+]?[0-9]+" search_in="hdr" header="From:" assign_to="caller"/>
        <ereg regexp=".*" search_in="hdr" header="From:" assign_to="from"/>
        <ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/>
        <ereg regexp="sip:[^>;]*" search_in="hdr" header="Contact:" assign_to="contact"/>
        {which}
      </action>
    </recv>"""
USED = '<Reference variables="dialled,caller,from,to,contact"/>'


def _scenario(phones: Mapping[str, str], others: str) -> str:
    which = "\n        ".join(
        f'<ereg regexp="{re.escape(number)}" search_in="hdr" header="To:" assign_to="is{n}"/>'
        for n, number in enumerate(phones)
    ).replace("\\+", "[+]")
    jumps = "".join(f'<nop next="{n + 10}" test="is{n}"/>\n' for n in range(len(phones)))
    parts = [others, *phones.values()]
    labels = ["", *(f'<label id="{n + 10}"/>' for n in range(len(phones)))]
    ends = '<nop next="9"/>\n'
    lives = "".join(f"{label}\n{part}\n{ends}" for label, part in zip(labels, parts, strict=True))
    return (
        '<?xml version="1.0" encoding="ISO-8859-1" ?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n<scenario name="phones">'
        f'\n{HEAD.format(which=which)}\n{jumps}{lives}<label id="9"/>\n{_pause(0.01)}\n{USED}\n</scenario>\n'
    )


# A phone that rings the exchange. What becomes of the call is in its log: "up" and "over", "busy", or "unknown".
CALL = """<?xml version="1.0" encoding="ISO-8859-1" ?>
<!DOCTYPE scenario SYSTEM "sipp.dtd">
<scenario name="caller">
    <nop><action><assignstr assign_to="dialled" value="{number}"/>
      <assignstr assign_to="caller" value="{caller}"/></action></nop>
    <send><![CDATA[
      INVITE sip:{number}@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:{caller}@[local_ip]:[local_port]>;tag=[call_number]
      To: <sip:{number}@[remote_ip]:[remote_port]>
      Call-ID: [call_id]
      CSeq: 1 INVITE
      Contact: <sip:{caller}@[local_ip]:[local_port]>
      Max-Forwards: 70
      Content-Type: application/sdp
      Content-Length: [len]

{sdp}
    ]]></send>
    <recv response="100" optional="true"/>
    <recv response="180" optional="true"/>
    <recv response="183" optional="true"/>
    <recv response="486" optional="true" next="1"/>
    <recv response="503" optional="true" next="1"/>
    <recv response="401" optional="true" next="3"/>
    <recv response="200"/>
    {up}
    <send><![CDATA[
      ACK sip:{number}@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:{caller}@[local_ip]:[local_port]>;tag=[call_number]
      To: <sip:{number}@[remote_ip]:[remote_port]>[peer_tag_param]
      Call-ID: [call_id]
      CSeq: 1 ACK
      Max-Forwards: 70
      Content-Length: 0

    ]]></send>
    {keys}
    {last}
    <nop next="2"/>
    <label id="1"/>
    <send><![CDATA[
      ACK sip:{number}@[remote_ip]:[remote_port] SIP/2.0
      [last_Via:]
      From: <sip:{caller}@[local_ip]:[local_port]>;tag=[call_number]
      To: <sip:{number}@[remote_ip]:[remote_port]>[peer_tag_param]
      Call-ID: [call_id]
      CSeq: 1 ACK
      Max-Forwards: 70
      Content-Length: 0

    ]]></send>
    {busy}
    <nop next="2"/>
    <label id="3"/>
    {unknown}
    <label id="2"/>
    <pause milliseconds="10"/>
</scenario>
"""


@dataclass(frozen=True)
class Heard:
    """One line of the operator's log: what a phone lived through, when (epoch seconds), and whose number it saw."""

    at: float
    what: str
    phone: str
    saw: str


@dataclass
class Operator:
    """The operator on `port`; calls from outside enter the exchange at `exchange`. `phones` behave as they say, and
    everybody else's as `others`."""

    folder: Path
    port: int
    exchange: int
    phones: dict[str, str] = field(default_factory=dict)
    others: str = UNANSWERED
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        scenario = self.folder / "phones.xml"
        scenario.write_text(_scenario(self.phones, self.others))
        self._start(["-sf", str(scenario), "-p", str(self.port), *self._log_to("phones")])
        eventually(5, lambda: self._listens() or self._died(), "SIPp listens")
        assert not self._died(), self.said
        return self

    def __exit__(self, *error: object) -> None:
        for process in self._running:
            process.send_signal(signal.SIGKILL)
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def _listens(self) -> bool:
        return f":{self.port:04X} " in Path("/proc/net/udp").read_text()

    def _died(self) -> bool:
        return self._running[0].poll() is not None

    def _log_to(self, name: str) -> list[str]:
        return ["-trace_logs", "-log_file", str(self.folder / f"{name}.log"), "-trace_err", "-error_file",
                str(self.folder / f"{name}.err")]  # fmt: skip

    def _start(self, arguments: list[str], address: str = "127.0.0.1") -> subprocess.Popen[bytes]:
        command = [str(SIPP), "-i", address, "-mi", address, "-nostdin", *arguments]
        with (self.folder / "sipp.out").open("ab") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out, cwd=self.folder, start_new_session=True)
        self._running.append(process)
        return process

    @property
    def said(self) -> str:
        return "".join(path.read_text(errors="replace")[-2000:] for path in self.folder.glob("*.err"))

    def call(self, caller: str, number: str, *keys: str, address: str = "127.0.0.1") -> None:
        """Somebody rings the exchange from an address, and presses these keys once they are answered."""
        press = [_tone(key) if PLAYS_TONES else _info(key, n) for n, key in enumerate(keys, 2)]
        pressed = "".join(_pause(0.4) + one for one in press)
        sdp = SDP.format(**RFC_2833)
        told = {
            "sdp": sdp,
            "up": _log("up"),
            "busy": _log("busy"),
            "unknown": _log("unknown"),
            "keys": pressed,
            "last": LAST,
        }
        name = f"caller-{len(self._running)}"
        scenario = self.folder / f"{name}.xml"
        scenario.write_text(CALL.format(number=number, caller=caller, **told))
        self._start(["-sf", str(scenario), "-m", "1", *self._log_to(name), f"127.0.0.1:{self.exchange}"], address)

    def heard(self, what: str = "", phone: str = "") -> list[Heard]:
        """What the phones lived through; for one that rang the exchange, `phone` is the exchange's number."""
        logs = sorted(self.folder.glob("*.log"))
        lines = [line for path in logs for line in path.read_text(errors="replace").splitlines()]
        rows = [row for row in map(_read, lines) if row is not None]
        return [row for row in rows if what in ("", row.what) and phone in ("", row.phone)]

    def wait(self, what: str, phone: str, within: float = 8, many: int = 1) -> list[Heard]:
        def here() -> list[Heard]:
            found = self.heard(what, phone)
            return found if len(found) >= many else []

        return eventually(within, here, f"{many} {what} of {phone}\n{self.said}")


LINE = re.compile(r"\S+\s+\S+\s+(?P<at>[0-9]+[.][0-9]+):? (?P<what>\S+) (?P<phone>[+0-9]+) (?P<saw>[+0-9]*)")


def _read(line: str) -> Heard | None:
    told = LINE.match(line)
    return Heard(float(told["at"]), told["what"], told["phone"], told["saw"]) if told else None
