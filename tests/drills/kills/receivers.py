"""Whoever receives what a clinic sends: they outlive every kill, and keep all that came."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from tests.cartref.notifications import notify_api
from tests.cartref.notifications.notify_api import NotifyApi
from tests.programs.smtp import MailServer, running_mail_server

DAWDLE = 0.05  # seconds between taking a message and saying so, in which a kill leaves the sender in doubt
ON_THE_CONSOLE = re.compile(r"^-{72}\nTo: (.*)\n(?:Subject: .*\n)?Reference: (\w+)\n\n((?s:.*?))\n-{72}$", re.MULTILINE)
SMTP, NOTIFY, CONSOLE = "e-mail by SMTP", "GOV.UK Notify", "console"


@dataclass(frozen=True)
class Arrival:
    """One message as it came: by which way, under which reference (its notice's id), to whom, and what it says.

    `sort` says what Notify sent it as; `message_id` is that of an e-mail (RFC 5322).
    """

    way: str
    reference: str
    to: str
    text: str
    sort: str = ""
    message_id: str = ""


@dataclass(frozen=True)
class Receivers:
    """A mail server, GOV.UK Notify where the clinic has an account, and the worker's console."""

    mail: MailServer
    notify: NotifyApi | None
    log: Path

    def settings(self) -> dict[str, str]:
        """Return the variables by which a clinic sends to them."""
        return {"CARTREF_SMTP_URL": self.mail.url} | (notify_settings(self.notify) if self.notify else {})

    def arrivals(self) -> list[Arrival]:
        """Return what came, of each way in the order in which it came."""
        by_mail = [_from_mail(delivery.message) for delivery in list(self.mail.deliveries)]
        by_notify = list(_from_notify(self.notify)) if self.notify else []
        return [*by_mail, *by_notify, *self._from_console()]

    def _from_console(self) -> Iterator[Arrival]:
        for to, reference, text in ON_THE_CONSOLE.findall(self.log.read_text(errors="replace")):
            yield Arrival(CONSOLE, reference, to, text)


@contextmanager
def receiving(log: Path, *, by_notify: bool) -> Iterator[Receivers]:
    """Run them while the block lasts."""
    with running_mail_server() as mail, notify_api.running() as notify:
        mail.dawdles = notify.dawdles = DAWDLE
        yield Receivers(mail, notify if by_notify else None, log)


def notify_settings(api: NotifyApi) -> dict[str, str]:
    """Return the variables of a clinic with an account there."""
    return {
        "CARTREF_NOTIFY_KEY": notify_api.KEY,
        "CARTREF_NOTIFY_URL": api.url,
        "CARTREF_NOTIFY_TEXT_TEMPLATE": notify_api.TEMPLATES["sms"],
        "CARTREF_NOTIFY_EMAIL_TEMPLATE": notify_api.TEMPLATES["email"],
        "CARTREF_NOTIFY_LETTER_TEMPLATE": notify_api.TEMPLATES["letter"],
    }


def words_of(paper: bytes) -> str:
    """Return what stands on the pages of a printed file, its white space made even."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages).split())


def link_in(arrivals: Sequence[Arrival], reference: str) -> str | None:
    """Return the path of the link in the last message of that reference, None when none came yet."""
    texts = [arrival.text for arrival in arrivals if arrival.reference == reference]
    found = re.search(r"/v/[\w-]+", texts[-1]) if texts else None
    return found[0] if found else None


def _from_mail(message: EmailMessage) -> Arrival:
    message_id = str(message["Message-ID"])
    plain = message.get_body(("plain",))
    text = plain.get_content() if plain else ""
    return Arrival(SMTP, message_id.strip("<>").partition("@")[0], str(message["To"]), text, message_id=message_id)


def _from_notify(api: NotifyApi) -> Iterator[Arrival]:
    for taken in list(api.taken.values()):
        to = taken.get("email_address") or taken.get("phone_number") or taken["personalisation"]["address_line_1"]
        yield Arrival(NOTIFY, taken["reference"], to, taken["personalisation"]["body"], taken["type"])
