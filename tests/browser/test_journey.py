"""The main job, from booking to outcome, in real browsers against real servers, on either database."""

import re
from collections.abc import Callable
from datetime import date, datetime
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import pytest
import vobject
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from cartref.appointments.models import Appointment, AppointmentStatus
from cartref.audit.models import AuditEntry
from cartref.config import read_settings
from cartref.consultations.codes import Attendance, Ending, Medium, Outcome
from cartref.consultations.models import Encounter, EncounterStatus, RoomEvent
from cartref.formatting import time as time_words
from tests.browser import steps
from tests.browser.conftest import DESK, PHONE
from tests.browser.stack import Clinic
from tests.browser.watching import (
    attach_everything,
    heard_and_seen,
    record_connections,
    sees_and_hears,
    until,
)

pytestmark = pytest.mark.browser
ZONE = ZoneInfo("Europe/London")
BORN = date(1938, 2, 11)
WRITTEN_DOWN = {"patient.registered", "appointment.booked", "link.opened", "consultation.read", "encounter.finished"}


def test_a_visit_from_booking_to_outcome(clinic: Clinic, person: Callable[..., Page]) -> None:
    admin = steps.sign_in(person(), clinic, "admin")
    steps.register_patient(
        admin, clinic, given="Mair", family="Tegid-Wyn", born_on=BORN, Telephone_number="01632 960555"
    )
    steps.cancel(admin, clinic, clinic.due["id"])
    starts_at = datetime.fromisoformat(clinic.due["starts_at"]).astimezone(ZONE)
    booked = steps.book_free_slot(admin, clinic, time_words(starts_at.time(), "en"), "Tegid-Wyn")
    link = steps.patients_link(admin, clinic, booked)

    clinician = steps.sign_in(record_connections(person(DESK)), clinic, "clinician")
    expect(steps.board_row(clinician, "Tegid-Wyn")).to_contain_text("Expected")
    patient = steps.open_link(record_connections(person(PHONE, language="cy")), link, BORN)
    expect(patient.locator("html")).to_have_attribute("lang", "cy")
    steps.go_in(patient)

    row = steps.board_row(clinician, "Tegid-Wyn")
    expect(row).to_contain_text(re.compile("Waiting|Early"), timeout=20_000)  # without a reload
    expect(steps.let_in_button(clinician, "Tegid-Wyn")).to_be_visible()
    assert heard_and_seen(patient)["playing"] == 0

    steps.let_in(clinician, "Tegid-Wyn")
    sees_and_hears(patient)
    sees_and_hears(clinician)
    expect(patient.get_by_text("Nia Prydderch").first).to_be_visible()

    _write_note(clinician, "Dizzy on standing, less than last month.")
    _end_as_seen(clinician)
    expect(patient.locator("main:visible h1, main:visible h2").first).to_contain_text(
        re.compile("Diolch|wedi dod i ben|drosodd"), timeout=20_000
    )

    _it_is_all_written_down(clinic, booked)
    _the_calendar_names_nobody(clinic, booked)


def test_before_let_in_nobody_sees_or_hears_even_with_a_tampered_page(
    clinic: Clinic, person: Callable[..., Page]
) -> None:
    visit = clinic.due_elsewhere
    clinician = steps.sign_in(record_connections(person(DESK)), clinic, "clinician", service=1)
    patient = record_connections(person(PHONE))
    steps.open_link(patient, visit["link"], date.fromisoformat(visit["date_of_birth"]))
    steps.go_in(patient)

    clinician.goto(f"{clinic.web}/consultation/{visit['id']}")
    until(patient, lambda: patient.evaluate("window.connections.some((each) => each.connectionState === 'connected')"))
    assert attach_everything(patient) > 0
    clinician.wait_for_timeout(3000)

    assert heard_and_seen(clinician)["playing"] == 0
    assert heard_and_seen(clinician)["sent"] == 0
    seen = heard_and_seen(patient)
    assert (seen["frames"], seen["energy"], seen["playing"]) == (0, 0, 0)


def _write_note(clinician: Page, text: str) -> None:
    clinician.get_by_role("tab", name="Notes").or_(clinician.get_by_role("link", name="Notes")).first.click()
    clinician.locator("textarea[name=note]").fill(text)
    expect(clinician.get_by_text(re.compile("[Ss]aved")).first).to_be_visible()


def _end_as_seen(clinician: Page) -> None:
    clinician.get_by_role("tab", name="Outcome").or_(clinician.get_by_role("link", name="Outcome")).first.click()
    clinician.get_by_role("radio", name="Seen", exact=True).check()
    clinician.get_by_role("radio", name="Attended, on time").check()
    clinician.get_by_role("radio", name="Waiting time stops").check()
    clinician.get_by_role("radio", name="3 months").check()
    clinician.get_by_role("button", name=re.compile("End|Save")).last.click()
    clinician.wait_for_url(re.compile(r"^(?!.*(consultation/[0-9a-f]+$|\?)).*"))


def _it_is_all_written_down(clinic: Clinic, appointment_id: str) -> None:
    with Session(_engine(clinic)) as session:
        encounter = session.scalars(select(Encounter).where(Encounter.appointment_id == appointment_id)).one()
        assert encounter.status is EncounterStatus.FINISHED
        assert (encounter.ending, encounter.attendance, encounter.outcome, encounter.medium) == (
            Ending.SEEN, Attendance.ON_TIME, Outcome.CLOCK_STOPS, Medium.TELEMEDICINE,
        )  # fmt: skip
        assert encounter.note == "Dizzy on standing, less than last month."
        assert session.get_one(Appointment, appointment_id).status is AppointmentStatus.FULFILLED
        events = set(session.scalars(select(RoomEvent.type).where(RoomEvent.room == encounter.room)))
        assert events >= {"participant.waiting", "participant.ready", "participant.admitted", "media.connected"}
        patient_id = session.get_one(Appointment, appointment_id).patient_id
        actions = set(session.scalars(select(AuditEntry.action).where(AuditEntry.patient_id == patient_id)))
        assert actions >= WRITTEN_DOWN


def _the_calendar_names_nobody(clinic: Clinic, appointment_id: str) -> None:
    text = urlopen(clinic.facts["feeds"][0]["url"]).read().decode()
    events = vobject.readOne(text).vevent_list
    with Session(_engine(clinic)) as session:
        uid = session.get_one(Appointment, appointment_id).uid
    assert uid in {event.uid.value for event in events}
    assert not re.search("Tegid-Wyn|Mair|960555|Older people", text)


def _engine(clinic: Clinic) -> object:
    return create_engine(read_settings(clinic.environ).database_url)
