"""A feed as other programs read it: subscribed by vdirsyncer, listed by khal, also when the clocks change."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from werkzeug.serving import make_server

from cartref.clinics.models import ClinicSession, Slot
from tests.cartref.appointments.conftest import Desk
from tests.cartref.calendars.conftest import subscribe

LONDON = ZoneInfo("Europe/London")
CHANGES = (date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31))
AROUND = (-2, -1, 0, 1, 2)  # days from that Sunday
PROGRAMS = Path(sys.executable).parent

VDIRSYNCER = """\
[general]
status_path = "{folder}/status/"
[pair clinic]
a = "feed"
b = "local"
collections = null
[storage feed]
type = "http"
url = "{url}"
[storage local]
type = "filesystem"
path = "{folder}/calendar/"
fileext = ".ics"
"""
KHAL = """\
[calendars]
[[clinic]]
path = {folder}/calendar/
[locale]
local_timezone = Europe/London
default_timezone = Europe/London
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """Serve the application over HTTP on a free port and give its address."""
    running = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join(timeout=10)


class Subscriber:
    """Somebody at her own computer: what vdirsyncer fetched lies in a folder, which khal lists."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        (folder / "calendar").mkdir()
        (folder / "vdirsyncer").write_text(VDIRSYNCER.format(folder=folder, url=url))
        (folder / "khal").write_text(KHAL.format(folder=folder))

    def synchronise(self) -> None:
        """Fetch the feed."""
        for command in ("discover", "sync"):
            self._run("vdirsyncer", "--config", str(self.folder / "vdirsyncer"), command)

    def listed(self, first: date, days: int) -> list[str]:
        """Return the events of some days, as khal says them, by time."""
        said = "{start-long} {end-time} {title} {cancelled}"
        told = self._run(
            "khal", "--config", str(self.folder / "khal"), "list", "--day-format", "", "--format", said,
            first.isoformat(), f"{days}d",
        )  # fmt: skip
        return [line.strip() for line in told.splitlines() if line.strip()]

    def _run(self, program: str, *arguments: str) -> str:
        home = {"HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder), "TZ": "UTC", "LC_ALL": "C.UTF-8"}
        return subprocess.run(
            [PROGRAMS / program, *arguments], env=os.environ | home, check=True, capture_output=True, text=True,
            timeout=120,
        ).stdout  # fmt: skip


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), LONDON).astimezone(UTC)


def sitting_on(desk: Desk, day: date) -> ClinicSession:
    """Add a session of the clinic from 9am to 9:20am on a day, by the clocks of that day."""
    world = desk.world
    times = {"starts_at": at(day, 9), "ends_at": at(day, 9) + timedelta(minutes=20)}
    whose = {"service_id": world.service.id, "clinician_id": world.staff["clinician"].id}
    sitting = ClinicSession(clinic_id=world.clinic.id, local_date=day, **whose, **times)
    desk.session.add(sitting)
    desk.session.flush()
    desk.session.add(Slot(session_id=sitting.id, **whose, **times))
    desk.session.flush()
    return sitting


@pytest.mark.parametrize("sunday", CHANGES, ids=str)
def test_9am_is_9am_in_another_program_when_the_clocks_change(
    desk: Desk, server: str, tmp_path: Path, today: Any, sunday: date
) -> None:
    today.move_to(at(sunday - timedelta(days=7), 8))
    days = [sunday + timedelta(days=offset) for offset in AROUND]
    for number, day in enumerate(days):
        desk.book(patient=number, slot_id=desk.slot(0, sitting_on(desk, day)).id)
    _, token = subscribe(desk)
    subscriber = Subscriber(tmp_path, f"{server}/c/{token}.ics")

    subscriber.synchronise()

    said = "Video appointment – Glan Llyn clinic"
    assert subscriber.listed(days[0], len(days)) == [f"{day} 09:00 09:20 {said}" for day in days]


def test_what_moves_or_is_cancelled_is_followed(desk: Desk, server: str, tmp_path: Path) -> None:
    moved, cancelled = desk.book(0), desk.book(3, patient=1)
    _, token = subscribe(desk)
    subscriber = Subscriber(tmp_path, f"{server}/c/{token}.ics")
    subscriber.synchronise()
    desk.move(moved, 6)
    desk.cancel(cancelled)
    desk.session.commit()

    subscriber.synchronise()

    said = "Video appointment – Glan Llyn clinic"
    assert subscriber.listed(date(2026, 12, 8), 1) == [
        f"2026-12-08 10:00 10:20 {said} CANCELLED", f"2026-12-08 11:00 11:20 {said}",
    ]  # fmt: skip
