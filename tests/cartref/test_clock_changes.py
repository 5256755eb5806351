"""The weeks in which the clocks change, in 2026 and 2027: 9am is 9am on every page, in every notice, in every feed."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
import vobject
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref.appointments import reminding
from cartref.appointments.models import Mode
from cartref.appointments.service import book
from cartref.calendars.models import FeedScope
from cartref.calendars.service import create_feed
from cartref.clinics.models import ClinicSession
from cartref.clinics.service import add_pattern, generate_sessions
from cartref.config import Settings
from cartref.links.addresses import Addresses
from cartref.notifications.models import Notice
from cartref.operations.post import renderers
from tests.factories import World

LONDON = ZoneInfo("Europe/London")
CHANGES = tuple(date.fromisoformat(day) for day in ("2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"))
AROUND = (timedelta(days=-3), timedelta(days=3))  # Thursday and Wednesday: Easter is never then
SignIn = Callable[..., FlaskClient]


@dataclass(frozen=True)
class Booked:
    """One appointment of the week, as plain facts, so that no transaction stays open for it."""

    id: str
    session_id: str
    patient_id: str
    starts_at: datetime

    @property
    def day(self) -> date:
        """Return its local day."""
        return self.starts_at.astimezone(LONDON).date()


@pytest.fixture(params=CHANGES, ids=str)
def change(request: pytest.FixtureRequest) -> date:
    """Return a Sunday on which the clocks change."""
    return date.fromisoformat(str(request.param))


@pytest.fixture
def week(change: date, session: Session, world: World) -> Any:
    """Book the patient at 9am on a day before and on a day after, by way of patterns made long before."""
    with time_machine.travel(datetime.combine(change - timedelta(days=20), time(10), UTC)):
        admin = world.actor("admin")
        for offset in AROUND:
            day = change + offset
            add_pattern(
                session, admin, world.clinic.id, clinician_id=world.staff["clinician"].id, weekday=day.weekday(),
                start_wall=time(9), end_wall=time(10), from_date=day, to_date=day,
            )  # fmt: skip
        generate_sessions(session, admin, change + timedelta(days=7))
        booked = [_book(session, world, change + offset) for offset in AROUND]
        session.commit()
        yield booked


def _book(session: Session, world: World, day: date) -> Booked:
    query = select(ClinicSession).where(ClinicSession.clinic_id == world.clinic.id, ClinicSession.local_date == day)
    sitting = session.scalars(query).one()
    made = book(
        session, world.actor("admin"), addresses=_addresses(), slot_id=sitting.slots[0].id,
        patient_id=world.patients[0].id, mode=Mode.VIDEO_HOME, idempotency_key=uuid4().hex,
    )  # fmt: skip
    return Booked(made.id, made.session_id, made.patient_id, made.starts_at)


def _addresses() -> Addresses:
    return Addresses("development-link-key-not-for-production-use", "http://127.0.0.1:8000")


def test_a_pattern_is_at_nine_on_the_wall_on_both_sides_of_the_change(week: list[Booked]) -> None:
    walls = [appointment.starts_at.astimezone(LONDON).time() for appointment in week]
    hours = {appointment.starts_at.hour for appointment in week}

    assert walls == [time(9), time(9)]
    assert hours == {8, 9}, "in UTC the two differ by an hour"


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_page_says_nine(week: list[Booked], change: date, sign_in: SignIn, language: str) -> None:
    clerk = sign_in("admin")
    clerk.set_cookie("cartref_language", language)
    for appointment in week:
        day = appointment.day
        for path in (
            f"/appointments/{appointment.id}", f"/day?date={day}", f"/day/sheet?date={day}", f"/week?date={day}",
            f"/week/list?date={day}", f"/sessions/{appointment.session_id}", f"/patients/{appointment.patient_id}",
        ):  # fmt: skip
            page = clerk.get(path)
            assert page.status_code == 200, path
            assert "9am" in page.text, path
            assert "8am" not in page.text, path
            assert "10am to" not in page.text, path


def test_the_day_as_a_sheet_says_nine(week: list[Booked], sign_in: SignIn) -> None:
    for appointment in week:
        day = appointment.day
        sheet = sign_in("admin").get(f"/day.csv?date={day}").text.lstrip("\ufeff")
        rows = list(csv.reader(io.StringIO(sheet)))
        assert [row[:2] for row in rows[1:]] == [["9am", "9:20am"]]


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_feed_says_nine_to_another_reader(
    week: list[Booked], session: Session, world: World, sign_in: SignIn, language: str
) -> None:
    clinician = world.staff["clinician"]
    _feed, token = create_feed(
        session, world.actor("clinician"), scope=FeedScope.CLINICIAN, scope_id=clinician.id, label="Mine",
        language=language,
    )  # fmt: skip
    session.commit()
    read = vobject.readOne(sign_in("admin").get(f"/c/{token}.ics").text)
    begins = sorted(event.dtstart.value for event in read.vevent_list)

    assert [moment.replace(tzinfo=None).time() for moment in begins] == [time(9), time(9)]
    assert [moment.astimezone(UTC) for moment in begins] == [appointment.starts_at for appointment in week]


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_notice_says_nine_and_no_reminder_comes_an_hour_off(
    week: list[Booked], session: Session, settings: Settings, language: str
) -> None:
    notices = _reminders(session, week)
    assert notices
    render = renderers(settings)
    for notice in notices:
        notice.language = language
        message = render[notice.kind](session, notice)
        assert message is not None
        assert "9am" in message.text
        assert "8am" not in message.text
        assert "10am" not in message.text
        assert time(8) <= notice.due_at.astimezone(LONDON).time() <= time(21), "nobody is woken"


def _reminders(session: Session, week: list[Booked]) -> list[Notice]:
    """Let the worker's rounds go by, hour by hour, until both visits are over."""
    start, end = week[0].starts_at - timedelta(days=8), week[1].starts_at
    moment = start
    while moment < end:
        with time_machine.travel(moment, tick=False):
            reminding.remind_due(session)
            session.commit()
        moment += timedelta(hours=1)
    ids = [appointment.id for appointment in week]
    return list(session.scalars(select(Notice).where(Notice.subject_id.in_(ids))))
