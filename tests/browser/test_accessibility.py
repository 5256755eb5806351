"""Every page in both languages, on a desk and on a telephone: nothing that axe finds, nothing too wide, nothing amiss."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from cartref.app import create_app
from cartref.config import read_settings
from tests.browser import looking
from tests.browser.pages import NOT_PAGES, PAGES, Seen
from tests.browser.people import People, people_of
from tests.browser.stack import Clinic

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def people(browser: Browser, sqlite_clinic: Clinic) -> Iterator[People]:
    """Return the people of a running clinic with every state in it."""
    with people_of(browser, sqlite_clinic) as people:
        yield people


@pytest.fixture(scope="module")
def number_places(people: People) -> dict[int, object]:
    """Return where the telephone number stands on the first page that a patient sees, by the width of the screen."""
    question = next(seen for seen in PAGES if seen.whom == "holder" and seen.link == "open")
    page, _status = people.reach(question)
    return {width: looking.number_place(page, width) for width in (looking.WIDE, looking.PHONE)}


def test_every_route_that_answers_with_a_page_is_looked_at() -> None:
    app = create_app(read_settings({"CARTREF_ENVIRONMENT": "test", "CARTREF_DATABASE_URL": "sqlite://"}))
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}

    known = {seen.endpoint for seen in PAGES} | set(NOT_PAGES)

    assert sorted(routes - known) == []
    assert sorted(known - routes) == []


@pytest.mark.parametrize("endpoint", NOT_PAGES)
def test_what_is_not_looked_at_is_no_page(endpoint: str, people: People) -> None:
    whom, address = NOT_PAGES[endpoint]
    page = people.page(whom)
    people.open_link(page, Seen(endpoint, whom, address, link="open" if whom == "visitor" else ""))

    answer = page.request.get(address.format_map(people.states.ids), max_redirects=0)

    assert answer.status in {200, 303}
    assert answer.status == 303 or not answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("seen", PAGES, ids=lambda seen: seen.title)
def test_a_page_is_without_fault_in_both_languages(
    seen: Seen, people: People, number_places: dict[int, object]
) -> None:
    people.choose(people.page(seen.whom), "en")
    people.said.clear()
    page, status = people.reach(seen)
    assert status == seen.status
    faults = look(page, seen, "en", number_places)

    turn_to_welsh(page)
    people.press(page, seen)
    faults += look(page, seen, "cy", number_places)

    assert faults + unexpected(people.said, seen.status) == []


def look(page: Page, seen: Seen, language: str, number_places: dict[int, object]) -> list[str]:
    faults = looking.faults_of(page, language=language, strict_contrast=seen.for_patients)
    if seen.for_patients:
        places = {width: looking.number_place(page, width) for width in number_places}
        faults += [f"the number is at {places}, not at {number_places}"] if places != number_places else []
    return [f"{language}, {fault}" for fault in faults]


def turn_to_welsh(page: Page) -> None:
    """Press the link to the other language, which leads to the same page."""
    page.set_viewport_size({"width": looking.WIDE, "height": looking.HEIGHT})
    before = urlsplit(page.url)
    dialog = page.locator("dialog[open]")
    if dialog.count():
        page.keyboard.press("Escape")
    with page.expect_navigation() as navigation:
        page.locator("[data-language-switch]").locator("visible=true").first.click()
    after = urlsplit(page.url)
    assert navigation.value.status != 405, f"{before.path} has no page of its own"
    assert (after.path, after.query) == (before.path, before.query)


def unexpected(said: list[str], status: int) -> list[str]:
    """Return what the consoles said, but for a browser's own remark on a page that is meant to come with an error."""
    return [told for told in said if not (status >= 400 and f"status of {status}" in told)]
