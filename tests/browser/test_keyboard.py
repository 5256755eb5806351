"""The admin's and the patient's journeys with the keyboard alone; nothing here touches a mouse."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cartref.clinics.service import today
from cartref.seed import ZONE
from tests.browser import steps
from tests.browser.conftest import PHONE
from tests.browser.keyboard import Keyboard
from tests.browser.stack import Clinic

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SOON = 30_000
BORN = date(1936, 9, 4)
NAME = re.compile("Nant-y-glyn")
NOTE_WHEN_PRINTED = "addEventListener('beforeprint', () => { document.body.dataset.printed = 'yes'; })"


def test_an_admin_needs_no_mouse_from_signing_in_to_cancelling(
    sqlite_clinic: Clinic, person: Callable[..., Page]
) -> None:
    page = person()
    keys = Keyboard(page)

    sign_in(page, keys, sqlite_clinic, "admin")
    register(page, keys)
    make_clinic(page, keys)
    book(page, keys)
    hand_over_the_link(page, keys)
    confirm(page, keys)
    move(page, keys)
    export(page, keys)
    cancel(page, keys)

    expect(page.locator("main")).to_contain_text("The appointment is cancelled. The time is free again.")


@pytest.mark.parametrize(("language", "service"), [("en", 0), ("cy", 1)])
def test_a_patient_needs_no_mouse_from_the_link_to_hanging_up(
    sqlite_clinic: Clinic, person: Callable[..., Page], language: str, service: int
) -> None:
    visit = sqlite_clinic.due_elsewhere if service else sqlite_clinic.due
    patient = person(PHONE)
    patient.add_init_script(steps.REFUSABLE)
    keys = Keyboard(patient)

    open_link(patient, keys, visit, language)
    check(patient, keys)
    wait(patient, keys)
    let_in(person(), sqlite_clinic, visit, service)
    switch_sound_and_picture(patient, keys)
    ask_for_sound(patient, keys)
    mend_the_camera(patient, keys)
    hang_up(patient, keys)


def sign_in(page: Page, keys: Keyboard, clinic: Clinic, role: str, service: int = 0) -> None:
    member = clinic.staff(role, service)
    page.goto(f"{clinic.web}/sign-in")
    keys.type(page.locator("#email"), member["email"])
    keys.type(page.locator("#password"), member["password"])
    keys.send()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def register(page: Page, keys: Keyboard) -> None:
    to(page, keys, "Patients")
    keys.press(page.get_by_role("link", name="Register a patient"))
    keys.type(page.locator("#given_name"), "Gwladys")
    keys.type(page.locator("#family_name"), "Nant-y-glyn")
    type_date(page, keys, "born_on", BORN)
    keys.type(page.locator("#email"), "gwladys@demo.example")
    keys.pick(page.get_by_role("radio", name="Welsh", exact=True))
    keys.use(page.locator("#email_consent"), "Space")
    keys.press(page.get_by_role("button", name="Register"))
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)


def make_clinic(page: Page, keys: Keyboard) -> None:
    to(page, keys, "Clinics")
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
    keys.press(page.locator("main").get_by_role("link", name=NAME))
    keys.pick(page.get_by_role("radio", name="Video at home"))
    keys.press(page.get_by_role("button", name="Book this time"))
    expect(page.locator("main")).to_contain_text("The appointment is booked.")


def hand_over_the_link(page: Page, keys: Keyboard) -> None:
    """Copy the link, then print it in a letter."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    keys.use(page.locator("[data-copies]").first)
    expect(page.locator("[data-copied]").first).to_have_text("Copied")
    link = page.locator("main input[readonly]").first.input_value()
    assert page.evaluate("navigator.clipboard.readText()") == link

    keys.press(page.get_by_role("link", name="Print with QR code"))
    expect(page.locator(".letter__address")).to_have_text(link)
    page.evaluate(NOTE_WHEN_PRINTED)
    keys.use(page.locator("[data-prints]"))
    expect(page.locator("body")).to_have_attribute("data-printed", "yes")
    keys.press(page.get_by_role("link", name="Back to the appointment"))


def confirm(page: Page, keys: Keyboard) -> None:
    keys.press(page.get_by_role("button", name="Send the confirmation"))
    expect(page.locator("main")).to_contain_text("The confirmation goes by e-mail")


def move(page: Page, keys: Keyboard) -> None:
    """Take a later time than the soonest, which may be over before it is reached."""
    before = page.get_by_role("heading", level=1).inner_text()
    keys.press(page.get_by_role("link", name="Move", exact=True))
    keys.press(page.get_by_role("button", name=re.compile("^Move to this time")).nth(2))
    expect(page.locator("main")).to_contain_text("The appointment has moved, and the links stay the same.")
    assert page.get_by_role("heading", level=1).inner_text() != before


def export(page: Page, keys: Keyboard) -> None:
    """Take away the clinic's calendar and the day's list, and come back to the appointment."""
    to(page, keys, "Clinics")
    keys.press(page.locator("main").get_by_role("link", name="Older people, Glan Llyn"))
    calendar = downloaded(page, keys, "Calendar (.ics)")
    assert calendar.startswith("BEGIN:VCALENDAR")
    assert not NAME.search(calendar)
    to(page, keys, "Patients")
    keys.type(page.locator("#q"), "Nant-y-glyn")
    keys.send()
    keys.press(page.locator("main").get_by_role("link", name=NAME))
    keys.press(page.locator("section[aria-labelledby=appointments] a[href^='/appointments/']").first)
    keys.press(page.locator("main a[href*='/day?date=']"))
    assert NAME.search(downloaded(page, keys, "Day list (CSV)"))
    keys.press(page.locator("main").get_by_role("link", name=NAME))


def cancel(page: Page, keys: Keyboard) -> None:
    keys.press(page.locator("main a[href$='/cancel']"))
    keys.pick(page.get_by_role("radio", name="The clinician is away"))
    keys.press(page.get_by_role("button", name="Cancel the appointment"))


def open_link(page: Page, keys: Keyboard, visit: dict[str, Any], language: str) -> None:
    page.goto(visit["link"])
    if page.locator("html").get_attribute("lang") != language:
        keys.press(page.locator("[data-language-switch]").first)
    expect(page.locator("html")).to_have_attribute("lang", language)
    type_date(page, keys, "born_on", date.fromisoformat(visit["date_of_birth"]))
    keys.press(page.locator("main form button[type=submit]"))


def check(page: Page, keys: Keyboard) -> None:
    keys.press(page.locator("main a[href$='/room']"))
    expect(page.locator("[data-ready]")).to_be_visible(timeout=SOON)
    keys.press(page.locator("[data-ready]"))
    is_in_the_waiting_room(page)
    keys.is_on_the_page()


def wait(page: Page, keys: Keyboard) -> None:
    room = page.locator("[data-section=waiting]")
    keys.use(room.locator("[data-bell]"), "Space")
    keys.use(room.locator("[data-wish=cannot-hear]"))
    expect(room.locator("[data-note=cannot-hear]")).to_be_visible()
    asks_once(page, keys, "ask-cannot-stay")
    is_in_the_waiting_room(page)

    keys.press(room.locator("[data-wish=ring]"))
    expect(page.locator("[data-section~=ring]")).to_be_visible()
    keys.is_on_the_page()
    keys.press(page.locator("[data-go-back]"))
    is_in_the_waiting_room(page)
    keys.is_on_the_page()

    page.reload()
    is_in_the_waiting_room(page)
    keys.is_on_the_page()


def let_in(page: Page, clinic: Clinic, visit: dict[str, Any], service: int) -> None:
    keys = Keyboard(page)
    sign_in(page, keys, clinic, "clinician", service)
    keys.press(page.locator(f"[data-row='{visit['id']}'] a[href$='let-in=1']"))
    page.wait_for_url(re.compile("/consultation/"))


def switch_sound_and_picture(page: Page, keys: Keyboard) -> None:
    expect(page.locator("[data-section=call]")).to_be_visible(timeout=SOON)
    keys.is_on_the_page()
    for name in ("mute", "hide"):
        control = page.locator(f"[data-control={name}]")
        for key, pressed in (("Enter", "true"), ("Space", "false")):
            keys.use(control, key)
            expect(control).to_have_attribute("data-pressed", pressed)


def ask_for_sound(page: Page, keys: Keyboard) -> None:
    """Press what stands there where a browser plays no sound unasked; this one was told to."""
    button = page.locator("[data-sound-off]")
    button.evaluate("button => { button.hidden = false; }")
    keys.press(button)
    expect(button).to_be_hidden()
    keys.is_on_the_page()


def mend_the_camera(page: Page, keys: Keyboard) -> None:
    """Press "Try again" when the camera is lost; the button goes, and the focus with it, but not out of the page."""
    steps.refuse_camera(page)
    page.evaluate("document.querySelector('#own').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))")
    fault = page.locator("[data-with=call] [data-fault]")
    expect(fault).to_be_visible()
    steps.refuse_camera(page, refused=False)
    keys.press(fault.locator("[data-mend]"))
    expect(fault).to_be_hidden()
    keys.is_on_the_page()


def hang_up(page: Page, keys: Keyboard) -> None:
    asks_once(page, keys, "ask-hang-up")
    expect(page.locator("[data-section=call]")).to_be_visible()

    keys.press(page.locator("[data-opens=ask-hang-up]"))
    keys.press(page.locator("#ask-hang-up button[value=leave]"))
    left = page.locator("[data-section=left]")
    expect(left).to_be_visible()
    keys.is_on_the_page()
    keys.press(left.locator("[data-rejoin]"))
    expect(left).to_be_hidden()
    keys.is_on_the_page()


def asks_once(page: Page, keys: Keyboard, name: str) -> None:
    """Open the question, leave it by Escape and by its safe answer; the focus returns to what opened it."""
    opener, stay = page.locator(f"[data-opens={name}]"), page.locator(f"#{name} button[value=stay]")
    for answer in (keys.leave, keys.send):
        keys.press(opener)
        expect(stay).to_be_focused()
        keys.is_kept_in(page.locator(f"#{name}"))
        keys.go_to(stay)
        answer()
        expect(page.locator(f"#{name}")).to_be_hidden()
        expect(opener).to_be_focused()


def is_in_the_waiting_room(page: Page) -> None:
    expect(page.locator("[data-here]")).to_be_visible(timeout=SOON)


def to(page: Page, keys: Keyboard, name: str) -> None:
    keys.press(page.get_by_role("navigation", name="Main").get_by_role("link", name=name))


def downloaded(page: Page, keys: Keyboard, name: str) -> str:
    with page.expect_download() as download:
        keys.press(page.get_by_role("link", name=name))
    return Path(download.value.path()).read_text("utf-8")


def type_date(page: Page, keys: Keyboard, name: str, day: date) -> None:
    for part in ("day", "month", "year"):
        keys.type(page.locator(f"#{name}-{part}"), str(getattr(day, part)))
