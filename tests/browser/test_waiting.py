"""What only a browser shows of waiting and talking: reloads, cameras that are refused, and a clinic that telephones."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import steps
from tests.browser.conftest import DESK, PHONE
from tests.browser.stack import Clinic
from tests.browser.watching import record_connections, sees_and_hears, until

pytestmark = pytest.mark.browser
NOW_SHOWN = "main:visible h1"


def visitor(clinic: Clinic, page: Page, link: str = "link") -> Page:
    """Open the link of the visit that is due, in English, and answer its question."""
    page.context.add_cookies([{"name": "cartref_language", "value": "en", "url": clinic.web}])
    page.add_init_script(steps.REFUSABLE)
    return steps.open_link(record_connections(page), clinic.due[link], date.fromisoformat(clinic.due["date_of_birth"]))


def test_who_cannot_come_may_come_after_all(sqlite_clinic: Clinic, person: Callable[..., Page]) -> None:
    patient = visitor(sqlite_clinic, person(PHONE))
    steps.go_in(patient)
    patient.get_by_role("button", name="I cannot come").click()
    patient.get_by_role("button", name="Yes, tell the clinic").click()
    expect(patient.locator(NOW_SHOWN)).to_have_text("Thank you for telling us")

    patient.goto(f"{sqlite_clinic.web}/visit/{sqlite_clinic.due['id']}")
    expect(patient.get_by_text("You told us that you cannot come")).to_be_visible()
    go = patient.get_by_role("link", name="Check my camera and sound").bounding_box()
    assert go is not None
    assert go["y"] + go["height"] <= PHONE["viewport"]["height"]  # type: ignore[index] # a dict of many things

    steps.go_in(patient)
    patient.reload()
    expect(patient.get_by_text("You are in the waiting room")).to_be_visible()


def test_a_camera_that_is_refused_after_a_reload_is_told_with_the_way_out(
    sqlite_clinic: Clinic, person: Callable[..., Page]
) -> None:
    daughter = visitor(sqlite_clinic, person(PHONE), "carer_link")
    steps.go_in(daughter)
    steps.refuse_camera(daughter)

    daughter.reload()
    expect(daughter.locator(NOW_SHOWN)).to_have_text("We cannot see you yet")
    daughter.get_by_role("button", name="Go on with sound only").click()
    daughter.get_by_role("button", name="I am ready").click()
    expect(daughter.get_by_text("You are in the waiting room")).to_be_visible()

    daughter.reload()
    expect(daughter.get_by_text("You are in the waiting room")).to_be_visible()  # she has said so once
    daughter.locator(NOW_SHOWN).click()
    expect(daughter.get_by_text("A bell will ring")).to_be_visible()


def test_in_the_call_what_fails_or_is_switched_off_is_said_and_the_telephone_is_told_at_once(
    sqlite_clinic: Clinic, person: Callable[..., Page]
) -> None:
    clinician = steps.sign_in(record_connections(person(DESK)), sqlite_clinic, "clinician")
    patient = steps.go_in(visitor(sqlite_clinic, person(PHONE)))
    steps.let_in(clinician, sqlite_clinic.due["patient"].rpartition(" ")[2])
    sees_and_hears(patient)

    steps.refuse_camera(patient)
    patient.evaluate("document.querySelector('#own').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))")
    fault = patient.locator(".captions[data-fault]")
    expect(fault).to_contain_text("We cannot see you yet")
    steps.refuse_camera(patient, refused=False)
    fault.get_by_role("button", name="Try again").click()
    expect(fault).to_be_hidden()
    assert patient.evaluate("document.querySelector('#own').srcObject.getVideoTracks()[0].readyState") == "live"

    clinician.locator("[data-control=hide]").click()
    expect(patient.get_by_role("heading", name="The picture is switched off")).to_be_visible()
    clinician.locator("[data-control=hide]").click()
    expect(patient.get_by_role("heading", name="The picture is switched off")).to_be_hidden()

    before = patient.evaluate("fetch(location.pathname.replace('/room', '/state')).then((answer) => answer.json())")

    def say_the_old(route: Route) -> None:
        route.fulfill(json=before)

    patient.route("**/state", say_the_old)
    clinician.locator("[data-ring-form] button[type=submit]").click()
    expect(patient.locator(NOW_SHOWN)).to_have_text("Stay where you are")  # the record still says otherwise
    patient.unroute("**/state", say_the_old)
    until(patient, lambda: patient.evaluate("document.querySelector('#own').srcObject === null"))
    expect(patient.locator(NOW_SHOWN)).to_have_text(re.compile("Stay where you are"))
