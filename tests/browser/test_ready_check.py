"""The ready check, in a real browser: through to "ready", the way out of a blocked camera, and the rescue."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cartref import clock
from tests.browser.conftest import PHONE
from tests.browser.stack import Clinic
from tests.browser.steps import REFUSABLE, board_row, open_link, refuse_camera, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1"
A_WHILE = 60_000  # ms that a line may take to be measured on a machine that has other things to do
Person = Callable[..., Page]


def to_come(clinic: Clinic, place: int) -> dict[str, Any]:
    """Return one of the first service's visits by video from home that has not begun."""
    soon = clock.now() + timedelta(minutes=2)
    hers = [visit for visit in clinic.facts["visits"] if visit["service"] == clinic.due["service"]]
    at_home = [visit for visit in hers if visit["mode"] == "video-home"]
    return dict([visit for visit in at_home if datetime.fromisoformat(visit["starts_at"]) > soon][place])


def open_check(page: Page, clinic: Clinic, visit: dict[str, Any], language: str) -> Page:
    """Open a visit's link, give the birth date, and go to the check."""
    page.goto(f"{clinic.web}/contact?lang={language}")
    open_link(page, visit["link"], date.fromisoformat(visit["date_of_birth"]))
    page.goto(f"{clinic.web}/visit/{visit['id']}/check")
    return page


def screen(page: Page, name: str) -> Any:
    """Return one screen of the check."""
    return page.locator(f"main[data-section={name}]")


def begin(page: Page) -> None:
    """Press what begins the check."""
    page.locator("[data-begin]").first.click()


def go_on(page: Page, part: str) -> None:
    """Go on from a part that works."""
    button = screen(page, part).locator("[data-go-next]")
    expect(button).to_be_visible(timeout=A_WHILE)
    button.click()


def test_a_patient_checks_her_tablet_in_welsh_and_is_ready(sqlite_clinic: Clinic, person: Person) -> None:
    page = open_check(person(PHONE, language="cy"), sqlite_clinic, to_come(sqlite_clinic, 0), "cy")
    expect(page.get_by_role("heading", level=1)).to_have_text("Gwiriwch eich camera a'ch sain")

    begin(page)
    expect(screen(page, "camera").get_by_role("heading")).to_have_text("Mae eich camera yn gweithio", timeout=A_WHILE)
    go_on(page, "camera")
    go_on(page, "microphone")
    page.get_by_role("button", name="Do", exact=True).click()

    result = screen(page, "result")
    expect(result).to_be_visible(timeout=A_WHILE)
    expect(result.get_by_role("listitem")).to_have_count(4)
    expect(result).to_contain_text("Mae eich camera yn gweithio.")
    expect(result).to_contain_text(re.compile("Rydych chi'n barod"))
    page.reload()
    expect(page.locator("main .note")).to_contain_text("Fe wnaethoch chi wirio hyn")


def test_a_blocked_camera_shows_the_way_out_and_the_clinic_telephones_instead(
    sqlite_clinic: Clinic, person: Person
) -> None:
    visit = to_come(sqlite_clinic, 1)
    patient = person(PHONE, user_agent=IPHONE)
    patient.add_init_script(REFUSABLE)
    open_check(patient, sqlite_clinic, visit, "en")
    refuse_camera(patient)

    begin(patient)
    problem = screen(patient, "problem")
    expect(problem.get_by_role("heading", level=1)).to_have_text("We cannot see you yet", timeout=A_WHILE)
    expect(problem.locator("[data-way=iphone]")).to_contain_text("Website Settings")
    expect(problem.locator("[data-way=iphone] svg.drawn").first).to_be_visible()
    expect(problem.locator("[data-way=android]")).to_be_hidden()

    problem.get_by_text("I use something else").click()
    problem.get_by_role("button", name="Android").click()
    expect(problem.locator("[data-way=android]")).to_contain_text("Permissions")
    expect(problem.locator("[data-way=iphone]")).to_be_hidden()

    problem.get_by_role("button", name="Ask the clinic to help me").click()
    expect(screen(patient, "asked")).to_contain_text("The clinic will telephone you to help")

    admin = sign_in(person(), sqlite_clinic, "admin")
    board = admin.context.new_page()
    board.goto(f"{sqlite_clinic.web}/day")
    board.locator("section").filter(has_text=visit["patient"]).get_by_role("link", name="Board").first.click()
    expect(board_row(board, visit["patient"].split()[-1])).to_contain_text("Ready check failed: ring")

    admin.goto(f"{sqlite_clinic.web}/before-the-clinic")
    first = admin.locator("article").first
    expect(first).to_contain_text(visit["patient"])
    expect(first).to_contain_text("The camera is not allowed in the browser")
    expect(first.locator("a.big-telephone")).to_be_visible()
    first.get_by_role("button", name="By telephone instead").click()
    expect(admin.locator(".flash, [role=status]").filter(has_text="by telephone now").first).to_be_visible()

    board.reload()
    expect(board_row(board, visit["patient"].split()[-1])).to_contain_text("Phone instead")
    patient.goto(visit["link"])
    expect(patient.locator("main")).to_contain_text("We have changed your visit from video to telephone")


def test_what_was_in_the_way_can_be_put_right_at_once(sqlite_clinic: Clinic, person: Person) -> None:
    patient = person(PHONE)
    patient.add_init_script(REFUSABLE)
    open_check(patient, sqlite_clinic, to_come(sqlite_clinic, 0), "en")
    refuse_camera(patient)
    begin(patient)
    expect(screen(patient, "problem")).to_be_visible(timeout=A_WHILE)

    refuse_camera(patient, refused=False)
    patient.get_by_role("button", name="Try again").click()

    expect(screen(patient, "camera").get_by_role("heading")).to_have_text("Your camera works", timeout=A_WHILE)
