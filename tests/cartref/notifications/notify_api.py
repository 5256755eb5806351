"""GOV.UK Notify as far as a sender sees it, on a free port of this machine: it checks keys, keeps what it took, and
fails on demand."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from notifications_python_client.authentication import decode_jwt_token, get_token_issuer
from notifications_python_client.errors import TokenError

SERVICE = "11111111-2222-4333-8444-555555555555"
SECRET = "66666666-7777-4888-8999-aaaaaaaaaaaa"  # opens nothing but this
KEY = f"clinic-{SERVICE}-{SECRET}"
TEMPLATES = {"sms": "sms-template", "email": "email-template", "letter": "letter-template"}


@dataclass
class NotifyApi:
    """A running service: `taken` are the messages it accepted, by its own id, each with its `status`.

    `answers` are the statuses of the next requests to send, 201 when there are none; with `takes_all_the_same` it keeps
    the message although it answers with a failure. It waits `silent` seconds before it takes a
    message, and `dawdles` seconds before it says that it did.
    """

    url: str = ""
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: list[int] = field(default_factory=list)
    takes_all_the_same: bool = False
    away: bool = False
    silent: float = 0
    dawdles: float = 0
    asked: list[str] = field(default_factory=list)

    def of(self, reference: str) -> list[dict[str, Any]]:
        """Return the messages taken under a reference."""
        return [message for message in list(self.taken.values()) if message["reference"] == reference]

    def set_status(self, status: str) -> None:
        """Let every message have met this fate."""
        for message in list(self.taken.values()):
            message["status"] = status


@contextmanager
def running() -> Iterator[NotifyApi]:
    """Run the service on a free port while the block lasts."""
    api = NotifyApi()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"api": api}))
    api.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


class _Handler(BaseHTTPRequestHandler):
    api: NotifyApi
    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        """Answer until whoever asks hangs up, however rudely."""
        with suppress(ConnectionError):
            super().handle()

    def do_POST(self) -> None:  # http.server's name
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        kind = self.path.rsplit("/", 1)[1]
        time.sleep(self.api.silent)
        if not self._admitted():
            return
        status = 503 if self.api.away else self.api.answers.pop(0) if self.api.answers else 201
        fault = _fault(kind, message)
        if fault:
            status = 400
        taken_id = str(uuid4())
        if status == 201 or (self.api.takes_all_the_same and not fault):
            self.api.taken[taken_id] = {"id": taken_id, "type": kind, "status": "created", **message}
            time.sleep(self.api.dawdles)
        self._answer(
            status, {"id": taken_id, "reference": message.get("reference")} if status == 201 else _refusal(status)
        )

    def do_GET(self) -> None:  # http.server's name
        self.api.asked.append(self.path)
        if not self._admitted():
            return
        if self.api.away:
            self._answer(503, _refusal(503))
            return
        parts = urlsplit(self.path)
        if parts.path == "/v2/notifications":
            reference = parse_qs(parts.query).get("reference", [""])[0]
            self._answer(200, {"notifications": self.api.of(reference), "links": {"current": self.path}})
            return
        found = self.api.taken.get(parts.path.rsplit("/", 1)[1])
        self._answer(200, found) if found else self._answer(404, _refusal(404))

    def log_message(self, *_arguments: object) -> None:
        """Keep quiet."""

    def _admitted(self) -> bool:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            known = get_token_issuer(token) == SERVICE and decode_jwt_token(token, SECRET)
        except TokenError:
            known = False
        if not known:
            self._answer(403, {"status_code": 403, "errors": [{"error": "AuthError", "message": "Invalid token"}]})
        return bool(known)

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:  # whoever asked has hung up
            self.close_connection = True


def _fault(kind: str, message: dict[str, Any]) -> bool:
    """Tell whether Notify would refuse the message: it knows its templates and wants their placeholders filled."""
    wanted = {"sms": {"body"}, "email": {"subject", "body"}, "letter": {"body", "address_line_1", "address_line_3"}}
    return message.get("template_id") != TEMPLATES[kind] or not wanted[kind] <= set(message["personalisation"])


def _refusal(status: int) -> dict[str, Any]:
    return {"status_code": status, "errors": [{"error": "Error", "message": "refused"}]}
