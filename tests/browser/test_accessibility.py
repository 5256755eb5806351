"""Every page in both languages, on a desk and on a telephone: nothing that axe finds, nothing too wide."""

import json
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import abort
from flask_wtf.csrf import CSRFError
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from cartref.app import create_app
from cartref.config import read_settings
from cartref.web.errors import set_frame
from tests.browser import looking
from tests.browser.pages import NOT_PAGES, PAGES, Seen
from tests.browser.people import PATIENCE, People, people_of
from tests.browser.stack import Clinic

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def people(browser: Browser, sqlite_clinic: Clinic) -> Iterator[People]:
    """Return the people of a running clinic with every state in it."""
    with people_of(browser, sqlite_clinic) as people:
        yield people


@pytest.fixture(scope="module")
def number_places(people: People) -> dict[str, dict[int, object]]:
    """Return where the telephone number stands on the first page that a patient sees, by language and width."""
    question = next(seen for seen in PAGES if seen.whom == "holder" and seen.link == "open")
    found = {}
    for language in ("en", "cy"):
        people.choose(people.page(question.whom), language)
        page, _status = people.reach(question)
        found[language] = {width: looking.number_place(page, width) for width in (looking.WIDE, looking.PHONE)}
    return found


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
    seen: Seen, people: People, number_places: dict[str, dict[int, object]]
) -> None:
    people.choose(people.page(seen.whom), "en")
    people.said.clear()
    page, status = people.reach(seen)
    assert status == seen.status
    faults = look(page, seen, "en", number_places)

    turn_to_welsh(page, refused=bool(seen.presses))
    people.press(page, seen)
    faults += look(page, seen, "cy", number_places)

    faults += unexpected(people.said, seen.status)
    assert not faults, "\n".join(faults)


STATUSES = (403, 404, 405, 409, 413, 422, 429, 500, 503)
FRAMES = {"patient": "holder", "staff": "admin", "plain": "nobody"}


@pytest.fixture(scope="module")
def broken(people: People) -> Iterator[str]:
    """Return the address of the application itself with pages that fail: `/broken/<frame>/<status>`."""
    app = create_app(read_settings(people.clinic.environ))

    def fail(frame: str, status: int) -> str:
        set_frame(frame)
        abort(status)

    app.add_url_rule("/broken/<frame>/<int:status>", view_func=fail)
    app.add_url_rule("/broken/<frame>/400", "form-too-old", lambda frame: _form_too_old(frame))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/broken"
    server.shutdown()
    server.server_close()


def _form_too_old(frame: str) -> str:
    set_frame(frame)
    raise CSRFError


@pytest.mark.parametrize("frame", FRAMES)
def test_a_page_that_tells_of_an_error_is_without_fault(frame: str, people: People, broken: str) -> None:
    page, faults = people.page(FRAMES[frame]), []
    for status in (400, *STATUSES):
        for language in ("en", "cy"):
            people.choose(page, language)
            people.said.clear()
            answer = page.goto(f"{broken}/{frame}/{status}")
            assert answer is not None
            assert answer.status == status
            found = looking.faults_of(page, language=language, strict_contrast=frame == "patient")
            faults += [f"{status}, {language}, {fault}" for fault in found + unexpected(people.said, status)]
    assert not faults, "\n".join(faults)


DEVICES = {
    "computer": "",
    "iphone": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
    "android": "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
    "firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "mac": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
    "ipad": "Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 Version/17.7 Safari/604.1",
    "in-app": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 [FBAN/FBIOS;FBAV/490.0]",
}
REFUSING = """({ audio, video }) => {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        if (wanted.video && video) throw new DOMException("as in the test", video);
        if (wanted.audio && audio) throw new DOMException("as in the test", audio);
        return open(wanted);
    };
}"""
NO_CALLS = "delete window.RTCPeerConnection"
DENIED, MISSING, BUSY = "NotAllowedError", "NotFoundError", "NotReadableError"
# What the page says, the device, and what its browser does: the error of each device that does not open, or a script.
PROBLEMS: tuple[tuple[str, str, dict[str, str] | str], ...] = (
    *(
        ("We cannot see or hear you yet", device, {"audio": DENIED, "video": DENIED})
        for device in DEVICES
        if device != "in-app"
    ),
    ("We cannot see you yet", "computer", {"video": DENIED}),
    ("We cannot hear you yet", "computer", {"audio": DENIED}),
    ("Something else is using your camera", "computer", {"video": BUSY}),
    ("We cannot find a microphone", "computer", {"audio": MISSING}),
    ("We cannot find a camera or a microphone", "computer", {"audio": MISSING, "video": MISSING}),
    ("We cannot see or hear you yet", "computer", {"audio": MISSING, "video": BUSY}),
    ("This app cannot show your visit", "in-app", {"audio": DENIED, "video": DENIED}),
    ("This browser is too old", "computer", NO_CALLS),
)


@pytest.mark.parametrize(("words", "device", "does"), PROBLEMS)
def test_a_named_problem_is_without_fault(words: str, device: str, does: dict[str, str] | str, people: People) -> None:
    room = next(seen for seen in PAGES if seen.title == "the check")
    proved, _status = people.reach(room)
    agent = {"user_agent": DEVICES[device]} if DEVICES[device] else {}
    page, faults = people.new_page(storage_state=proved.context.storage_state(), **agent), []
    page.add_init_script(does if isinstance(does, str) else f"({REFUSING})({json.dumps(does)})")
    people.said.clear()
    for language in ("cy", "en"):
        people.choose(page, language)
        page.goto(people.address(room))
        expect(page.locator("[data-problem-words] h1")).to_be_visible(timeout=PATIENCE)
        faults += [f"{language}, {fault}" for fault in looking.faults_of(page, language=language, strict_contrast=True)]
    assert page.locator("[data-problem-words] h1").inner_text() == words
    page.context.close()
    assert not faults + people.said, "\n".join(faults + people.said)


SHOW = """async ([module, section]) => {
    const { Sections } = await import(module);
    new Sections().show(section);
    for (const note of document.querySelectorAll("[data-note], [data-here], [data-bell-words]")) note.hidden = false;
}"""


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_screen_of_the_room_is_without_fault(language: str, people: People) -> None:
    room = next(seen for seen in PAGES if seen.title == "the check")
    people.choose(people.page(room.whom), language)
    people.said.clear()
    page, _status = people.reach(room)
    module = page.locator("link[href$='components/visit_sections.js']").get_attribute("href")
    faults = []
    for section in page.locator("main[data-section]").evaluate_all("all => all.map((main) => main.dataset.section)"):
        page.evaluate(SHOW, [module, section])
        found = looking.faults_of(page, language=language, strict_contrast=True)
        faults += [f"{section}, {fault}" for fault in found]
    assert not faults + people.said, "\n".join(faults + people.said)


def test_the_waiting_room_the_call_and_its_end_are_without_fault_on_both_sides(people: People) -> None:
    patient = people.page("visitor")
    room = Seen("visits.room", "visitor", "/visit/{due}/room", link="due", shows="[data-ready]")
    people.said.clear()
    people.reach(room)
    patient.locator("[data-ready]").click()
    faults = in_both_languages(people, patient, "[data-here]", strict=True)
    clinician, _status = people.reach(Seen("", "clinician", "/consultation/{due}", shows="[data-let-in]"))
    faults += in_both_languages(people, clinician, "[data-let-in]")

    clinician.locator("[data-let-in]").click()
    faults += in_both_languages(people, patient, ".picture__other", strict=True)
    faults += in_both_languages(people, clinician, ".picture__other")
    patient.locator("[data-opens=ask-hang-up]").click()
    faults += looking.faults_of(patient, language="cy", strict_contrast=True)
    patient.keyboard.press("Escape")
    clinician.locator("[data-opens=ask-end]").click()
    faults += looking.faults_of(clinician, language="cy", strict_contrast=False)
    clinician.locator("#ask-end button[value=end]").click()
    patient.wait_for_url("**/over", timeout=2 * PATIENCE)  # the page asks how the visit stands every 20 seconds
    faults += looking.faults_of(patient, language="cy", strict_contrast=True)

    assert not faults + people.said, "\n".join(faults + people.said)


def in_both_languages(people: People, page: Page, shows: str, *, strict: bool = False) -> list[str]:
    """Return what is wrong with a page that finds its place again when it is loaded anew in the other language."""
    faults = []
    expect(page.locator(shows).first).to_be_visible(timeout=PATIENCE)
    for language in ("en", "cy"):
        people.choose(page, language)
        page.reload()
        expect(page.locator(shows).first).to_be_visible(timeout=PATIENCE)
        found = looking.faults_of(page, language=language, strict_contrast=strict)
        faults += [f"{shows}, {language}, {fault}" for fault in found]
    return faults


def look(page: Page, seen: Seen, language: str, number_places: dict[str, dict[int, object]]) -> list[str]:
    faults = looking.faults_of(page, language=language, strict_contrast=seen.for_patients)
    if seen.for_patients:
        wanted = number_places[language]
        places = {width: looking.number_place(page, width) for width in wanted}
        faults += [f"the number is at {places}, not at {wanted}"] if places != wanted else []
    return [f"{language}, {fault}" for fault in faults]


def turn_to_welsh(page: Page, *, refused: bool) -> None:
    """Press the link to the other language: it leads to the same page, or to that on which a refused form stands."""
    page.set_viewport_size({"width": looking.WIDE, "height": looking.HEIGHT})
    before = urlsplit(page.url)
    dialog = page.locator("dialog[open]")
    if dialog.count():
        page.keyboard.press("Escape")
    with page.expect_navigation() as navigation:
        page.locator("[data-language-switch]").locator("visible=true").first.click()
    after = urlsplit(page.url)
    assert navigation.value.status != 405
    assert before.path.startswith(after.path) if refused else (before.path, before.query) == (after.path, after.query)


def unexpected(said: list[str], status: int) -> list[str]:
    """Return what the consoles said, but for a browser's own remark on a page that is meant to come with an error."""
    return [told for told in said if not (status >= 400 and f"status of {status}" in told)]
