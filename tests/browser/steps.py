"""What people do in the clinic, in the clinic's words: the steps that browser tests are made of."""

import re
from datetime import date

from playwright.sync_api import Locator, Page, expect

from tests.browser.stack import Clinic

# A script for a page whose camera can be refused later, by `refuse_camera`.
REFUSABLE = """
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (wanted) =>
  wanted.video && localStorage.getItem('camera') === 'refused'
    ? Promise.reject(new DOMException('', 'NotAllowedError'))
    : open(wanted);
"""
DATE_LABELS = ("Day|Diwrnod", "Month|Mis", "Year|Blwyddyn")


def sign_in(page: Page, clinic: Clinic, role: str, service: int = 0) -> Page:
    """Sign in as somebody of the demonstration."""
    person = clinic.staff(role, service)
    page.goto(f"{clinic.web}/sign-in")
    page.locator("input[name=email]").fill(person["email"])
    page.locator("input[name=password]").fill(person["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(r"^(?!.*/sign-in)"))
    return page


def register_patient(page: Page, clinic: Clinic, *, given: str, family: str, born_on: date, **fields: str) -> str:
    """Register a patient and return the address of her page."""
    page.goto(f"{clinic.web}/patients/new")
    page.get_by_label("First name", exact=True).fill(given)
    page.get_by_label("Last name", exact=True).fill(family)
    fill_date(page, born_on)
    for label, text in fields.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(text)
    page.get_by_role("radio", name="Welsh", exact=True).check()
    page.get_by_role("button", name="Register").click()
    page.wait_for_url(re.compile(r"/patients/[0-9a-f]{24}$"))
    return page.url


def fill_date(page: Page, day: date) -> None:
    """Type a date into the page's three boxes."""
    for labels, part in zip(DATE_LABELS, (day.day, day.month, day.year), strict=True):
        page.get_by_label(re.compile(rf"^\s*({labels})\s*$")).fill(str(part))


def cancel(page: Page, clinic: Clinic, appointment_id: str) -> None:
    """Cancel an appointment, the patient being unwell."""
    page.goto(f"{clinic.web}/appointments/{appointment_id}/cancel")
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Cancel the appointment").click()
    page.wait_for_url(re.compile(rf"/appointments/{appointment_id}$"))


def book_free_slot(page: Page, clinic: Clinic, slot_time: str, patient_name: str) -> str:
    """Book today's free slot at `slot_time` for a video visit at home and return the appointment's id."""
    page.goto(f"{clinic.web}/day")
    row = page.locator("main li, main tr, main article").filter(has=page.get_by_text(slot_time, exact=True)).last
    row.get_by_role("link", name="Book").click()
    page.get_by_role("searchbox").or_(page.locator("main input[name=q]")).first.fill(patient_name)
    page.keyboard.press("Enter")
    page.locator("main").get_by_role("link", name=re.compile(patient_name)).first.click()
    page.get_by_role("radio", name="Video at home").check()
    page.get_by_role("button", name="Book this time").click()
    page.wait_for_url(re.compile(r"/appointments/[0-9a-f]{24}$"))
    return page.url.rpartition("/")[2]


def patients_link(page: Page, clinic: Clinic, appointment_id: str) -> str:
    """Return the link to hand to the patient, as the appointment's page shows it."""
    page.goto(f"{clinic.web}/appointments/{appointment_id}")
    return page.locator("main input[readonly][value*='/v/']").first.input_value()


def open_link(page: Page, link: str, born_on: date) -> Page:
    """Open a visit's link and say when the patient was born."""
    page.goto(link)
    fill_date(page, born_on)
    page.locator("main form button[type=submit]").click()
    return page


def go_in(page: Page) -> Page:
    """Go from the welcome page through the camera check to the waiting room."""
    page.locator("main a[href$='/room']").first.click()
    ready = page.get_by_role("button", name=re.compile("^(I am ready|Rwy'n barod)$"))
    expect(ready).to_be_visible(timeout=30_000)
    ready.click()
    expect(page.get_by_text(re.compile("You are in the waiting room|Rydych chi yn yr ystafell aros"))).to_be_visible()
    return page


def board_row(board: Page, patient_name: str) -> Locator:
    """Return the board's row of a patient."""
    return board.locator("main tr, main li").filter(has_text=patient_name).first


def let_in_button(board: Page, patient_name: str) -> Locator:
    """Return what lets the patient in, whether it is drawn as a link or as a button."""
    row, words = board_row(board, patient_name), re.compile("^Let in")
    return row.get_by_role("link", name=words).or_(row.get_by_role("button", name=words))


def let_in(board: Page, patient_name: str) -> Page:
    """Let the patient in from the board; the page becomes the visit."""
    let_in_button(board, patient_name).click()
    board.wait_for_url(re.compile("/consultation/"))
    return board


def refuse_camera(page: Page, refused: bool = True) -> None:
    """Let the browser refuse the camera from now on, or allow it again."""
    page.evaluate("(answer) => localStorage.setItem('camera', answer)", "refused" if refused else "allowed")
