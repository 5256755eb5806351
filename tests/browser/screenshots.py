"""`make screenshots`: the pictures of the README, taken from the running demonstration, so that they never lie."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import time_machine
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from cartref.appointments.models import Appointment, Mode
from cartref.appointments.service import book
from cartref.clinics.models import Slot, SlotState
from cartref.config import read_settings
from cartref.links import service as links
from cartref.links.addresses import Addresses
from cartref.links.models import Holder
from cartref.patients import service as patients
from cartref.patients.details import PatientDetails
from cartref.patients.nhs_number import TraceStatus
from tests.browser.people import give_birth_date, sign_in, wait_until
from tests.browser.portraits import CLINICIAN, PATIENT, Portrait, write
from tests.browser.stack import Clinic, running_clinic
from tests.browser.states import BORN, admin_of
from tests.programs.chromium import launch_options

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
MOST_BYTES = 300_000
PATIENCE = 60_000  # ms
STILL = 1_500  # ms in which a picture of a call settles
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
EARLIER = PatientDetails(
    "Annest", "Gwern-y-go", BORN, title="Mrs", telephone="01632 960871", language="cy", sight_need="Large print",
    address="3 Llwybr y Nant, Bryn Heli", postcode="LL99 8YX", trace_status=TraceStatus.TRACE_REQUIRED,
)  # fmt: skip
SHOWS_A_PICTURE = "[...document.querySelectorAll('.picture__other')].some((video) => video.currentTime > 1)"


class Photographer:
    """Somebody who goes through one morning of the clinic and takes pictures of it."""

    def __init__(self, clinic: Clinic, clinic_side: Browser, patient_side: Browser) -> None:
        self._clinic, self._clinic_side, self._patient_side = clinic, clinic_side, patient_side

    def take_all(self) -> None:
        """Take every picture."""
        earlier_id, earlier_link = book_earlier(self._clinic)
        self._take(self._staff("admin"), "/day", "day")
        clinician = self._staff("clinician")
        self._visit(clinician, earlier_id, self._wait_as_patient(earlier_link, BORN.isoformat()))
        due = self._clinic.due
        self._take(self._wait_as_patient(due["link"], due["date_of_birth"]), "", "waiting")
        self._board(clinician.context.new_page())

    def _staff(self, role: str) -> Page:
        page = self._open(self._clinic_side, DESK)
        person = self._clinic.staff(role)
        sign_in(page, self._clinic.web, person["email"], person["password"])
        return page

    def _wait_as_patient(self, link: str, born: str) -> Page:
        page = self._open(self._patient_side, PHONE)
        page.goto(link)
        give_birth_date(page, born)
        page.locator("main a[href$='/room']").click()
        page.locator("[data-ready]").click()
        expect(page.locator("[data-here]")).to_be_visible(timeout=PATIENCE)
        return page

    def _visit(self, clinician: Page, visit_id: str, patient: Page) -> None:
        clinician.goto(f"{self._clinic.web}/consultation/{visit_id}")
        clinician.locator("[data-let-in]").click()
        for page, name in ((patient, "call"), (clinician, "consultation")):
            wait_until(page, SHOWS_A_PICTURE, PATIENCE)
            self._take(page, "", name)

    def _board(self, board: Page) -> None:
        board.goto(f"{self._clinic.web}/today")
        for kind in ("waiting", "in-visit"):
            expect(board.locator(f".board__row--{kind}")).to_be_visible(timeout=PATIENCE)
        self._take(board, "", "board")

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


def book_earlier(clinic: Clinic) -> tuple[str, str]:
    """Book somebody new into the last free time before the visit that is due; return her visit's id and link."""
    settings = read_settings(clinic.environ)
    engine = create_engine(settings.database_url)
    with Session(engine) as session, session.begin():
        due = session.get_one(Appointment, clinic.due["id"])
        free = (slot for slot in due.session.slots if slot.state is SlotState.FREE and slot.ends_at <= due.starts_at)
        slot = max(free, key=lambda slot: slot.starts_at)
        with time_machine.travel(slot.starts_at - timedelta(days=1)):
            found = _booked(session, slot, Addresses.from_settings(settings))
    engine.dispose()
    return found


def _booked(session: Session, slot: Slot, addresses: Addresses) -> tuple[str, str]:
    admin = admin_of(session)
    visit = book(
        session, admin, addresses=addresses, slot_id=slot.id, mode=Mode.VIDEO_HOME, idempotency_key="earlier",
        patient_id=patients.register(session, admin, EARLIER).id,
    )  # fmt: skip
    link = links.issue(
        session, addresses, visit_id=visit.id, service_id=visit.service_id, holder=Holder.PATIENT,
        holder_id=visit.patient_id,
    )  # fmt: skip
    return visit.id, addresses.url(link)


@contextmanager
def browser_of(playwright: Playwright, portrait: Portrait, data: Path) -> Iterator[Browser]:
    """Start a browser whose camera shows this person."""
    film = write(portrait, data / f"{id(portrait)}.y4m")
    options = launch_options()
    flags = [*options["args"], f"--use-file-for-fake-video-capture={film}", "--hide-scrollbars", "--lang=en-GB"]
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
