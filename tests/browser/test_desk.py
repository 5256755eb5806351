"""The clinician's desk in a real browser: nobody is let in unasked, the telephone takes over, no failure is quiet."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import DESK, PHONE
from tests.browser.stack import Clinic
from tests.browser.watching import heard_and_seen, record_connections, sees_and_hears, until

pytestmark = pytest.mark.browser
SCROLLED = """() => [...document.querySelectorAll('.desk, .desk *')]
  .filter((element) => ['auto', 'scroll'].includes(getComputedStyle(element).overflowY))
  .filter((element) => element.scrollHeight > element.clientHeight)
  .map((element) => element.className || element.id)"""
LET_GO = """() => document.getElementById('own').srcObject === null
  && window.connections.every((each) => each.connectionState === 'closed')"""
PICTURE = "() => document.getElementById('own').srcObject?.getTracks()[0] ?? null"


def test_with_a_carer_alone_the_board_offers_to_open_the_visit(
    sqlite_clinic: Clinic, person: Callable[..., Page]
) -> None:
    visit = next(each for each in sqlite_clinic.facts["visits"] if each.get("carer_link"))
    clinician = steps.sign_in(person(DESK), sqlite_clinic, "clinician")
    row = steps.board_row(clinician, visit["patient"].rpartition(" ")[2])
    daughter = steps.open_link(person(PHONE), visit["carer_link"], date.fromisoformat(visit["date_of_birth"]))
    steps.go_in(daughter)

    expect(row.locator("[data-status]")).to_contain_text(re.compile("Waiting|Early"), timeout=20_000)
    expect(row.locator("[data-action]")).to_contain_text("Open")
    assert "let-in" not in str(row.locator("[data-action]").get_attribute("href"))


def test_let_in_from_the_board_is_not_for_who_comes_later(sqlite_clinic: Clinic, person: Callable[..., Page]) -> None:
    visit = sqlite_clinic.due
    clinician = steps.sign_in(record_connections(person(DESK)), sqlite_clinic, "clinician")
    clinician.goto(f"{sqlite_clinic.web}/consultation/{visit['id']}?let-in=1")
    expect(clinician.get_by_text("The patient is not here yet")).to_be_visible()
    until(clinician, lambda: clinician.evaluate("document.getElementById('own').srcObject !== null"))

    born = date.fromisoformat(visit["date_of_birth"])
    patient = steps.go_in(steps.open_link(record_connections(person(PHONE)), visit["link"], born))

    expect(clinician.locator(".knock").get_by_role("button", name="Let in")).to_be_visible(timeout=20_000)
    assert heard_and_seen(patient)["playing"] == 0
    assert heard_and_seen(clinician)["playing"] == 0

    clinician.locator(".knock").get_by_role("button", name="Let in").click()
    sees_and_hears(patient)
    _ringing_lets_camera_and_call_go(clinician, patient)


def _ringing_lets_camera_and_call_go(clinician: Page, patient: Page) -> None:
    picture = clinician.evaluate_handle(PICTURE)
    clinician.context.set_offline(True)
    clinician.get_by_role("button", name="Ring instead").click()
    expect(clinician.get_by_text("The patient was not told that you ring.")).to_be_visible()
    clinician.context.set_offline(False)

    clinician.get_by_role("button", name="Ring instead").click()

    expect(clinician.get_by_role("heading", name="By telephone: ring now")).to_be_visible(timeout=20_000)
    until(clinician, lambda: clinician.evaluate(LET_GO))
    assert clinician.evaluate("(track) => track.readyState", picture) == "ended"
    expect(patient.get_by_text(re.compile("ring|telephone|ffonio")).first).to_be_visible(timeout=20_000)
    until(patient, lambda: heard_and_seen(patient)["playing"] == 0)


def test_lateness_that_could_not_be_told_is_said(sqlite_clinic: Clinic, person: Callable[..., Page]) -> None:
    board = steps.sign_in(person(DESK), sqlite_clinic, "clinician")
    late = board.get_by_role("button", name="15 minutes late")
    told = board.get_by_text("This did not work. Nobody was told.")
    expect(late).to_be_visible()

    board.context.set_offline(True)
    late.click()

    expect(told).to_be_visible()
    expect(late).to_have_attribute("aria-pressed", "false")
    board.context.set_offline(False)
    late.click()
    expect(late).to_have_attribute("aria-pressed", "true")
    expect(told).to_be_hidden()


def test_the_record_scrolls_as_one(sqlite_clinic: Clinic, person: Callable[..., Page]) -> None:
    page = steps.sign_in(person(DESK), sqlite_clinic, "clinician")
    page.goto(f"{sqlite_clinic.web}/consultation/{sqlite_clinic.facts['visits'][4]['id']}")
    page.get_by_role("link", name="Notes", exact=True).click()
    page.locator("textarea[name=note]").fill("Slept well.\n" * 80)
    assert page.evaluate(SCROLLED) == ["desk__body"]
    for tab in ("Safe start", "Notes", "Outcome"):
        page.get_by_role("link", name=tab, exact=True).click()
        assert page.evaluate(SCROLLED) in ([], ["desk__body"]), tab
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    page.get_by_role("button", name="Show the address large").click()
    expect(page.locator("#address")).to_be_visible()
