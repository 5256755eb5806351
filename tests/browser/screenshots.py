"""`make screenshots`: the pictures of the README, taken from the running demonstration, so that they never lie."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.browser.people import give_birth_date, sign_in
from tests.browser.portraits import CLINICIAN, PATIENT, Portrait, write
from tests.browser.stack import Clinic, running_clinic
from tests.programs.chromium import launch_options

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
MOST_BYTES = 300_000
PATIENCE = 60_000  # ms
STILL = 1_500  # ms in which a picture of a call settles
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
SHOWS_A_PICTURE = "[...document.querySelectorAll('.picture__other')].some((video) => video.currentTime > 1)"


class Photographer:
    """Somebody who goes through one morning of the clinic and takes pictures of it."""

    def __init__(self, clinic: Clinic, clinic_side: Browser, patient_side: Browser) -> None:
        self._clinic, self._clinic_side, self._patient_side = clinic, clinic_side, patient_side

    def take_all(self) -> None:
        """Take every picture."""
        clinician = self._staff("clinician")
        self._take(self._staff("admin"), "/day", "day")
        patient = self._wait_as_patient()
        self._take(patient, "", "waiting")
        self._visit(clinician, patient)
        self._present()
        board = clinician.context.new_page()
        board.goto(f"{self._clinic.web}/today")
        expect(board.locator(".board__row--waiting")).to_be_visible(timeout=PATIENCE)
        expect(board.locator(".board__row--in-visit")).to_be_visible(timeout=PATIENCE)
        self._take(board, "", "board")

    def _staff(self, role: str) -> Page:
        page = self._open(self._clinic_side, DESK)
        person = self._clinic.staff(role)
        sign_in(page, self._clinic.web, person["email"], person["password"])
        return page

    def _wait_as_patient(self) -> Page:
        due, page = self._clinic.due, self._open(self._patient_side, PHONE)
        page.goto(due["link"])
        give_birth_date(page, due["date_of_birth"])
        page.locator("main a[href$='/room']").click()
        page.locator("[data-ready]").click()
        expect(page.locator("[data-here]")).to_be_visible(timeout=PATIENCE)
        return page

    def _visit(self, clinician: Page, patient: Page) -> None:
        clinician.goto(f"{self._clinic.web}/consultation/{self._clinic.due['id']}")
        clinician.locator("[data-let-in]").click()
        for page, name in ((patient, "call"), (clinician, "consultation")):
            page.wait_for_function(SHOWS_A_PICTURE)
            self._take(page, "", name)

    def _present(self) -> None:
        """Bring the next patient to the nurse at the site, so that she waits."""
        presenter = self._staff("presenter")
        presenter.locator("main form[action$='/arrived'] button").first.click()
        presenter.locator("[data-ready]").click()

    def _take(self, page: Page, path: str, name: str) -> None:
        if path:
            page.goto(f"{self._clinic.web}{path}")
        page.mouse.move(0, 0)
        page.wait_for_timeout(STILL)
        picture = page.screenshot(animations="disabled")
        if len(picture) > MOST_BYTES:
            raise ValueError(f"{name}.png would have {len(picture)} bytes")
        (FOLDER / f"{name}.png").write_bytes(picture)

    def _open(self, browser: Browser, size: dict[str, int]) -> Page:
        phone = size is PHONE
        context = browser.new_context(
            viewport={"width": size["width"], "height": size["height"]}, is_mobile=phone, has_touch=phone,
            locale="en-GB", permissions=["camera", "microphone"],
        )  # fmt: skip
        context.add_cookies([{"name": "cartref_language", "value": "en", "url": self._clinic.web}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        return page


@contextmanager
def browser_of(playwright: Playwright, portrait: Portrait, data: Path) -> Iterator[Browser]:
    """Start a browser whose camera shows this person."""
    film = write(portrait, data / f"{id(portrait)}.y4m")
    options = launch_options()
    flags = [*options["args"], f"--use-file-for-fake-video-capture={film}", "--hide-scrollbars"]
    browser = playwright.chromium.launch(**(options | {"args": flags}))
    yield browser
    browser.close()


def main() -> None:
    """Take the pictures and say where they are."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = Path(folder)
        with (
            running_clinic(data / "clinic") as clinic,
            browser_of(playwright, CLINICIAN, data) as clinic_side,
            browser_of(playwright, PATIENT, data) as patient_side,
        ):
            Photographer(clinic, clinic_side, patient_side).take_all()
    print("\n".join(str(path) for path in sorted(FOLDER.glob("*.png"))))


if __name__ == "__main__":
    main()
