"""A nurse beside the patient, and a daughter in another county: the visit has more than two people in it."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import DESK, PHONE
from tests.browser.stack import Clinic
from tests.browser.watching import heard_and_seen, record_connections, sees_and_hears

pytestmark = pytest.mark.browser
TABLET = {"viewport": {"width": 1024, "height": 768}}


def test_a_nurse_presents_a_patient_and_leaving_asks_for_her_again(
    sqlite_clinic: Clinic, person: Callable[..., Page]
) -> None:
    visit = sqlite_clinic.facts["visits"][1]  # at the community hospital
    family_name = visit["patient"].rpartition(" ")[2]
    nurse = steps.sign_in(record_connections(person(TABLET)), sqlite_clinic, "presenter")
    nurse.get_by_role("button", name="This patient is here with me").click()
    nurse.wait_for_url(re.compile("/present/"))
    others = [each["patient"].rpartition(" ")[2] for each in sqlite_clinic.facts["visits"] if each != visit]
    assert not [name for name in others if name in nurse.content()]

    clinician = steps.sign_in(record_connections(person(DESK)), sqlite_clinic, "clinician")
    expect(steps.board_row(clinician, family_name)).not_to_contain_text("Expected", timeout=20_000)
    clinician.goto(f"{sqlite_clinic.web}/consultation/{visit['id']}")
    nurse.wait_for_timeout(3000)
    assert heard_and_seen(clinician)["frames"] == 0  # nothing before "We are ready"

    nurse.get_by_role("button", name="We are ready").click()
    sees_and_hears(clinician)
    sees_and_hears(nurse)

    nurse.get_by_role("button", name="Back to today's list").click()
    expect(nurse.locator("input[type=password]")).to_be_visible()
    assert visit["patient"].rpartition(" ")[2] not in nurse.content()
    nurse.goto(f"{sqlite_clinic.web}/present/{visit['id']}")
    expect(nurse.locator("input[type=password]")).to_be_visible()


def test_a_daughter_joins_from_another_county_once_she_is_let_in(
    sqlite_clinic: Clinic, person: Callable[..., Page]
) -> None:
    visit = sqlite_clinic.due
    born = date.fromisoformat(visit["date_of_birth"])
    clinician = steps.sign_in(record_connections(person(DESK)), sqlite_clinic, "clinician")
    patient = steps.open_link(record_connections(person(PHONE)), visit["link"], born)
    steps.go_in(patient)
    steps.let_in(clinician, visit["patient"].rpartition(" ")[2])
    sees_and_hears(patient)

    daughter = steps.open_link(record_connections(person(PHONE)), visit["carer_link"], born)
    steps.go_in(daughter)
    knock = clinician.locator(".knock").filter(has=clinician.get_by_role("button", name="Let in")).first
    expect(knock).to_be_visible(timeout=20_000)
    assert heard_and_seen(daughter)["playing"] == 0

    knock.get_by_role("button", name="Let in").click()
    for page in (daughter, patient, clinician):
        sees_and_hears(page)
    assert heard_and_seen(daughter)["playing"] >= 2
