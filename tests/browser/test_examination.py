"""The nurse takes blood pressure beside the patient; the clinician reads it, whatever becomes of line and page."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser import steps
from tests.browser.conftest import DESK
from tests.browser.stack import Clinic
from tests.browser.watching import record_connections, sees_and_hears
from tests.programs.chromium import launch_options

pytestmark = pytest.mark.browser
TABLET = {"viewport": {"width": 1024, "height": 768}, "has_touch": True}
PATIENCE = 20_000  # ms
# Chromium's second pretended camera measures depth, and has no picture that a call could send.
WITHOUT_DEPTH = """
const list = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
navigator.mediaDevices.enumerateDevices = async () =>
  (await list()).filter(({ label }) => label !== 'fake_device_1');
"""
FAKE_CAMERA = "--use-fake-device-for-media-stream"
CAMERA = "document.getElementById('own').srcObject.getVideoTracks()[0].getSettings().deviceId"
# A script for a page whose sockets, or whose requests too, can be cut by `cut("sockets")` and `cut("all")`.
CUTTABLE = """
const Plain = window.WebSocket, plainFetch = window.fetch.bind(window);
const sockets = new Set();
const isCut = (...what) => what.includes(sessionStorage.getItem('cut'));
window.cut = (what) => {
  sessionStorage.setItem('cut', what);
  if (what) for (const socket of sockets) socket.close();
};
window.WebSocket = class extends Plain {
  constructor(...given) {
    super(...given);
    sockets.add(this);
    if (isCut('sockets', 'all')) this.close();
  }
};
window.fetch = (...given) => (isCut('all') ? Promise.reject(new TypeError('cut')) : plainFetch(...given));
"""


@dataclass
class Beside:
    """A nurse at her desk with the patient, and the clinician who sees them both."""

    nurse: Page
    clinician: Page

    def take(self, slot: str, *numbers: str) -> None:
        """Type a value and press its button."""
        form = self.nurse.locator(f'form[data-sends="{slot}"]')
        for box, number in zip(form.locator(".obs__number").all(), numbers, strict=False):
            box.fill(number)
        form.get_by_role("button", name=re.compile("^Save")).click()


@pytest.fixture
def beside(sqlite_clinic: Clinic, person: Callable[..., Page]) -> Iterator[Beside]:
    """Return both at their pages, talking."""
    visit = sqlite_clinic.facts["visits"][1]  # at the community hospital
    nurse, clinician = record_connections(person(TABLET)), record_connections(person(DESK))
    for page in (nurse, clinician):
        page.add_init_script(CUTTABLE)
    steps.sign_in(nurse, sqlite_clinic, "presenter")
    if (here := nurse.get_by_role("button", name="This patient is here with me")).count():
        here.first.click()
    nurse.goto(f"{sqlite_clinic.web}/present/{visit['id']}")
    steps.sign_in(clinician, sqlite_clinic, "clinician")
    clinician.goto(f"{sqlite_clinic.web}/consultation/{visit['id']}")
    nurse.get_by_role("button", name="We are ready").click()
    sees_and_hears(clinician)
    clinician.get_by_role("link", name=re.compile("^Examination")).click()
    yield Beside(nurse, clinician)


def test_pressure_lying_and_standing_reaches_the_clinician_and_what_is_asked_is_done(beside: Beside) -> None:
    readings = beside.clinician.locator('#examination [data-part="values"]')
    beside.take("lying", "148", "82")
    expect(readings).to_contain_text("148/82", timeout=PATIENCE)
    beside.take("standing-1", "126", "74")
    expect(readings).to_contain_text("This is a postural drop", timeout=PATIENCE)

    beside.take("pulse", "38")  # unusual: asked about once
    beside.nurse.get_by_role("button", name="Measured twice").locator("visible=true").click()
    expect(readings).to_contain_text("Unusual: Measured twice", timeout=PATIENCE)

    beside.clinician.locator("#ask-text").fill("Look at the left foot")
    beside.clinician.get_by_role("button", name="Ask", exact=True).click()
    asked = beside.nurse.locator('[data-part="asks"] li').filter(has_text="Look at the left foot")
    expect(asked).to_be_visible(timeout=PATIENCE)
    asked.get_by_role("textbox").fill("Swollen to the knee")
    asked.get_by_role("button", name=re.compile("^Done")).click()
    expect(beside.clinician.locator('#examination [data-part="asks"]')).to_contain_text(
        "Swollen to the knee", timeout=PATIENCE
    )

    beside.nurse.get_by_role("button", name="Sign my values").click()
    expect(readings).not_to_contain_text("Not signed yet", timeout=PATIENCE)


def test_without_a_line_nothing_that_was_typed_is_lost(beside: Beside) -> None:
    readings = beside.clinician.locator('#examination [data-part="values"]')
    beside.nurse.evaluate("cut('all')")
    beside.take("temperature", "36.4")
    weight = beside.nurse.locator('form[data-sends="weight"]')
    weight.locator(".obs__number").fill("54")
    expect(beside.nurse.locator('form[data-sends="temperature"] [data-said]')).to_contain_text("Kept on this device")

    beside.nurse.reload()  # the page comes from the clinic; its script is still without a line
    expect(weight.locator(".obs__number")).to_have_value("54")
    expect(readings).not_to_contain_text("36.4")

    beside.nurse.evaluate("cut('')")
    expect(readings).to_contain_text("36.4", timeout=40_000)
    expect(readings.get_by_text("36.4")).to_have_count(1)


def test_a_value_arrives_though_the_clinician_has_no_socket(beside: Beside) -> None:
    beside.clinician.evaluate("cut('sockets')")

    beside.take("glucose", "6.2")

    expect(beside.clinician.locator('#examination [data-part="values"]')).to_contain_text("6.2", timeout=40_000)


def test_a_second_camera_is_shown_and_put_away_again(
    sqlite_clinic: Clinic, person: Callable[..., Page], playwright: Playwright
) -> None:
    visit = sqlite_clinic.facts["visits"][1]
    options = launch_options()
    options["args"] = [*options["args"], f"{FAKE_CAMERA}=device-count=3"]
    clinician = steps.sign_in(record_connections(person(DESK)), sqlite_clinic, "clinician")
    clinician.goto(f"{sqlite_clinic.web}/consultation/{visit['id']}")
    with playwright.chromium.launch(**options) as browser:
        nurse = browser.new_context(**TABLET, permissions=["camera", "microphone"]).new_page()
        nurse.add_init_script(WITHOUT_DEPTH)
        steps.sign_in(nurse, sqlite_clinic, "presenter")
        nurse.goto(f"{sqlite_clinic.web}/present/{visit['id']}")
        nurse.get_by_role("button", name="We are ready").click()
        sees_and_hears(clinician)
        first = nurse.evaluate(CAMERA)

        nurse.get_by_role("button", name="Show the other camera").click()
        expect(clinician.locator(".name-tag")).to_contain_text("Second camera", timeout=PATIENCE)
        assert nurse.evaluate(CAMERA) != first
        sees_and_hears(clinician)

        nurse.get_by_role("button", name="Back to the first camera").click()
        expect(clinician.locator(".name-tag")).not_to_contain_text("Second camera", timeout=PATIENCE)
        assert nurse.evaluate(CAMERA) == first
