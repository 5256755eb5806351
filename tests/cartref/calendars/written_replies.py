"""Answers to one invitation, written as the three common programs write them (RFC 5546 3.2.3, RFC 6047)."""

from base64 import encodebytes
from dataclasses import dataclass
from quopri import encodestring

TO = "clinic@example.org"


@dataclass(frozen=True)
class Facts:
    """What an answer says: `attendee` is the invited address, `sender` who the e-mail is from, "" for herself."""

    uid: str
    sequence: int = 0
    attendee: str = "clinician@example.org"
    partstat: str = "DECLINED"
    sender: str = ""
    message_id: str = "<one@mail.example>"
    stamp: str = "20261201T100000Z"
    method: str = "REPLY"

    @property
    def headers(self) -> str:
        sender = self.sender or self.attendee
        return (
            f"From: Somebody <{sender}>\r\nTo: {TO}\r\nMessage-ID: {self.message_id}\r\n"
            f"Date: Tue, 1 Dec 2026 10:00:00 +0000\r\nSubject: Answer\r\nMIME-Version: 1.0\r\n"
        )


def google(facts: Facts) -> bytes:
    """Mixed: an alternative with the calendar in quoted-printable, and the same as invite.ics in base64."""
    calendar = _calendar(
        facts,
        "-//Google Inc//Google Calendar 70.9054//EN",
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={facts.partstat};CN=Somebody;X-NUM-GUESTS=0:mailto:"
        f"{facts.attendee}",
    )
    return (
        f'{facts.headers}Content-Type: multipart/mixed; boundary="out"\r\n\r\n'
        '--out\r\nContent-Type: multipart/alternative; boundary="in"\r\n\r\n'
        '--in\r\nContent-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes\r\n\r\nSomebody has answered.\r\n'
        f'--in\r\nContent-Type: text/calendar; charset="UTF-8"; method={facts.method}\r\n'
        f"Content-Transfer-Encoding: quoted-printable\r\n\r\n{encodestring(calendar).decode()}\r\n--in--\r\n"
        '--out\r\nContent-Type: application/ics; name="invite.ics"\r\n'
        'Content-Disposition: attachment; filename="invite.ics"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        f"{encodebytes(calendar).decode()}\r\n--out--\r\n"
    ).encode()


def outlook(facts: Facts) -> bytes:
    """One alternative: the calendar in base64, capitals in MAILTO, its own names for zones."""
    calendar = _calendar(
        facts,
        "Microsoft Exchange Server 2010",
        f"ATTENDEE;PARTSTAT={facts.partstat};CN=Somebody:MAILTO:{facts.attendee}",
        zone="GMT Standard Time",
    )
    return (
        f"{facts.headers}Content-Language: en-GB\r\nX-MS-Has-Attach:\r\n"
        'Content-Type: multipart/alternative;\r\n\tboundary="_000_x_"\r\n\r\n'
        '--_000_x_\r\nContent-Type: text/plain; charset="Windows-1252"\r\n'
        f"Content-Transfer-Encoding: quoted-printable\r\n\r\n\r\n"
        f'--_000_x_\r\nContent-Type: text/calendar; charset="utf-8"; method={facts.method}\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{encodebytes(calendar).decode()}\r\n--_000_x_--\r\n"
    ).encode()


def apple(facts: Facts) -> bytes:
    """Mixed without an alternative: the calendar as it is, the attendee as a path with her address beside it."""
    calendar = _calendar(
        facts,
        "-//Apple Inc.//macOS 15.1//EN",
        f"ATTENDEE;CN=Somebody;CUTYPE=INDIVIDUAL;EMAIL={facts.attendee};PARTSTAT={facts.partstat};ROLE=REQ-PARTICIPANT"
        ":/aMTYzNjA0NzE2MzYwNDcx/principal/",
    )
    return (
        f'{facts.headers}Content-Type: multipart/mixed; boundary="Apple-Mail=_1"\r\n\r\n'
        f"--Apple-Mail=_1\r\nContent-Type: text/calendar; charset=utf-8; name=iCal-1.ics; method={facts.method}\r\n"
        "Content-Disposition: inline; filename=iCal-1.ics\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
        f"{calendar.decode()}\r\n--Apple-Mail=_1--\r\n"
    ).encode()


def _calendar(facts: Facts, product: str, attendee: str, zone: str = "Europe/London") -> bytes:
    lines = (
        "BEGIN:VCALENDAR", f"METHOD:{facts.method}", f"PRODID:{product}", "VERSION:2.0", "BEGIN:VEVENT",
        *_folded(attendee), f"UID:{facts.uid}", "SUMMARY;LANGUAGE=en-GB:Video appointment – Glan Llyn clinic",
        f"DTSTART;TZID={zone}:20261208T090000", f"DTEND;TZID={zone}:20261208T092000", "CLASS:PRIVATE", "PRIORITY:5",
        f"DTSTAMP:{facts.stamp}", f"SEQUENCE:{facts.sequence}", "ORGANIZER:mailto:clinic@example.org", "END:VEVENT",
        "END:VCALENDAR", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode()


def _folded(line: str) -> list[str]:
    return [line[:70], *(f" {line[start : start + 70]}" for start in range(70, len(line), 70))]


WRITERS = {"google": google, "outlook": outlook, "apple": apple}
