"""What a calendar of 1,000 events costs, and what it costs to say that nothing has changed.

The yardstick is the least that could be done: the same events from plain values through one string template with the
folding that RFC 5545 asks for, no database, no HTTP. A feed is measured twice: as the function that joins what is
stored, and as the whole answer to a calendar program. 304 is the whole answer that nothing has changed.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.app import create_app
from cartref.appointments import events
from cartref.appointments.models import Appointment, Mode
from cartref.calendars import rendering, service
from cartref.calendars.models import CalendarFeed, FeedScope
from cartref.calendars.queries import Window
from cartref.calendars.scopes import Scope, scope_of
from cartref.clinics.models import ClinicSession
from cartref.config import Settings, read_settings
from cartref.db import Base
from cartref.ical import VTIMEZONE
from tests.factories import World, build_world

EVENTS, ROUNDS = 1000, 30
ZONE = ZoneInfo("Europe/London")
ADDRESS = "https://clinic.example.org"
EVENT = """\
BEGIN:VEVENT
SUMMARY:{summary}
DTSTART;TZID=Europe/London:{starts}
DTEND;TZID=Europe/London:{ends}
DTSTAMP:{stamp}
UID:{uid}
SEQUENCE:{sequence}
CLASS:PRIVATE
LAST-MODIFIED:{stamp}
STATUS:CONFIRMED
TRANSP:OPAQUE
URL:{url}
CONFERENCE;FEATURE=AUDIO,VIDEO;LABEL="Open the visit";VALUE=URI:{url}
END:VEVENT
"""
LEGEND = f"""\
ms for {EVENTS:,} events on SQLite; {ROUNDS} rounds, interleaved
hand-joined template      the same events from plain values, folded at 75 octets: no database, no HTTP
stored events, joined     what a feed is made of: one query for the bytes written when each appointment changed
the whole answer          over the application: the token, the scope, the mark, the events, the headers
the whole answer, 304     the same up to the mark; {{reads}}"""


def run() -> str:
    """Return a table: median, spread, and each way's share of the template."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({
            "CARTREF_ENVIRONMENT": "test", "CARTREF_DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "CARTREF_DATA": folder, "CARTREF_LOG_LEVEL": "ERROR",
        })  # fmt: skip
        return "\n".join(_table(settings))


def _table(settings: Settings) -> Iterator[str]:
    engine = create_engine(settings.database_url)
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        feed, token = _filled(session)
        plain = [_values(one) for one in session.scalars(select(Appointment).order_by(Appointment.starts_at))]
        scope = scope_of(session, feed)
    client, window, address = create_app(settings).test_client(), Window.now(), f"/c/{token}.ics"
    tag = client.get(address).headers["ETag"]
    reads = _reads(client, address, tag)
    times = _timed({
        "hand-joined template": lambda: _by_hand(plain),
        "stored events, joined": lambda: _joined(engine, scope, window),
        "the whole answer": lambda: client.get(address).data,
        "the whole answer, 304": lambda: client.get(address, headers={"If-None-Match": tag}).data,
    })  # fmt: skip
    yardstick = statistics.median(times["hand-joined template"])
    yield f"{'':28}{'median':>8}{'least':>8}{'most':>8}{'of the template':>18}"
    for name, took in times.items():
        middle = statistics.median(took)
        yield f"{name:28}{middle:8.2f}{min(took):8.2f}{max(took):8.2f}{middle / yardstick:18.2f}"
    whole, unchanged = (statistics.median(times[name]) for name in ("the whole answer", "the whole answer, 304"))
    yield f"a 304 takes {unchanged / whole:.2f} of the whole answer"
    yield LEGEND.format(reads=reads)


def _joined(engine: Engine, scope: Scope, window: Window) -> bytes:
    with Session(engine) as session:
        return b"".join(rendering.feed_ics(session, scope, window, language="en"))


def _timed(ways: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _round in range(ROUNDS):
        for name, way in ways.items():
            begun = time.perf_counter()
            way()
            times[name].append((time.perf_counter() - begun) * 1000)
    return times


def _reads(client: FlaskClient, address: str, tag: str) -> str:
    """Return, in words, how many statements a 304 takes and how many of them read an event."""
    statements: list[str] = []

    def note(*told: Any) -> None:
        statements.append(told[2])

    event.listen(Engine, "before_cursor_execute", note)
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    reading = [statement for statement in statements if "event_bytes" in statement]
    assert not reading, "a 304 must read no event"
    event.remove(Engine, "before_cursor_execute", note)
    return f"{len(statements)} statements, {len(reading)} of which read an event's bytes"


def _filled(session: Session) -> tuple[CalendarFeed, str]:
    """Return a subscription to a clinician with a thousand coming appointments, and its token."""
    world = build_world(session, starts_at=clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1))
    for number in range(EVENTS):
        appointment = _appointment(world, world.clinic_session, number)
        session.add(appointment)
        session.flush()
        events.write(appointment, ADDRESS)
    made = service.create_feed(
        session, world.actor("clinician"), scope=FeedScope.CLINICIAN, scope_id=world.staff["clinician"].id,
        label="Bench",
    )  # fmt: skip
    session.commit()
    return made


def _appointment(world: World, sitting: ClinicSession, number: int) -> Appointment:
    starts_at = sitting.starts_at + timedelta(hours=4 * number)
    return Appointment(
        service_id=world.service.id, patient=world.patients[number % 6], session=sitting,
        clinician=world.staff["clinician"], starts_at=starts_at, ends_at=starts_at + timedelta(minutes=20),
        mode=Mode.VIDEO_HOME, uid=f"{number}-5d0b1c9a@clinic.example.org", idempotency_key=str(number), sequence=1,
        created_at=clock.now(), updated_at=clock.now(),
    )  # fmt: skip


def _values(appointment: Appointment) -> dict[str, object]:
    return {
        "summary": "Video appointment – Glan Llyn clinic", "starts_at": appointment.starts_at,
        "ends_at": appointment.ends_at, "updated_at": appointment.updated_at, "uid": appointment.uid,
        "sequence": appointment.sequence, "url": f"{ADDRESS}/consultation/{appointment.id}",
    }  # fmt: skip


def _by_hand(plain: list[dict[str, object]]) -> bytes:
    head = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//CARTREF//Clinic calendar//EN\r\n" + VTIMEZONE
    return b"".join([head, *(_event_by_hand(values) for values in plain), b"END:VCALENDAR\r\n"])


def _event_by_hand(values: dict[str, object]) -> bytes:
    starts, ends, updated = values["starts_at"], values["ends_at"], values["updated_at"]
    assert isinstance(starts, datetime) and isinstance(ends, datetime) and isinstance(updated, datetime)
    text = EVENT.format(
        starts=starts.astimezone(ZONE).strftime("%Y%m%dT%H%M%S"), ends=ends.astimezone(ZONE).strftime("%Y%m%dT%H%M%S"),
        stamp=updated.strftime("%Y%m%dT%H%M%SZ"), summary=values["summary"], uid=values["uid"],
        sequence=values["sequence"], url=values["url"],
    )  # fmt: skip
    return b"".join(map(_folded, text.splitlines()))


def _folded(line: str) -> bytes:
    octets = line.encode()
    if len(octets) <= 75:
        return octets + b"\r\n"
    pieces, start, room = [], 0, 75
    while start < len(octets):
        end = min(start + room, len(octets))
        while end < len(octets) and octets[end] & 0xC0 == 0x80:  # never within a letter
            end -= 1
        pieces.append(octets[start:end])
        start, room = end, 74
    return b"\r\n ".join(pieces) + b"\r\n"


if __name__ == "__main__":
    print(run())
