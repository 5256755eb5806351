"""The demonstration keeps to its own folder, and its facts are true."""

import json
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
import time_machine
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cartref import seed
from cartref.accounts.actor import system
from cartref.appointments import invariants
from cartref.appointments.models import Appointment, AppointmentStatus, Offer, OfferState, Replan
from cartref.appointments.queries import of_session
from cartref.appointments.service import cancel
from cartref.appointments.status import CancelReason
from cartref.clinics.models import ClinicSession, Leave
from cartref.clinics.recurrence import cut
from cartref.clinics.wall_time import to_utc
from cartref.config import Settings
from cartref.operations import demo
from cartref.visits.pages import DOORS_CLOSE
from tests.browser.stack import free_port
from tests.factories import World

FACTS = {"web", "signalling", "staff", "visits", "feeds"}
STAFF = {"role", "email", "password", "totp_secret", "service"}
VISIT = {"id", "patient", "link", "date_of_birth", "starts_at", "carer_link", "service", "mode"}


def test_it_does_not_run_in_production(tmp_path: Path) -> None:
    with pytest.raises(demo.Refused, match="production"):
        demo.prepare_folder({"CARTREF_ENVIRONMENT": "production"}, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_it_leaves_a_folder_alone_that_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(demo.Refused, match="was not made by the demonstration"):
        demo.prepare_folder({}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_it_comes_back_to_its_own_folder(tmp_path: Path) -> None:
    demo.prepare_folder({}, tmp_path / "demo")
    (tmp_path / "demo" / "cartref.sqlite3").touch()
    demo.prepare_folder({}, tmp_path / "demo")


def test_keys_and_a_database_that_are_given_are_used(tmp_path: Path) -> None:
    given = {"CARTREF_TICKET_KEY": "t" * 32, "CARTREF_DATABASE_URL": "postgresql+psycopg://x"}
    assert demo.environment(given, 1, 2, tmp_path).items() >= given.items()


@pytest.mark.slow
def test_one_command_starts_everything_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    facts_file = tmp_path / "facts.json"
    command = [
        sys.executable, "-m", "cartref.cli", "demo", "--port", str(free_port()), "--signalling-port", str(free_port()),
        "--data", str(tmp_path / "demo"), "--facts", str(facts_file),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    browser = build_opener(HTTPCookieProcessor())
    try:
        facts = _wait_for(facts_file, process)
        page = browser.open(facts["visits"][0]["link"]).read().decode()
        feed = browser.open(facts["feeds"][0]["url"]).read().decode()
    finally:
        process.send_signal(signal.SIGINT)
        printed, _errors = process.communicate(timeout=60)

    assert set(facts) == FACTS
    assert all(set(person) == STAFF for person in facts["staff"])
    assert all(set(visit) == VISIT for visit in facts["visits"])
    for service in {person["service"] for person in facts["staff"]}:
        roles = {person["role"] for person in facts["staff"] if person["service"] == service}
        assert roles >= {"admin", "clinician", "presenter"}
    assert len({person["service"] for person in facts["staff"]}) == 2
    assert "<form" in page
    assert feed.startswith("BEGIN:VCALENDAR")
    assert facts["visits"][0]["link"] in printed
    assert facts["visits"][0]["patient"].rpartition(" ")[2] not in feed


def _wait_for(path: Path, process: subprocess.Popen[str]) -> dict:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        if path.exists():
            return json.loads(path.read_text())
        assert process.poll() is None, process.stdout.read() if process.stdout else ""
        time.sleep(0.2)
    raise AssertionError("the demonstration did not become ready")


def test_a_port_in_use_is_named_and_nothing_is_started() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(demo.Refused, match=f"Port {port} is in use"):
            demo.check_ports(free_port(), port)


def test_a_clinic_with_people_of_its_own_is_left_alone(session: Session, engine: Engine, world: World) -> None:
    with pytest.raises(demo.Refused, match="people of its own"):
        demo.check_database(engine)


def test_an_empty_database_may_be_used(engine: Engine) -> None:
    demo.check_database(engine)


MOMENTS = (  # one on a day, in their order
    "2026-03-29 02:10", "2026-10-24 22:10", "2026-10-25 00:50", "2026-10-26 23:30", "2026-11-23 00:00",
    "2026-11-24 00:05:30", "2026-11-25 12:19:59", "2026-11-26 22:50", "2026-11-27 23:38", "2026-11-28 23:59:58",
    "2027-03-28 00:55", "2027-10-31 01:40+00:00",
)  # fmt: skip


def london(moment: str) -> datetime:
    told = datetime.fromisoformat(moment)
    return told if told.tzinfo else told.replace(tzinfo=seed.ZONE)


def is_due(visit: dict, now: datetime) -> bool:
    starts_at = datetime.fromisoformat(visit["starts_at"])
    return starts_at <= now < starts_at + seed.SLOT


def is_open(visit: dict, now: datetime) -> bool:
    """Tell whether the link is good: the visit is today, and was not over for more than two hours."""
    starts_at = datetime.fromisoformat(visit["starts_at"])
    same_day = starts_at.astimezone(seed.ZONE).date() == now.astimezone(seed.ZONE).date()
    return same_day and starts_at + seed.SLOT + DOORS_CLOSE > now


def test_at_any_hour_everybody_has_a_visit_today_and_one_of_each_service_is_due_now(
    session: Session, settings: Settings
) -> None:
    for moment in MOMENTS:
        now = london(moment)
        with time_machine.travel(now, tick=False):
            facts = seed.plant(session, settings)
        for plan in (seed.ELDERLY, seed.HEART):
            visits = [visit for visit in facts["visits"] if visit["service"] == plan.name_en]
            names = [visit["patient"].rpartition(" ")[2] for visit in visits]
            assert names == [who.family_name for who in plan.patients], moment
            assert [is_due(visit, now) for visit in visits] == [True] + [False] * (len(visits) - 1), moment
            assert all(is_open(visit, now) for visit in visits), moment
        assert facts["visits"][0]["link"] in demo.welcome(facts)


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-24 00:05", "2026-11-26 03:10", "2026-10-25 08:59", "2026-12-11 12:20", "2027-03-26 18:59",
        "2026-11-28 23:59",
    ],
)  # fmt: skip
def test_at_any_hour_the_clinic_book_has_something_of_everything(
    session: Session, settings: Settings, moment: str
) -> None:
    now = london(moment)
    with time_machine.travel(now, tick=False):
        seed.plant(session, settings)

    (offer,) = session.scalars(select(Offer))
    pending = set(session.scalars(select(Appointment).where(Appointment.status == AppointmentStatus.PENDING)))
    (held,) = pending - {offer.appointment}
    (overbooked,) = session.scalars(select(Appointment).where(Appointment.overbook_lane_id.is_not(None)))
    (plan,) = session.scalars(select(Replan))
    closed = session.get_one(ClinicSession, plan.session_id)
    (leave,) = session.scalars(select(Leave))
    assert offer.state is OfferState.OPEN
    assert held.held_until == now + timedelta(days=1)
    assert held.starts_at > held.held_until
    assert overbooked.overbook_reason
    assert closed.closed_reason == "clinician-away"
    assert len(list(of_session(session, plan.service_id, closed.id))) == 2
    assert (leave.last_on - leave.first_on).days == 4
    assert invariants.disagreements(session) == []


@pytest.mark.parametrize("day", ["2026-11-23", "2026-10-25", "2027-03-28"])
def test_at_every_minute_of_a_day_there_is_a_session_for_everybody(day: str) -> None:
    midnight = london(day).astimezone(UTC)
    minutes = [midnight + timedelta(minutes=number) for number in range(26 * 60)]
    for now in (now for now in minutes if now.astimezone(seed.ZONE).date().isoformat() == day):
        starts_at, ends_at = seed.session_around(now)
        local = [moment.astimezone(seed.ZONE) for moment in (starts_at, ends_at)]
        assert [to_utc(moment.date(), moment.time(), seed.ZONE) for moment in local] == [starts_at, ends_at]
        assert {moment.date() for moment in local} == {now.astimezone(seed.ZONE).date()}
        slots = list(cut(starts_at, ends_at, seed.SLOT))
        assert len(slots) >= len(seed.ELDERLY.patients)
        assert [start <= now < end for start, end in slots].count(True) == 1


def test_started_again_somebody_is_due_whatever_became_of_the_first_visit(session: Session, settings: Settings) -> None:
    now = london("2026-11-23 10:02")
    with time_machine.travel(now, tick=False):
        first = session.get_one(Appointment, seed.plant(session, settings)["visits"][0]["id"])
        clinic = system(first.service_id)
        cancel(session, clinic, appointment_id=first.id, version=first.version, reason=CancelReason.PATIENT_UNWELL)

    for minutes in (7, 21, 130, 13 * 60 + 30):
        later = now + timedelta(minutes=minutes)
        with time_machine.travel(later, tick=False):
            visits = seed.plant(session, settings)["visits"]
        assert [is_due(visit, later) for visit in visits].count(True) == 2, minutes
        assert is_due(visits[0], later)
        assert len({visit["patient"] for visit in visits}) == len(seed.ELDERLY.patients) + len(seed.HEART.patients)
