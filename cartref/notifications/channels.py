"""The ways out: SMTP for e-mail, and the console where no mail server is set."""

import smtplib
import sys
from email.message import EmailMessage
from email.utils import formatdate
from typing import Protocol, TextIO
from urllib.parse import unquote, urlsplit

from cartref.notifications.message import Message

SMTP_SECONDS = 20


class NotSent(Exception):
    """The message did not go; `lasting` tells that trying again would not help, `code` says why in one word."""

    def __init__(self, code: str, *, lasting: bool) -> None:
        super().__init__(code)
        self.code, self.lasting = code, lasting


class Sender(Protocol):
    """A way out for messages."""

    def send(self, message: Message, *, reference: str) -> None:
        """Send `message`, once for each `reference` as far as the way allows; raise NotSent when it did not go."""


class Smtp:
    """E-mail through `smtp[s]://[user:password@]host[:port]`; a repeat keeps its Message-ID (RFC 5322)."""

    def __init__(self, url: str, sender: str) -> None:
        self._parts = urlsplit(url)
        self._from = sender

    def send(self, message: Message, *, reference: str) -> None:
        """Send it, or raise NotSent: lasting when the server refuses the address for good."""
        try:
            with self._connect() as server:
                server.send_message(self.letter(message, reference))
        except smtplib.SMTPRecipientsRefused as refused:
            code = max((status for status, _text in refused.recipients.values()), default=550)
            raise NotSent("address-refused", lasting=code >= 550) from refused
        except smtplib.SMTPResponseException as refused:
            raise NotSent("mail-refused", lasting=refused.smtp_code >= 550) from refused
        except (OSError, smtplib.SMTPException) as failure:
            raise NotSent("mail-server", lasting=False) from failure

    def letter(self, message: Message, reference: str) -> EmailMessage:
        """Return the e-mail: text, and HTML beside it where there is some."""
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self._from, message.to, message.subject
        letter["Date"] = formatdate(usegmt=True)
        letter["Message-ID"] = f"<{reference}@{self._from.rpartition('@')[2].rstrip('>')}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.text)
        if message.html:
            letter.add_alternative(message.html, subtype="html")
        return letter

    def _connect(self) -> smtplib.SMTP:
        secure = self._parts.scheme == "smtps"
        kind = smtplib.SMTP_SSL if secure else smtplib.SMTP
        server = kind(
            self._parts.hostname or "localhost", self._parts.port or (465 if secure else 25), timeout=SMTP_SECONDS
        )
        if self._parts.username:
            if not secure:
                server.starttls()
            server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
        return server


class Console:
    """Messages written out where the worker runs: for the demo, so that a newcomer sees what would be sent."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out

    def send(self, message: Message, *, reference: str) -> None:
        """Write it out whole."""
        out = self._out or sys.stdout
        line = "-" * 72
        out.write(
            f"{line}\nTo: {message.to}\nSubject: {message.subject}\nReference: {reference}\n\n{message.text}\n{line}\n"
        )
        out.flush()
