"""How soon the clinician reads what the nurse saved: from the press at the community hospital to the line."""

import re
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import steps
from tests.browser.conftest import DESK
from tests.browser.people import wait_until
from tests.browser.stack import Clinic, running_clinic
from tests.programs.chromium import launch_options

ROUNDS = 20
PATIENCE = 20_000  # ms for any one step
COUNT = "document.querySelectorAll('#examination [data-part=values] .taken__value').length"
# The page notes by itself when a line comes, by the wall clock that both browsers of this machine share.
WATCH = """() => {
  const list = document.querySelector('#examination [data-part=values]');
  window.came = 0;
  new MutationObserver(() => { window.came = Date.now(); }).observe(list, {childList: true, subtree: true});
}"""
PRESSED = """() => {
  window.pressed = 0;
  addEventListener('submit', () => { window.pressed = Date.now(); }, true);
}"""
LEGEND = f"""\
ms from the press of "Save" on the nurse's page to the line on the clinician's, both talking; {ROUNDS} values
by the socket      told by the call's socket that there is something new, fetched from the clinic; aim: 2,000 or less"""


def run() -> str:
    """Return a table: median, quarters and the most, over values saved one after the other."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_clinic(Path(folder) / "clinic") as clinic,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(**launch_options())
        nurse, clinician = _opened(browser, clinic)
        times = [_save(nurse, clinician, 60 + number) for number in range(ROUNDS)]
        browser.close()
    low, middle, high = statistics.quantiles(times, n=4)
    return "\n".join(
        (
            f"{'':20}{'median':>8}{'quarter':>9}{'three q.':>9}{'most':>8}",
            f"{'by the socket':20}{middle:8.0f}{low:9.0f}{high:9.0f}{max(times):8.0f}",
            LEGEND,
        )
    )


def _opened(browser: Browser, clinic: Clinic) -> tuple[Page, Page]:
    visit = clinic.facts["visits"][1]  # at the community hospital
    nurse, clinician = (browser.new_context(**DESK, permissions=["camera", "microphone"]).new_page() for _ in range(2))
    for page, role, address in ((nurse, "presenter", "present"), (clinician, "clinician", "consultation")):
        page.set_default_timeout(PATIENCE)
        steps.sign_in(page, clinic, role)
        page.goto(f"{clinic.web}/{address}/{visit['id']}")
    nurse.get_by_role("button", name="We are ready").click()
    clinician.locator(".picture__other").wait_for()
    clinician.get_by_role("link", name=re.compile("^Examination")).click()
    nurse.evaluate(PRESSED)
    clinician.evaluate(WATCH)
    return nurse, clinician


def _save(nurse: Page, clinician: Page, pulse: int) -> float:
    before = clinician.evaluate(COUNT)
    nurse.locator("#v-pulse").fill(str(pulse))
    nurse.locator("#v-pulse").press("Enter")
    wait_until(clinician, f"{COUNT} > {before}")
    time.sleep(0.3)  # the next one begins on two pages at rest
    return float(clinician.evaluate("came")) - float(nurse.evaluate("pressed"))


if __name__ == "__main__":
    print(run())
