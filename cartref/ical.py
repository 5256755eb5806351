"""Calendars as RFC 5545 text: an event is written once, when it changes, and feeds join what was written.

Every calendar carries one fixed VTIMEZONE for Europe/London, in the form that all common calendar programs read alike.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import icalendar
from icalendar.prop import vDuration, vText

ZONE = ZoneInfo("Europe/London")
CONTENT_TYPE = "text/calendar; charset=utf-8"
REFRESH = timedelta(hours=1)

_END = b"END:VCALENDAR\r\n"
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

VTIMEZONE = "\r\n".join(
    [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/London",
        "X-LIC-LOCATION:Europe/London",
        "BEGIN:DAYLIGHT",
        "TZNAME:BST",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0100",
        "DTSTART:19810329T010000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "TZNAME:GMT",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0000",
        "DTSTART:19961027T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    ]
).encode()


class EventStatus(StrEnum):
    """STATUS of an event (RFC 5545 3.8.1.11)."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


class Method(StrEnum):
    """What a calendar that travels by itself asks of who gets it (RFC 5546 1.4)."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True)
class Invited:
    """Who asks whom to an event: e-mail addresses, and the name that the asking one goes by."""

    organizer: str
    organizer_name: str
    attendee: str


def event(
    *,
    uid: str,
    sequence: int,
    revised_at: datetime,
    starts_at: datetime,
    ends_at: datetime,
    status: EventStatus,
    summary: str,
    location: str = "",
    description: str = "",
    url: str | None = None,
    conference_label: str = "",
    stamped_at: datetime | None = None,
    invited: Invited | None = None,
) -> bytes:
    """One VEVENT (RFC 5545 3.6.1) as UTF-8 with CRLF, folded at 75 octets; the moments are aware.

    `url` is also offered as the place to join by picture and sound (CONFERENCE, RFC 7986 5.11) when it has a label.
    `stamped_at` is when a message with a method was made, where that is not the last revision (RFC 5545 3.8.7.2).
    ValueError for a moment without a zone, an end before the start, or a line break in `uid`, `url` or an address.
    """
    written = icalendar.Event()
    _add_identity(written, _one_line(uid), sequence, revised_at, stamped_at or revised_at)
    _add_times(written, starts_at, ends_at)
    _add_standing(written, status)
    for name, text in (("summary", summary), ("location", location), ("description", description)):
        if text:
            written.add(name, vText(_plain(text)))
    if url:
        _add_link(written, _one_line(url), " ".join(_plain(conference_label).split()))
    if invited:
        _add_people(written, invited)
    octets: bytes = written.to_ical()
    return octets


def message(event: bytes, *, method: Method, language: str) -> bytes:
    """One event as a calendar that travels by itself (RFC 5546 3.2): nothing in it opens a calendar of its own."""
    whole = icalendar.Calendar()
    whole.add("version", "2.0")
    whole.add("prodid", _product(language))
    whole.add("calscale", "GREGORIAN")
    whole.add("method", method.value)
    octets: bytes = whole.to_ical()
    return b"".join((octets.removesuffix(_END), VTIMEZONE, event, _END))


def calendar(events: Iterable[bytes], *, name: str, language: str, source: str | None = None) -> Iterator[bytes]:
    """A whole calendar (RFC 5545 3.4, RFC 7986) piece by piece, around events as `event` wrote them.

    `language` is the tag that PRODID ends with; `source` is the address that a subscriber refreshes from.
    """
    yield _opening(name, language, source)
    yield VTIMEZONE
    yield from events
    yield _END


def _add_identity(
    written: icalendar.Event, uid: str, sequence: int, revised_at: datetime, stamped_at: datetime
) -> None:
    written.add("uid", uid)
    written.add("sequence", sequence)
    written.add("dtstamp", _utc(stamped_at))
    written.add("last-modified", _utc(revised_at))


def _add_times(written: icalendar.Event, starts_at: datetime, ends_at: datetime) -> None:
    start, end = _utc(starts_at), _utc(ends_at)
    if end < start:
        raise ValueError("an event can't end before it starts")
    for name, at in zip(("dtstart", "dtend"), _wall_or_utc(start, end), strict=True):
        written.add(name, at)


def _add_standing(written: icalendar.Event, status: EventStatus) -> None:
    written.add("status", status.value)
    # A program that ignores STATUS should at least show the time of a cancelled event as free.
    written.add("transp", "TRANSPARENT" if status is EventStatus.CANCELLED else "OPAQUE")
    written.add("class", "PRIVATE")


def _add_link(written: icalendar.Event, url: str, label: str) -> None:
    written.add("url", url)
    if label:
        parameters = icalendar.Parameters({"VALUE": "URI", "FEATURE": ["AUDIO", "VIDEO"], "LABEL": label})
        written.add("conference", url, parameters=parameters)


def _add_people(written: icalendar.Event, invited: Invited) -> None:
    # Outlook matches these values by their case, and without RSVP no program shows buttons to answer with.
    asked = {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
    name = {"CN": " ".join(_plain(invited.organizer_name).split())}
    written.add("organizer", f"mailto:{_one_line(invited.organizer)}", parameters=name)
    written.add("attendee", f"mailto:{_one_line(invited.attendee)}", parameters=asked)


def _product(language: str) -> str:
    return f"-//CARTREF//Clinic calendar//{language.upper()}"


def _opening(name: str, language: str, source: str | None) -> bytes:
    whole = icalendar.Calendar()
    whole.add("version", "2.0")
    whole.add("prodid", _product(language))
    whole.add("calscale", "GREGORIAN")
    whole.add("name", vText(_plain(name)))
    whole.add("x-wr-calname", vText(_plain(name)))
    # icalendar's own property for it leaves out VALUE=DURATION, which RFC 7986 5.7 requires.
    whole.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    whole.add("x-published-ttl", vDuration(REFRESH))
    if source:
        whole.add("source", _one_line(source), parameters={"VALUE": "URI"})
    octets: bytes = whole.to_ical()
    return octets.removesuffix(_END)


def _wall_or_utc(*moments: datetime) -> list[datetime]:
    """The moments on London's clocks, or all in UTC when one of them falls in the hour that comes twice."""
    local = [moment.astimezone(ZONE) for moment in moments]
    comes_twice = any(at.utcoffset() != at.replace(fold=1 - at.fold).utcoffset() for at in local)
    return list(moments) if comes_twice else local


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment without a zone can't be written")
    return at.astimezone(UTC)


def _plain(text: str) -> str:
    """The text with every kind of line break as LF, which is escaped, and without the control characters that RFC 5545
    3.1 forbids.
    """
    return _CONTROLS.sub("", "\n".join(text.splitlines()))


def _one_line(text: str) -> str:
    if len(text.split()) != 1 or _CONTROLS.search(text):
        raise ValueError("an identifier or address is one word")
    return text
