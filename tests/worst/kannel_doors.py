"""What a real Kannel calls: our doors without the house behind them."""

from __future__ import annotations

import threading

from flask import Flask, Response
from werkzeug.serving import make_server
from worst.kannel_boxes import SHORT_CODE, TOKEN
from worst.processes import eventually

from gateway.carriers.kannel.line import Kannel
from gateway.core.messages import Delivery, DeliveryReceipt, Hook, TextIn
from gateway.web.hooks import read_hook


class Gateway:
    """What the line made of each request is kept. `refuses`: so many texts are answered 500 first."""

    def __init__(self) -> None:
        self.texts: list[TextIn] = []
        self.reports: list[DeliveryReceipt] = []
        self.refuses = 0
        self._app = Flask(__name__)
        self._app.add_url_rule("/hooks/kannel/<token>/<path>", view_func=self._enter)
        self._server = make_server("127.0.0.1", 0, self._app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._line = Kannel(
            name="kannel",
            sendsms_url="",
            username="",
            password="",
            sender=SHORT_CODE,
            hook_token=TOKEN,
            public_url=self.url,
        )
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _enter(self, token: str, path: str) -> Response:
        hook = read_hook(self.url, path, token)
        assert self._line.authentic(hook)
        return self._text(hook) if path == "sms" else self._report(hook)

    def _text(self, hook: Hook) -> Response:
        self.texts.append(self._line.read_text(hook))
        self.refuses -= 1
        return Response(status=500 if self.refuses >= 0 else 200)

    def _report(self, hook: Hook) -> Response:
        self.reports.append(self._line.read_receipt(hook))
        return Response()

    def from_(self, sender: str, many: int = 1) -> list[TextIn]:
        """So many texts of this phone, once they are here."""

        def here() -> list[TextIn]:
            found = [text for text in self.texts if text.sender == sender]
            return found if len(found) >= many else []

        return eventually(6, here, f"{many} from {sender}")

    def told(self, attempt: int, many: int) -> set[Delivery | None]:
        """All that was reported of this attempt, once it is so many reports."""

        def here() -> list[DeliveryReceipt]:
            found = [report for report in self.reports if report.attempt == attempt]
            return found if len(found) >= many else []

        return {report.delivery for report in eventually(6, here, f"{many} reports of {attempt}")}
