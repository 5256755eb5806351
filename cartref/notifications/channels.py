"""The ways out: SMTP for e-mail, and the console where no other is set. GOV.UK Notify has a file of its own."""

import smtplib
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from enum import StrEnum
from typing import TYPE_CHECKING, TextIO
from urllib.parse import unquote, urlsplit

from cartref.notifications.message import Message

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

SMTP_SECONDS = 20


class NotSent(Exception):
    """The message did not go, or nobody knows whether it did; `code` says why in one word.

    `lasting`: trying again would not help. `doubtful`: it may have gone. `away`: the way is closed for others too.
    """

    def __init__(self, code: str, *, lasting: bool = False, doubtful: bool = False, away: bool = False) -> None:
        super().__init__(code)
        self.code, self.lasting, self.doubtful, self.away = code, lasting, doubtful, away


@dataclass(frozen=True)
class Trace:
    """What a way out knows of a message that may have gone; `went` is None when it can't tell.

    False also where sending again does no harm, as the reader sees that it is the same.
    """

    went: bool | None
    provider_id: str | None = None


class Receipt(StrEnum):
    """What became of a message that went."""

    UNDERWAY = "underway"
    DELIVERED = "delivered"
    FAILED = "failed"


class Sender(ABC):
    """A way out for messages."""

    @abstractmethod
    def send(self, message: Message, *, reference: str) -> str | None:
        """Send `message`, and return the provider's id of it where there is one; raise NotSent when it did not go."""

    def trace(self, _reference: str) -> Trace:
        """Return what is known of the message of that reference; raise NotSent when that can't be asked just now."""
        return Trace(went=None)

    def receipt(self, _provider_id: str) -> Receipt:
        """Return what became of a message that went; raise NotSent when that can't be asked just now."""
        return Receipt.DELIVERED


class FellSilent(Exception):
    """The mail server was given the whole message and never said whether it took it."""


class _Telling(smtplib.SMTP):
    """A connection that tells apart a server that was never given the message from one that may have taken it."""

    def data(self, msg: "ReadableBuffer | str") -> tuple[int, bytes]:
        """Give the server the message, and return its answer; raise FellSilent when there is none."""
        try:
            return super().data(msg)
        except (OSError, smtplib.SMTPServerDisconnected) as failure:
            raise FellSilent from failure


class _TellingSecurely(_Telling, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class Smtp(Sender):
    """E-mail through `smtp[s]://[user:password@]host[:port]`; a repeat keeps its Message-ID (RFC 5322)."""

    def __init__(self, url: str, sender: str) -> None:
        self._parts = urlsplit(url)
        self._from = sender

    def send(self, message: Message, *, reference: str) -> None:
        """Send it, or raise NotSent: lasting when the server refuses the address for good, in doubt if it fell silent.

        One that may have gone counts as told: else nobody would hear that what it says was cancelled.
        """
        try:
            with self._connect() as server:
                server.send_message(self.letter(message, reference))
        except smtplib.SMTPRecipientsRefused as refused:
            code = max((status for status, _text in refused.recipients.values()), default=550)
            raise NotSent("address-refused", lasting=code >= 550) from refused
        except smtplib.SMTPResponseException as refused:
            raise NotSent("mail-refused", lasting=refused.smtp_code >= 550) from refused
        except FellSilent as failure:
            raise NotSent("mail-server", away=True, doubtful=True) from failure
        except (OSError, smtplib.SMTPException) as failure:
            raise NotSent("mail-server", away=True) from failure

    def trace(self, _reference: str) -> Trace:
        """Return that it may be sent again: under one Message-ID it is one e-mail, however often it comes."""
        return Trace(went=False)

    def letter(self, message: Message, reference: str) -> EmailMessage:
        """Return the e-mail: text, HTML beside it where there is some, and an invitation in both ways clients look for.

        Outlook reads the part beside the text (RFC 6047), others the attached file; both hold the same bytes.
        """
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self._from, message.to, message.subject
        letter["Date"] = formatdate(usegmt=True)
        letter["Message-ID"] = f"<{reference}@{self._from.rpartition('@')[2].rstrip('>')}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.text)
        if message.html:
            letter.add_alternative(message.html, subtype="html")
        if message.calendar is not None:
            kind = {"method": message.method or "PUBLISH", "charset": "UTF-8"}
            letter.add_alternative(message.calendar, maintype="text", subtype="calendar", params=kind)
            letter.add_attachment(message.calendar, maintype="application", subtype="ics", filename="invite.ics")
        return letter

    def _connect(self) -> smtplib.SMTP:
        secure = self._parts.scheme == "smtps"
        kind = _TellingSecurely if secure else _Telling
        server = kind(
            self._parts.hostname or "localhost", self._parts.port or (465 if secure else 25), timeout=SMTP_SECONDS
        )
        if self._parts.username:
            if not secure:
                server.starttls()
            server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
        return server


class Console(Sender):
    """Messages written out where the worker runs: for the demo, so that a newcomer sees what would be sent.

    `repeats` says whether one that may have been written already is written again, or goes to a person.
    """

    def __init__(self, out: TextIO | None = None, *, repeats: bool = True) -> None:
        self._out, self._repeats = out, repeats

    def send(self, message: Message, *, reference: str) -> None:
        """Write it out whole."""
        out = self._out or sys.stdout
        line = "-" * 72
        subject = f"Subject: {message.subject}\n" if message.subject else ""
        out.write(f"{line}\nTo: {message.to}\n{subject}Reference: {reference}\n\n{message.text}\n{line}\n")
        out.flush()

    def trace(self, _reference: str) -> Trace:
        """Return whether it may be written again; nobody remembers what stood on a console."""
        return Trace(went=False if self._repeats else None)


class NoWay(Sender):
    """A channel that a deployment lacks: nothing goes, and whoever should have had it is rung."""

    def send(self, _message: Message, *, reference: str) -> None:
        """Refuse it for good, so that a line stands on the call list at once."""
        raise NotSent("no-such-way", lasting=True)
