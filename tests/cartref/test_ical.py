"""Calendars as other programs read them: every file here is read back by vobject, which wrote none of it."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject  # type: ignore[import-untyped] # it ships no types

from cartref import ical
from cartref.ical import EventStatus, calendar, event

LONDON = ZoneInfo("Europe/London")
STARTS = datetime(2026, 11, 3, 10, 20, tzinfo=UTC)
REVISED = datetime(2026, 10, 1, 8, 30, tzinfo=UTC)
WELSH_NAME = "Apwyntiad fideo, clinig tŷ Nhŵr y Gŵyr: ŵŷâêîôû; 'sgwrs' \\ " * 4


def written(**changed: Any) -> bytes:
    facts: dict[str, Any] = {
        "uid": "0d1c9a52-6b1e-4c6e-9c6e-6f1d5a3b7c11@clinic.example",
        "sequence": 2,
        "revised_at": REVISED,
        "starts_at": STARTS,
        "ends_at": STARTS + timedelta(minutes=20),
        "status": EventStatus.CONFIRMED,
        "summary": "Video appointment",
    }
    return event(**facts | changed)


def whole(*events: bytes, name: str = "Tuesday clinic", language: str = "en") -> bytes:
    return b"".join(calendar(events, name=name, language=language, source="https://clinic.example/feeds/x.ics"))


def read(*events: bytes, **calendar_facts: Any) -> Any:
    return vobject.readOne(whole(*events, **calendar_facts).decode())


def read_event(**changed: Any) -> Any:
    return read(written(**changed)).vevent


def property_names(text: bytes) -> list[str]:
    unfolded = text.decode().replace("\r\n ", "")
    return [re.split("[:;]", line)[0] for line in unfolded.split("\r\n") if line]


def changing_weeks() -> Iterator[date]:
    for sunday in (date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28)):
        yield from (sunday + timedelta(days=n) for n in range(-3, 5))


def test_an_event_says_who_it_is_and_when_it_was_last_changed() -> None:
    found = read_event()
    assert found.uid.value == "0d1c9a52-6b1e-4c6e-9c6e-6f1d5a3b7c11@clinic.example"
    assert found.sequence.value == "2"
    assert found.dtstamp.value == found.last_modified.value == REVISED


def test_an_event_is_private_and_takes_the_time_it_lasts() -> None:
    found = read_event(location="Video", description="Ring if you can't come.")
    assert (found.status.value, found.transp.value, found.contents["class"][0].value) == (
        "CONFIRMED",
        "OPAQUE",
        "PRIVATE",
    )
    assert found.dtend.value - found.dtstart.value == timedelta(minutes=20)
    assert (found.summary.value, found.location.value) == ("Video appointment", "Video")
    assert found.description.value == "Ring if you can't come."


def test_a_cancelled_event_stays_and_frees_its_time() -> None:
    found = read_event(status=EventStatus.CANCELLED)
    assert (found.status.value, found.transp.value) == ("CANCELLED", "TRANSPARENT")


def test_the_way_in_stands_where_every_program_looks() -> None:
    found = read_event(url="https://clinic.example/staff/visits/7", conference_label='Join "now"')
    assert found.url.value == found.conference.value == "https://clinic.example/staff/visits/7"
    assert found.conference.params["FEATURE"] == ["AUDIO", "VIDEO"]
    assert found.conference.params["VALUE"] == ["URI"]


def test_an_event_without_a_link_has_no_conference() -> None:
    assert {"URL", "CONFERENCE", "LOCATION", "DESCRIPTION"}.isdisjoint(property_names(written()))


@pytest.mark.parametrize("day", list(changing_weeks()), ids=str)
@pytest.mark.parametrize("hour", [0, 3, 9, 16, 23])
def test_every_hour_is_read_right_in_the_weeks_when_the_clocks_change(day: date, hour: int) -> None:
    starts_at = datetime(day.year, day.month, day.day, hour, tzinfo=LONDON).astimezone(UTC)
    found = read_event(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=40))
    assert found.dtstart.value.astimezone(UTC) == starts_at
    assert found.dtend.value.astimezone(UTC) == starts_at + timedelta(minutes=40)
    assert found.dtstart.value.astimezone(LONDON).hour == hour


@pytest.mark.parametrize("minute", range(-30, 120, 30))
def test_the_hour_that_comes_twice_is_read_as_the_one_it_was(minute: int) -> None:
    starts_at = datetime(2026, 10, 25, 0, 0, tzinfo=UTC) + timedelta(minutes=minute)
    found = read_event(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    assert found.dtstart.value.astimezone(UTC) == starts_at
    assert found.dtend.value.astimezone(UTC) == starts_at + timedelta(hours=1)


def test_ordinary_times_are_written_on_london_s_clocks() -> None:
    assert b"DTSTART;TZID=Europe/London:20261103T102000\r\n" in written()
    assert b"DTSTART;TZID=Europe/London:20260703T112000\r\n" in written(starts_at=STARTS.replace(month=7))


def test_a_calendar_says_what_it_is_and_how_often_to_look() -> None:
    text = whole(name="Clinig dydd Mawrth", language="cy")
    assert property_names(text).count("VTIMEZONE") == 0
    for line in (
        b"VERSION:2.0",
        b"PRODID:-//CARTREF//Clinic calendar//CY",
        b"CALSCALE:GREGORIAN",
        b"NAME:Clinig dydd Mawrth",
        b"X-WR-CALNAME:Clinig dydd Mawrth",
        b"REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        b"X-PUBLISHED-TTL:PT1H",
        b"SOURCE;VALUE=URI:https://clinic.example/feeds/x.ics",
    ):
        assert line in text.split(b"\r\n")
    assert b"METHOD" not in text


def test_a_calendar_holds_its_events_as_they_were_written() -> None:
    first, second = written(), written(uid="another@clinic.example")
    text = whole(first, second)
    assert first + second in text
    assert text.startswith(b"BEGIN:VCALENDAR\r\n")
    assert text.endswith(b"END:VEVENT\r\nEND:VCALENDAR\r\n")
    assert len(read(first, second).vevent_list) == 2


def test_a_calendar_without_events_can_be_read() -> None:
    found = read()
    assert found.vtimezone.tzid.value == "Europe/London"
    assert not hasattr(found, "vevent")


def test_a_calendar_comes_piece_by_piece() -> None:
    taken: list[bytes] = []

    def stored() -> Iterator[bytes]:
        for number in range(2):
            taken.append(b"")
            yield written(uid=f"{number}@clinic.example")

    pieces = calendar(stored(), name="Clinic", language="en")
    next(pieces), next(pieces), next(pieces)
    assert len(taken) == 1


def test_lines_are_folded_at_75_octets_and_never_inside_a_letter() -> None:
    text = whole(
        written(summary=WELSH_NAME, location=WELSH_NAME, url="https://clinic.example/" + "a" * 200), name=WELSH_NAME
    )
    lines = text.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert any(line.startswith(b" ") for line in lines)
    assert all(line.decode("utf-8") is not None for line in lines)
    assert text.count(b"\n") == text.count(b"\r\n") == text.count(b"\r")


def test_welsh_letters_and_punctuation_are_read_back_as_they_were() -> None:
    found = read_event(summary=WELSH_NAME, location=WELSH_NAME)
    assert found.summary.value == found.location.value == WELSH_NAME


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x1c"])
@pytest.mark.parametrize("field", ["summary", "location", "description"])
def test_a_line_break_in_a_text_starts_no_line_of_its_own(field: str, line_break: str) -> None:
    harm = f"Clinic{line_break}ATTENDEE:mailto:x@y.example{line_break}END:VEVENT"
    text = whole(written(**{field: harm}), name=harm)
    assert "ATTENDEE" not in property_names(text)
    assert property_names(text).count("END") == 5
    assert len(text.decode().splitlines()) == text.count(b"\r\n")
    assert getattr(vobject.readOne(text.decode()).vevent, field).value == harm.replace(line_break, "\n")


def test_a_label_can_not_leave_its_quotes() -> None:
    label = 'Join"\r\nATTENDEE:mailto:x@y.example;CN="a'
    text = written(url="https://clinic.example/v/7", conference_label=label)
    conference = next(line for line in text.decode().replace("\r\n ", "").split("\r\n") if line.startswith("CONF"))
    assert "ATTENDEE" not in property_names(text)
    assert conference.endswith(":https://clinic.example/v/7")
    assert conference.count('"') == 2


def test_forbidden_control_characters_are_left_out() -> None:
    assert read_event(summary="Video\x00 app\x07ointment\x7f").summary.value == "Video appointment"


@pytest.mark.parametrize("harm", ["a\r\nX-EVIL:1", "a b", "a\tb", " ", "a\x00b"])
@pytest.mark.parametrize("field", ["uid", "url"])
def test_an_identifier_or_address_is_one_word(field: str, harm: str) -> None:
    with pytest.raises(ValueError, match="one word"):
        written(**{field: harm})


@pytest.mark.parametrize("field", ["revised_at", "starts_at", "ends_at"])
def test_a_moment_without_a_zone_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match="without a zone"):
        written(**{field: datetime(2026, 11, 3, 10, 40)})  # noqa: DTZ001 - the naive time is the point


def test_an_event_can_not_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        written(ends_at=STARTS - timedelta(minutes=1))


def test_the_same_facts_are_always_the_same_bytes() -> None:
    assert written() == written()
    assert written(sequence=3) != written()


def test_the_time_zone_is_london_s_own() -> None:
    zone = vobject.readOne((b"BEGIN:VCALENDAR\r\n" + ical.VTIMEZONE + b"END:VCALENDAR\r\n").decode()).vtimezone
    offsets = {n: datetime(2026, n, 15, 12, tzinfo=zone.tzinfo).utcoffset() for n in range(1, 13)}
    assert offsets == {n: datetime(2026, n, 15, 12, tzinfo=LONDON).utcoffset() for n in range(1, 13)}
