"""The clinic's own pages, timed at "Let in": the whole product, with everything else that its pages do."""

from datetime import date
from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser import steps
from tests.browser.conftest import DESK, PHONE
from tests.browser.stack import Clinic

PATIENCE = 20_000  # ms for any one step
SETTLE = 1_000  # ms, so that nothing of the opening of two pages is still going on

# `took`: the ms from the press of "Let in", or from the opening of the page where that is what the press on the board
# does, to the first frame of the patient's picture presented.
WATCH = """
const PATIENCE = 20_000;
let pressed = 0;
addEventListener("click", (event) => event.target.closest("[data-let-in]") && (pressed = event.timeStamp), true);
window.took = new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error("no picture")), PATIENCE);
  new MutationObserver((_, watch) => {
    const picture = document.querySelector(".picture__other");
    if (!picture) return;
    watch.disconnect();
    picture.requestVideoFrameCallback((now) => resolve(now - pressed));
  }).observe(document, { childList: true, subtree: true });
});
"""


class LettingIn:
    """The visit that is due now, with its patient in the waiting room: let in and held again, as often as is asked.

    Between two measurements both browsers show nothing, so that other rows have the machine to themselves.
    """

    def __init__(self, browser: Browser, clinic: Clinic) -> None:
        self._clinician = _page(browser, DESK)
        self._patient = _page(browser, PHONE)
        self._address = f"{clinic.web}/consultation/{clinic.due['id']}"
        self._clinician.add_init_script(WATCH)
        steps.sign_in(self._clinician, clinic, "clinician")
        steps.open_link(self._patient, clinic.due["link"], date.fromisoformat(clinic.due["date_of_birth"]))
        steps.go_in(self._patient)
        self._waiting_room = self._patient.url
        self._patient.wait_for_timeout(SETTLE)  # that she is ready is on its way to the server
        self._leave()

    def on_the_visit_page(self) -> float:
        """Return the ms from "Let in" on the open page of the visit, where the patient knocks."""
        self._wait()
        self._clinician.goto(self._address)
        knock = self._clinician.locator("[data-let-in]")
        knock.wait_for()
        self._clinician.wait_for_timeout(SETTLE)
        knock.click()
        return self._finish()

    def from_the_board(self) -> float:
        """Return the ms from where "Let in" on the board leads to: the visit's page, opened to let her in."""
        self._wait()
        self._clinician.goto(f"{self._address}?let-in=1")
        return self._finish()

    def _wait(self) -> None:
        self._patient.goto(self._waiting_room)
        self._patient.locator("[data-section=waiting]").wait_for()
        self._patient.wait_for_timeout(SETTLE)

    def _finish(self) -> float:
        took = float(self._clinician.evaluate("took"))
        self._clinician.locator('[data-control="hold"]').click()
        self._clinician.locator("[data-let-in]").wait_for()  # held: she knocks again
        self._leave()
        return took

    def _leave(self) -> None:
        for page in (self._clinician, self._patient):
            page.goto("about:blank")


def _page(browser: Browser, device: dict[str, Any]) -> Page:
    page = browser.new_context(permissions=["camera", "microphone"], **device).new_page()
    page.set_default_timeout(PATIENCE)
    return page
