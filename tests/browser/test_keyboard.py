"""The admin's and the patient's journeys with the keyboard alone; nothing here touches a mouse."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from cartref.clinics.service import today
from cartref.seed import ZONE
from tests.browser.conftest import PHONE
from tests.browser.keyboard import Keyboard
from tests.browser.stack import Clinic

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SOON = 30_000
BORN = date(1936, 9, 4)


def test_an_admin_needs_no_mouse_from_signing_in_to_cancelling(
    sqlite_clinic: Clinic, person: Callable[..., Page]
) -> None:
    page = person()
    keys = Keyboard(page)

    sign_in(page, keys, sqlite_clinic)
    register(page, keys)
    make_clinic(page, keys)
    book(page, keys)
    cancel(page, keys)

    expect(page.locator("main")).to_contain_text("The appointment is cancelled. The time is free again.")


def test_a_patient_needs_no_mouse_from_the_link_to_the_waiting_room(
    sqlite_clinic: Clinic, person: Callable[..., Page]
) -> None:
    page = person(PHONE)
    keys = Keyboard(page)
    born = date.fromisoformat(sqlite_clinic.due["date_of_birth"])
    page.goto(sqlite_clinic.due["link"])

    type_date(page, keys, "born_on", born)
    keys.press(page.locator("main form button[type=submit]"))
    keys.press(page.locator("main a[href$='/room']"))
    expect(page.locator("[data-ready]")).to_be_visible(timeout=SOON)
    keys.press(page.locator("[data-ready]"))

    expect(page.locator("[data-here]")).to_be_visible(timeout=SOON)
    keys.press(page.locator("[data-opens=ask-cannot-stay]"))
    expect(page.locator("#ask-cannot-stay button[value=stay]")).to_be_focused()
    keys.send()
    expect(page.locator("#ask-cannot-stay")).to_be_hidden()
    expect(page.locator("[data-section=waiting]")).to_be_visible()


def sign_in(page: Page, keys: Keyboard, clinic: Clinic) -> None:
    admin = clinic.staff("admin")
    page.goto(f"{clinic.web}/sign-in")
    keys.type(page.locator("#email"), admin["email"])
    keys.type(page.locator("#password"), admin["password"])
    keys.send()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def register(page: Page, keys: Keyboard) -> None:
    keys.press(page.get_by_role("navigation", name="Main").get_by_role("link", name="Patients"))
    keys.press(page.get_by_role("link", name="Register a patient"))
    keys.type(page.locator("#given_name"), "Gwladys")
    keys.type(page.locator("#family_name"), "Nant-y-glyn")
    type_date(page, keys, "born_on", BORN)
    keys.pick(page.get_by_role("radio", name="Welsh", exact=True))
    keys.press(page.get_by_role("button", name="Register"))
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Nant-y-glyn"))


def make_clinic(page: Page, keys: Keyboard) -> None:
    keys.press(page.get_by_role("navigation", name="Main").get_by_role("link", name="Clinics"))
    keys.press(page.get_by_role("link", name="New clinic"))
    for name, text in (
        ("name", "Memory, Bryn Heli"),
        ("public_name_en", "Bryn Heli clinic"),
        ("public_name_cy", "Clinig Bryn Heli"),
        ("contact_phone", "01632 960321"),
        ("contact_email", "bryn.heli@demo.example"),
    ):
        keys.type(page.locator(f"#{name}"), text)
    keys.send()
    keys.press(page.get_by_role("link", name="Add a pattern"))
    make_pattern(page, keys)


def make_pattern(page: Page, keys: Keyboard) -> None:
    keys.choose(page.locator("#clinician_id"), "Dr Nia Prydderch")
    keys.pick(page.get_by_role("radio", name="Thursday"))
    keys.type(page.locator("#start_wall"), "1:30pm")
    keys.type(page.locator("#end_wall"), "4:30pm")
    type_date(page, keys, "from_date", today(ZONE))
    keys.press(page.get_by_role("button", name="Make the sessions"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Memory, Bryn Heli")


def book(page: Page, keys: Keyboard) -> None:
    keys.press(page.locator("main a[href^='/sessions/']:not([href$='/new'])").nth(1))
    keys.press(page.locator("main a[href^='/appointments/new']").first)
    keys.type(page.locator("#q"), "Nant-y-glyn")
    keys.send()
    keys.press(page.locator("main").get_by_role("link", name=re.compile("Nant-y-glyn")))
    keys.pick(page.get_by_role("radio", name="Video at home"))
    keys.press(page.get_by_role("button", name="Book this time"))
    expect(page.locator("main")).to_contain_text("The appointment is booked.")


def cancel(page: Page, keys: Keyboard) -> None:
    keys.press(page.locator("main a[href$='/cancel']"))
    keys.pick(page.get_by_role("radio", name="The clinician is away"))
    keys.press(page.get_by_role("button", name="Cancel the appointment"))


def type_date(page: Page, keys: Keyboard, name: str, day: date) -> None:
    for part in ("day", "month", "year"):
        keys.type(page.locator(f"#{name}-{part}"), str(getattr(day, part)))
