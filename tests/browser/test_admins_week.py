"""The clerk's week in a real browser: a referral, a chair in Dolgellau, a clinic that falls through, a gap filled."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from cartref.appointments.invariants import disagreements
from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.config import read_settings
from cartref.referrals.models import EntryStatus, WaitingEntry
from tests.browser import steps
from tests.browser.stack import Clinic
from tests.cartref.calendars.test_clients import Subscriber

pytestmark = pytest.mark.browser
ZONE = ZoneInfo("Europe/London")
BORN = date(1937, 5, 4)
AN_ID = r"[0-9a-f]{24}"


@pytest.fixture
def clerk(clinic: Clinic, person: Callable[..., Page]) -> Page:
    """Return the browser of the first service's admin."""
    return steps.sign_in(person(), clinic, "admin")


def test_from_a_referral_to_a_chair_in_dolgellau_and_to_another_day_when_the_clinic_falls_through(
    clinic: Clinic, clerk: Page
) -> None:
    _open_a_place(clerk, clinic, "Ysbyty Dolgellau")
    patient = steps.register_patient(
        clerk, clinic, given="Mair", family="Cader-Wen", born_on=BORN, Telephone_number="01632 960556"
    )
    _refer(clerk, clinic, patient)

    appointment_id = _find_a_time(clerk, clinic, "Cader-Wen", "Ysbyty Dolgellau")
    booked = _appointment(clinic, appointment_id)
    assert (booked.mode, booked.room_id is not None, booked.presenter_id is not None) == ("video-site", True, True)
    expect(clerk.locator("main")).to_contain_text("Ysbyty Dolgellau")
    expect(clerk.locator("main")).to_contain_text("Nurse Gwenno Maelor")
    expect(clerk.locator("main")).to_contain_text(re.compile("weeks? of 26"))
    clerk.goto(f"{clinic.web}/week?date={booked.starts_at.astimezone(ZONE).date()}&by=site")
    expect(clerk.locator("main")).to_contain_text("Ysbyty Dolgellau")

    _close_the_session(clerk, clinic, booked.session_id)
    clerk.get_by_role("button", name="Propose times for all").click()
    clerk.wait_for_url(re.compile(rf"/replans/{AN_ID}$"))
    expect(clerk.get_by_role("button", name="Accept all")).to_be_visible(timeout=90_000)  # the page looks by itself
    row = clerk.locator("li.move").filter(has_text="Cader-Wen")
    expect(row).to_contain_text("Speaks Welsh")
    clerk.get_by_role("button", name="Accept all").click()
    expect(clerk.locator("main")).to_contain_text("Moved")

    moved = _appointment(clinic, appointment_id)
    assert moved.session_id != booked.session_id
    assert (moved.room_id, moved.uid, moved.sequence) == (booked.room_id, booked.uid, booked.sequence + 1)
    assert _faults(clinic) == []


def test_a_cancelled_time_goes_to_somebody_who_waits(clinic: Clinic, clerk: Page) -> None:
    freed = _somebody_next_week(clinic)
    steps.cancel(clerk, clinic, freed.id)
    assert _appointment(clinic, freed.id).status is AppointmentStatus.CANCELLED

    clerk.goto(f"{clinic.web}/vacancies")
    said = _spoken(freed.starts_at)
    clerk.locator("main tr").filter(has_text=said).get_by_role("link").first.click()
    clerk.get_by_role("button", name=re.compile("Ask (now|instead)")).first.click()
    expect(clerk.get_by_role("button", name="The patient says yes")).to_be_visible()
    clerk.get_by_role("button", name="The patient says yes").click()
    expect(clerk.locator("main")).to_contain_text(re.compile("booked|said yes", re.IGNORECASE))

    with _database(clinic) as session:
        filled = session.scalars(
            select(Appointment).where(
                Appointment.session_id == freed.session_id,
                Appointment.starts_at == freed.starts_at,
                Appointment.status == AppointmentStatus.BOOKED,
            )
        ).one()
        entry = session.get_one(WaitingEntry, filled.waiting_entry_id)
        assert entry.status is EntryStatus.BOOKED
        assert filled.patient_id != freed.patient_id
    assert _faults(clinic) == []


def test_a_calendar_program_subscribes_and_shows_the_week_at_the_right_hours(
    clinic: Clinic, clerk: Page, tmp_path: Path
) -> None:
    clerk.goto(f"{clinic.web}/calendars")
    clerk.get_by_label("Name", exact=False).first.fill("My week")
    clerk.locator("main form[action='/calendars'] button[type=submit]").click()
    address = clerk.locator("main input[readonly][value*='/c/']").first.input_value()

    subscriber = Subscriber(tmp_path, address)
    subscriber.synchronise()
    shown = subscriber.listed(datetime.now(ZONE).date(), 60)

    with _database(clinic) as session:
        coming = session.scalars(
            select(Appointment).where(
                Appointment.status == AppointmentStatus.BOOKED,
                Appointment.starts_at > datetime.now(ZONE) + timedelta(days=1),
                Appointment.service_id == _service_id(session, clinic),
            )
        ).all()
    expected = {found.starts_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") for found in coming}
    assert expected
    assert all(any(line.startswith(moment) for line in shown) for moment in expected), shown
    assert not any(re.search("Hafod-Wen|Talar-Goch|999", line) for line in shown)


def _open_a_place(page: Page, clinic: Clinic, name: str) -> None:
    """Add a community hospital with a video room, and let the service's nurse be beside patients there."""
    page.goto(f"{clinic.web}/places/new")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("What sort of place is it?").or_(page.locator("select[name=kind]")).first.select_option(
        "community-hospital"
    )
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(rf"/places/{AN_ID}$"))
    page.get_by_label("Name of the room").fill("Ystafell fideo")
    page.get_by_role("button", name="Add the room").click()
    expect(page.locator("main")).to_contain_text("Ystafell fideo")
    page.locator("select[name=staff_id]").select_option(index=1)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("main")).to_contain_text("Gwenno Maelor")


def _refer(page: Page, clinic: Clinic, patient_url: str) -> None:
    """Record an urgent referral for the patient."""
    page.goto(f"{clinic.web}/referrals/new?patient_id={patient_url.rpartition('/')[2]}")
    steps.fill_date(page, datetime.now(ZONE).date() - timedelta(weeks=3))
    page.locator("select[name=source]").select_option("gp")
    page.get_by_role("radio", name="Urgent", exact=True).check()
    page.get_by_role("button", name="Record the referral").click()
    page.wait_for_url(re.compile(rf"/referrals/{AN_ID}$"))


def _find_a_time(page: Page, clinic: Clinic, name: str, place: str) -> str:
    """From the waiting list, book the best time with a nurse at the place; return the appointment's id."""
    page.goto(f"{clinic.web}/waiting-list")
    page.locator("main tr").filter(has_text=name).get_by_role("link", name="Find a time").click()
    _change_the_search(page, "mode", value="video-site")
    _change_the_search(page, "site_id", label=place)
    expect(page.get_by_role("button", name=re.compile("Book this time")).first).to_be_visible()
    reason = page.locator("input[name=mode_reason], textarea[name=mode_reason], input[name=why]").first
    if reason.is_visible():
        reason.fill("Lives next door to the hospital")
    page.get_by_role("button", name=re.compile("Book this time")).first.click()
    page.wait_for_url(re.compile(rf"/appointments/{AN_ID}$"))
    return page.url.rpartition("/")[2]


def _change_the_search(page: Page, field: str, **choice: str) -> None:
    choices = page.locator(f"select[name={field}]")
    if not choices.is_visible():
        page.get_by_text("Change the search").click()
    choices.select_option(**choice)
    page.get_by_role("button", name="Show times").click()
    page.wait_for_load_state()


def _close_the_session(page: Page, clinic: Clinic, session_id: str) -> None:
    page.goto(f"{clinic.web}/sessions/{session_id}/close")
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Close the session").click()
    page.wait_for_url(re.compile(rf"/sessions/{session_id}$"))


def _spoken(starts_at: datetime) -> str:
    local = starts_at.astimezone(ZONE)
    return f"{local:%A} {local.day} {local:%B}"


def _somebody_next_week(clinic: Clinic) -> Appointment:
    """Return an appointment of the first service that lies some days ahead."""
    with _database(clinic) as session:
        return session.scalars(
            select(Appointment)
            .where(
                Appointment.service_id == _service_id(session, clinic),
                Appointment.status == AppointmentStatus.BOOKED,
                Appointment.starts_at > datetime.now(ZONE) + timedelta(days=5),
                Appointment.waiting_entry_id.is_not(None),
            )
            .order_by(Appointment.starts_at.desc())
        ).first()  # type: ignore[return-value] # the demonstration has some


def _service_id(session: Session, clinic: Clinic) -> str:
    return session.get_one(Appointment, clinic.due["id"]).service_id


def _appointment(clinic: Clinic, appointment_id: str) -> Appointment:
    with _database(clinic) as session:
        return session.get_one(Appointment, appointment_id)


def _faults(clinic: Clinic) -> list[str]:
    with _database(clinic) as session:
        return disagreements(session)


def _database(clinic: Clinic) -> Session:
    return Session(create_engine(read_settings(clinic.environ).database_url))
