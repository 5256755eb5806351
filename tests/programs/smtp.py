"""A real mail server on a free port that keeps what it is given, and can be told to refuse."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope

ACCEPTED = "250 Message accepted"


@dataclass(frozen=True)
class Delivery:
    """One accepted message, with the addresses of its envelope."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


@dataclass
class MailServer:
    """A running mail server; `url` is what CARTREF_SMTP_URL takes, `answer` what the next messages are answered.

    `dawdles` is how many seconds pass between keeping a message and saying so.
    """

    url: str = ""
    deliveries: list[Delivery] = field(default_factory=list)
    answer: str = ACCEPTED
    dawdles: float = 0

    @property
    def messages(self) -> list[EmailMessage]:
        """Return the messages accepted so far, oldest first."""
        return [delivery.message for delivery in self.deliveries]

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Envelope) -> str:  # noqa: N802 # aiosmtpd's name
        """Keep the message, unless it is to be refused; called by aiosmtpd at the end of DATA."""
        if self.answer == ACCEPTED:
            message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
            self.deliveries.append(Delivery(envelope.mail_from or "", tuple(envelope.rcpt_tos), message))
            await asyncio.sleep(self.dawdles)
        return self.answer


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """Run a mail server for one test."""
    with running_mail_server() as mail:
        yield mail


@contextmanager
def running_mail_server() -> Iterator[MailServer]:
    """Run a mail server."""
    mail = MailServer()
    loop = asyncio.new_event_loop()
    with _running(loop):
        port = asyncio.run_coroutine_threadsafe(_listen(mail), loop).result(timeout=10)
        mail.url = f"smtp://127.0.0.1:{port}"
        yield mail


async def _listen(mail: MailServer) -> int:
    """Start to answer on a port the system chooses and return it."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mail, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0)
    return int(server.sockets[0].getsockname()[1])


@contextmanager
def _running(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Run the loop in a thread of its own: the test's thread must stay free to send."""
    thread = threading.Thread(target=loop.run_forever, name="mail server", daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
        loop.close()
