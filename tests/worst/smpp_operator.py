"""An operator that speaks SMPP 3.4, at the other end of a real Kannel. smpplib reads and writes its PDUs."""

from __future__ import annotations

import itertools
import socket
import struct
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self

from smpplib import consts, smpp

SMSC = """
group = smsc
smsc = smpp
smsc-id = SMPP
host = 127.0.0.1
port = {smpp}
transceiver-mode = true
smsc-username = siaga
smsc-password = made-up
system-type = VMA
reconnect-delay = 1
"""
RECEIPT = "id:{id} sub:001 dlvrd:000 submit date:2611220900 done date:2611220901 stat:{stat} err:{err} text:TOLONG"
INTERNATIONAL, NATIONAL, UNKNOWN_TON, ISDN = 1, 2, 0, 1
LATIN_1, UCS_2, DEFAULT_ALPHABET = 3, 8, 0
IS_RECEIPT, HAS_HEADER = 0x04, 0x40


class SmppOperator:
    """Binds whoever comes, takes texts and reports each as `ends` says of its number; what it does not name arrives.

    `ends` maps a number (digits only) to the state and the error of its receipt ("UNDELIV", "045"), or to a command
    status with which the text is refused. `taken` are the numbers of all that came, refused ones too.
    """

    def __init__(self, ends: Mapping[str, tuple[str, str] | int] | None = None) -> None:
        self.ends = dict(ends or {})
        self.taken: list[str] = []
        self.bound = threading.Event()
        self._ids, self._numbers = itertools.count(1), itertools.count(1)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._writing = threading.Lock()
        self._peer: socket.socket | None = None

    def __enter__(self) -> Self:
        self._serving = threading.Thread(target=self._accept, daemon=True)
        self._serving.start()
        return self

    def __exit__(self, *error: object) -> None:
        for one in filter(None, (self._listening, self._peer)):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._serving.join(timeout=5)
        self._listening.close()

    def next_sequence(self) -> int:
        """Number our own PDUs; smpplib asks for it."""
        return next(self._numbers)

    def text(self, sender: str, words: bytes, ton: int = INTERNATIONAL, coding: int = 0, **more: Any) -> None:
        """A text comes from a phone; `more` are further fields of its deliver_sm."""
        self._deliver(sender, words, ton, data_coding=coding, **more)

    def _deliver(self, sender: str, words: bytes, ton: int, **more: Any) -> None:
        fields = {"source_addr_ton": ton, "source_addr_npi": ISDN, "source_addr": sender, "destination_addr": "1100"}
        fields |= {"service_type": "", "dest_addr_ton": 0, "dest_addr_npi": ISDN, "short_message": words, **more}
        self._write(smpp.make_pdu("deliver_sm", client=self, **fields))

    def _accept(self) -> None:
        while True:
            try:
                self._peer, _ = self._listening.accept()
                with self._peer:
                    self._serve(self._peer)
            except OSError:
                return

    def _serve(self, peer: socket.socket) -> None:
        with peer.makefile("rb") as stream:
            while len(head := stream.read(4)) == 4:
                whole = head + stream.read(struct.unpack(">L", head)[0] - 4)
                self._heard(smpp.parse_pdu(whole, client=self))

    def _heard(self, asked: Any) -> None:
        if asked.command == "submit_sm":
            self._take(asked)
        elif asked.is_request():
            named = {"system_id": "operator"} if asked.command.startswith("bind") else {}
            self._answer(asked, consts.SMPP_ESME_ROK, **named)
            self.bound.set()

    def _take(self, asked: Any) -> None:
        to, ours = asked.destination_addr.decode(), f"{next(self._ids):X}"
        end = self.ends.get(to, ("DELIVRD", "000"))
        self.taken.append(to)
        if isinstance(end, int):
            self._answer(asked, end)
            return
        self._answer(asked, consts.SMPP_ESME_ROK, message_id=ours)
        receipt = RECEIPT.format(id=ours, stat=end[0], err=end[1])
        self._deliver(to, receipt.encode(), INTERNATIONAL, esm_class=IS_RECEIPT)

    def _answer(self, asked: Any, status: int, **fields: Any) -> None:
        made = smpp.make_pdu(f"{asked.command}_resp", client=self, status=status, **fields)
        made.sequence = asked.sequence
        self._write(made)

    def _write(self, made: Any) -> None:
        assert self._peer is not None
        with self._writing:
            self._peer.sendall(made.generate())
