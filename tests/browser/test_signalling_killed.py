"""The signalling service dies in the middle of a call and comes back: nobody in the call has to notice."""

import re
import time
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import DESK, PHONE
from tests.browser.stack import Clinic
from tests.browser.watching import record_connections, sees_and_hears

pytestmark = pytest.mark.browser
LONGEST_GAP_MS = 1500  # a picture that stands longer would be seen; a busy machine must not fail the test
WATCH_FRAMES = """() => {
  const element = [...document.querySelectorAll('video')]
    .find((video) => video.srcObject && !['own', 'preview'].includes(video.id));
  window.gaps = [];
  let last = performance.now();
  const shown = (now) => { window.gaps.push(now - last); last = now; element.requestVideoFrameCallback(shown); };
  element.requestVideoFrameCallback(shown);
}"""


def test_the_picture_goes_on_and_both_come_back_by_themselves(
    sqlite_clinic: Clinic, person: Callable[..., Page]
) -> None:
    clinic = sqlite_clinic
    clinician = steps.sign_in(record_connections(person(DESK)), clinic, "clinician")
    patient = record_connections(person(PHONE))
    steps.open_link(patient, clinic.due["link"], date.fromisoformat(clinic.due["date_of_birth"]))
    steps.go_in(patient)
    steps.let_in(clinician, clinic.due["patient"].rpartition(" ")[2])
    sees_and_hears(patient)
    sees_and_hears(clinician)

    for page in (patient, clinician):
        page.evaluate(WATCH_FRAMES)
    clinic.kill("signalling")
    time.sleep(3)
    clinic.start("signalling")
    patient.wait_for_timeout(8000)

    for page in (patient, clinician):
        gaps = page.evaluate("window.gaps")
        assert len(gaps) > 30
        assert max(gaps) < LONGEST_GAP_MS
        sees_and_hears(page)
    _the_clinician_can_still_ask_her_to_wait(clinician, patient)


def _the_clinician_can_still_ask_her_to_wait(clinician: Page, patient: Page) -> None:
    clinician.get_by_role("button", name="Hold").click()
    expect(patient.get_by_text(re.compile("You are in the waiting room|Rydych chi yn yr ystafell aros"))).to_be_visible(
        timeout=20_000
    )
