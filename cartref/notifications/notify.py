"""GOV.UK Notify: texts, e-mails and letters through its API, asked by reference whenever it is in doubt.

Notify keeps what it sent under our reference (the notice's id) for a week, but takes a second message under the same
reference without a word. So whoever does not know whether a message went asks before sending it again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import phonenumbers

from cartref.notifications.channels import NotSent, Receipt, Sender, Trace
from cartref.notifications.message import Message
from cartref.notifications.models import Channel

API = "https://api.notifications.service.gov.uk"
SECONDS = 20
ADDRESS_LINES = 7  # what Notify has room for; the last is the postcode

# Notify's statuses (its documentation, "Check the status of a message"); whatever is not here is under way.
RECEIPTS = {
    "delivered": Receipt.DELIVERED,
    "sent": Receipt.DELIVERED,  # abroad, from where no receipt comes
    "received": Receipt.DELIVERED,  # a letter that was printed and posted
    "permanent-failure": Receipt.FAILED,
    "temporary-failure": Receipt.FAILED,  # tried for days in vain: switched off, or a full mailbox
    "technical-failure": Receipt.FAILED,
    "cancelled": Receipt.FAILED,
    "validation-failed": Receipt.FAILED,
    "virus-scan-failed": Receipt.FAILED,
}
LASTING = frozenset({400, 404, 410})  # the message itself can't be sent


class Client(Protocol):
    """The part of notifications_python_client.NotificationsAPIClient that is used here."""

    def post(self, url: str, data: Mapping[str, object]) -> Any:
        """Post JSON, and return the JSON of the answer."""

    def get(self, url: str, params: Mapping[str, str] | None = None) -> Any:
        """Return the JSON of the answer."""


@dataclass(frozen=True)
class Account:
    """What a deployment has with Notify: its API key, and a template for each channel.

    The templates have placeholders ((subject)) and ((body)), that of letters the lines of the address too.
    """

    key: str
    url: str
    templates: Mapping[Channel, str]


class Notify(Sender):
    """One channel of GOV.UK Notify."""

    def __init__(self, account: Account, channel: Channel) -> None:
        self._client = _client(account)
        self._template, self._channel = account.templates[channel], channel

    def send(self, message: Message, *, reference: str) -> str:
        """Send it and return Notify's id of it; in doubt when the answer got lost on the way."""
        data = {"template_id": self._template, "reference": reference, **ADDRESSED[self._channel](message)}
        sent = self._ask(lambda: self._client.post(f"/v2/notifications/{NAMES[self._channel]}", data=data), wrote=True)
        return str(sent["id"])

    def trace(self, reference: str) -> Trace:
        """Return whether Notify knows a message of that reference; it says so for seven days."""
        found = self._ask(lambda: self._client.get("/v2/notifications", params={"reference": reference}))
        ours = [known["id"] for known in found["notifications"] if known.get("reference") == reference]
        return Trace(went=bool(ours), provider_id=ours[0] if ours else None)

    def receipt(self, provider_id: str) -> Receipt:
        """Return what became of the message."""
        found = self._ask(lambda: self._client.get(f"/v2/notifications/{provider_id}"))
        return RECEIPTS.get(found["status"], Receipt.UNDERWAY)

    def _ask(self, call: Any, *, wrote: bool = False) -> Any:
        from notifications_python_client.errors import APIError  # noqa: PLC0415 # an extra that few deployments need

        try:
            return call()
        except APIError as failure:
            raise fault(failure.response.status_code if failure.response is not None else None, wrote=wrote) from None


def fault(status: int | None, *, wrote: bool) -> NotSent:
    """Return what an answer of Notify means (None: there was none); the failure itself would carry whom it was for.

    A server that failed, or never answered, may have taken the message all the same.
    """
    if status in LASTING:
        return NotSent("notify-refused", lasting=True)
    if status == 429:  # too many a minute, or a day
        return NotSent("notify-busy", away=True)
    if status in {401, 403}:
        return NotSent("notify-key", away=True)
    return NotSent("notify-away", away=True, doubtful=wrote)


def _client(account: Account) -> Client:
    from notifications_python_client.notifications import (  # noqa: PLC0415 # an extra that few deployments need
        NotificationsAPIClient,
    )

    client: Client = NotificationsAPIClient(account.key, base_url=account.url, timeout=SECONDS)  # type: ignore[no-untyped-call] # its py.typed promises more than it has
    return client


def _by_email(message: Message) -> dict[str, object]:
    return {"email_address": message.to, "personalisation": {"subject": message.subject, "body": message.text}}


def _by_text(message: Message) -> dict[str, object]:
    return {"phone_number": international(message.to), "personalisation": {"body": message.text}}


def _by_letter(message: Message) -> dict[str, object]:
    lines = [line.strip() for line in message.to.split("\n") if line.strip()]
    if len(lines) > ADDRESS_LINES:  # the middle of the address shares a line
        keep = ADDRESS_LINES - 2
        lines = [*lines[:keep], ", ".join(lines[keep:-1]), lines[-1]]
    address = {f"address_line_{number}": line for number, line in enumerate(lines, 1)}
    return {"personalisation": {**address, "subject": message.subject, "body": message.text}}


def international(number: str) -> str:
    """Return a telephone number as E.164, "+447700900123"; raise NotSent for what is none."""
    try:
        parsed = phonenumbers.parse(number, "GB")
    except phonenumbers.NumberParseException as refused:
        raise NotSent("number-wrong", lasting=True) from refused
    if not phonenumbers.is_possible_number(parsed):
        raise NotSent("number-wrong", lasting=True)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


NAMES = {Channel.EMAIL: "email", Channel.TEXT: "sms", Channel.LETTER: "letter"}
ADDRESSED = {Channel.EMAIL: _by_email, Channel.TEXT: _by_text, Channel.LETTER: _by_letter}


class NotifyAndSmtp(Sender):
    """E-mail through Notify, but for what holds an invitation: Notify has no room for a calendar."""

    def __init__(self, notify: Notify, smtp: Sender) -> None:
        self._notify, self._smtp = notify, smtp

    def send(self, message: Message, *, reference: str) -> str | None:
        """Send it by the one way that can carry it."""
        way = self._notify if message.calendar is None else self._smtp
        return way.send(message, reference=reference)

    def trace(self, reference: str) -> Trace:
        """Return what Notify knows; what went by SMTP may be sent again."""
        return self._notify.trace(reference)

    def receipt(self, provider_id: str) -> Receipt:
        """Return what became of a message that Notify took."""
        return self._notify.receipt(provider_id)
