"""Down the ladder and up again, each by one press of the clinician, and what the patient's page says of it."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import DESK, PHONE
from tests.browser.stack import Clinic
from tests.browser.watching import heard_and_seen, record_connections, sees_and_hears, until

pytestmark = pytest.mark.browser
SOON = 45_000  # ms: the patient's page asks every 20 s how the visit stands


def test_by_one_press_each_to_sound_to_the_telephone_and_back_to_the_picture(
    sqlite_clinic: Clinic, person: Callable[..., Page]
) -> None:
    visit = sqlite_clinic.due
    clinician = steps.sign_in(record_connections(person(DESK)), sqlite_clinic, "clinician")
    patient = record_connections(person(PHONE, language="en"))
    patient.context.add_cookies([{"name": "cartref_language", "value": "en", "url": sqlite_clinic.web}])
    steps.open_link(patient, visit["link"], date.fromisoformat(visit["date_of_birth"]))
    steps.go_in(patient)
    clinician.goto(f"{sqlite_clinic.web}/consultation/{visit['id']}?let-in")
    for page in (clinician, patient):
        sees_and_hears(page)

    clinician.get_by_role("button", name="Sound only").click()

    for page in (clinician, patient):
        expect(page.locator("[data-paused]")).to_contain_text("paused so that you can hear each other")
    expect(patient.get_by_role("heading", name="The picture is paused so that you can hear each other")).to_be_visible()
    _only_sound(patient)
    _only_sound(clinician)

    clinician.get_by_role("button", name="Try the picture again").click()

    for page in (clinician, patient):
        expect(page.locator("[data-paused]")).to_contain_text("The picture is back.")
        sees_and_hears(page)

    clinician.get_by_role("button", name="Ring instead").click()

    expect(patient.get_by_text("The clinic will telephone you.").locator("visible=true")).to_be_visible()
    expect(clinician.get_by_role("heading", name="By telephone: ring now")).to_be_visible()

    with patient.expect_navigation(timeout=SOON), clinician.expect_navigation():  # each page loads anew for the room
        clinician.get_by_role("button", name="Try the picture again").click()

    for page in (clinician, patient):
        sees_and_hears(page, SOON / 1000)
    clinician.get_by_role("link", name="Outcome").click()
    record = clinician.get_by_role("region", name="How the visit went over the line")
    for words in ("Sound only, the clinic chose it", "Telephone, the clinic chose to ring", "Picture and sound"):
        expect(record.get_by_text(re.compile(words)).first).to_be_visible()

    clinician.get_by_role("button", name="Another day").click()

    expect(clinician.get_by_role("radio", name="Could not connect")).to_be_checked()


def _only_sound(page: Page) -> None:
    """Wait until sound comes and no more frames do."""

    def holds() -> bool:
        before = heard_and_seen(page)
        page.wait_for_timeout(1500)
        after = heard_and_seen(page)
        return after["frames"] == before["frames"] and after["energy"] > before["energy"]

    until(page, holds)
