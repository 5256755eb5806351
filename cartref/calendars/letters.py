"""What an e-mail says as an answer to an invitation; pure, lenient about form, and hard to choke.

Outlook, Google and Apple write the same answer in three ways, and anybody may send anything at all: what can't be read
within these limits is called by a code and never raises.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import Message
from email.utils import parseaddr
from hashlib import sha256
from itertools import islice

import icalendar

BIGGEST = 1024 * 1024  # octets of an e-mail: an answer has a few thousand, some add a picture
BIGGEST_CALENDAR = 64 * 1024
MOST_PARTS = 40
LONGEST_ID, LONGEST_UID, LONGEST_WORD = 255, 120, 16
CALENDARS = ("text/calendar", "application/ics")


@dataclass(frozen=True)
class Answer:
    """One person's answer: `attendee` and `sent_by` (who answered for her) are small-lettered addresses."""

    uid: str
    sequence: int
    attendee: str
    sent_by: str
    partstat: str
    stamped_at: datetime | None


@dataclass(frozen=True)
class Letter:
    """An e-mail as far as it matters: `fault` says in a code why there is no answer in it."""

    message_id: str
    sender: str = ""
    answer: Answer | None = None
    fault: str = ""


def read(content: bytes) -> Letter:
    """Return what an e-mail answers; never raises, whatever it holds."""
    if len(content) > BIGGEST:
        return Letter(made_id(content), fault="too-big")
    try:
        return _read(content)
    except Exception:  # the parsers of e-mail and calendars raise whatever hostile input makes them raise
        return Letter(made_id(content), fault="broken")


def message_id(header: str) -> str | None:
    """Return the Message-ID of an e-mail as it is kept; None when it has none that fits."""
    given = "".join(header.split())
    return given if 0 < len(given) <= LONGEST_ID and given.isprintable() else None


def made_id(content: bytes) -> str:
    """Return what stands for the Message-ID of an e-mail that has none."""
    return f"sha256:{sha256(content).hexdigest()}"


def _read(content: bytes) -> Letter:
    mail = message_from_bytes(content, policy=policy.compat32)  # the policy that refuses no header
    key = message_id(str(mail.get("Message-ID", ""))) or made_id(content)
    sender = _address(parseaddr(str(mail.get("From", "")))[1])
    faults = []
    for text, method in _calendars(mail):
        answer = _answer(text, method)
        if isinstance(answer, Answer):
            return Letter(key, sender, answer)
        faults.append(answer)
    return Letter(key, sender, fault=faults[0] if faults else "no-calendar")


def _calendars(mail: Message) -> Iterator[tuple[str, str]]:
    """Yield each calendar of an e-mail as text, with the method that its part is labelled with."""
    for part in islice(mail.walk(), MOST_PARTS):
        named = str(part.get_filename("")).casefold().endswith(".ics")
        if part.is_multipart() or not (part.get_content_type() in CALENDARS or named):
            continue
        octets = part.get_payload(decode=True)
        if isinstance(octets, bytes) and len(octets) <= BIGGEST_CALENDAR:
            yield _decoded(octets, str(part.get_content_charset("utf-8"))), str(part.get_param("method", ""))


def _decoded(octets: bytes, charset: str) -> str:
    for candidate in ("utf-8-sig", charset, "cp1252"):  # what says otherwise is UTF-8 more often than not
        try:
            return octets.decode(candidate)
        except (LookupError, ValueError):
            continue
    return octets.decode("latin-1")


def _answer(text: str, labelled: str) -> Answer | str:
    """Return the answer in a calendar, or the code of what is wrong with it."""
    calendar = icalendar.Calendar.from_ical(text)
    method = str(calendar.get("METHOD", labelled)).strip().upper()
    if method != "REPLY":
        return "no-reply"
    event = next((part for part in calendar.walk("VEVENT") if part.get("UID")), None)
    if event is None:
        return "broken"
    attendees = event.get("ATTENDEE", [])
    attendees = attendees if isinstance(attendees, list) else [attendees]
    if len(attendees) != 1:  # an answer is one person's (RFC 5546 3.2.3)
        return "broken"
    return Answer(
        uid=str(event["UID"]).strip()[:LONGEST_UID],
        sequence=int(event.get("SEQUENCE", 0)),
        attendee=_attendee(attendees[0]),
        sent_by=_address(str(attendees[0].params.get("SENT-BY", ""))),
        partstat=str(attendees[0].params.get("PARTSTAT", "")).upper()[:LONGEST_WORD],
        stamped_at=_stamp(event),
    )


def _attendee(value: icalendar.vCalAddress) -> str:
    """Return the address of an attendee: Apple may write her as a path, with the address beside it."""
    address = _address(str(value))
    return address if "@" in address else _address(str(value.params.get("EMAIL", "")))


def _address(text: str) -> str:
    return text.strip().strip('"').casefold().removeprefix("mailto:").strip()


def _stamp(event: icalendar.Component) -> datetime | None:
    stamp = event.get("DTSTAMP")
    at = getattr(stamp, "dt", None)
    if not isinstance(at, datetime):
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
