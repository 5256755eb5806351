"""Browsers of the people of a running clinic, one for each, opened when first asked for and kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import SEND, TICKED, Seen
from tests.browser.stack import Clinic
from tests.browser.states import BORN, CODED_EMAIL, States, make_states

SIGN_IN_AS = {"desk": "presenter", "locked": "admin"}
PAUSE = 100  # ms between two askings
PATIENCE = 20_000  # ms, for a machine that has other things to do


class People:
    """Whoever looks at the clinic's pages."""

    def __init__(self, browser: Browser, clinic: Clinic, states: States) -> None:
        self.clinic, self.states = clinic, states
        self.said: list[str] = []  # what the consoles of all pages said since it was last emptied
        self._browser = browser
        self._pages: dict[str, Page] = {}
        self._opened: set[tuple[str, str]] = set()

    def page(self, whom: str) -> Page:
        """Return the page of that person, who is signed in when she is staff."""
        if whom not in self._pages:
            self._pages[whom] = self.new_page()
            self._begin(whom, self._pages[whom])
        return self._pages[whom]

    def new_page(self, **device: Any) -> Page:
        """Return a page in a browser of its own, whose scroll bars take no room, as those of telephones."""
        context = self._browser.new_context(
            base_url=self.clinic.web, is_mobile=True, permissions=["camera", "microphone"], **device
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda told: self.said.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: self.said.append(str(error)))
        return page

    def choose(self, page: Page, language: str) -> None:
        """Let the reader have chosen that language."""
        page.context.add_cookies([{"name": "cartref_language", "value": language, "url": self.clinic.web}])

    def address(self, seen: Seen) -> str:
        """Return the address of a page."""
        return seen.address.format_map(self.states.ids)

    def reach(self, seen: Seen) -> tuple[Page, int]:
        """Return the page as it is to be looked at, and the status that it came with."""
        page = self.page(seen.whom)
        self.open_link(page, seen)
        answer = page.goto(self.address(seen))
        assert answer is not None
        status = self.press(page, seen) or answer.status
        return page, status

    def press(self, page: Page, seen: Seen) -> int | None:
        """Press what leads to the state to be looked at; return the status when that is another document."""
        status = None
        for field, text in seen.fills.items():
            place = page.locator(f"#{field}")
            place.check() if text == TICKED else place.fill(text.format_map(self.states.ids))
        if seen.presses and seen.status >= 400:
            with page.expect_navigation() as navigation:
                page.locator(seen.presses).first.click()
            status = navigation.value.status
        elif seen.presses:
            page.locator(seen.presses).first.click()
        expect(page.locator(seen.shows).locator("visible=true").first).to_be_visible(timeout=PATIENCE)
        return status

    def open_link(self, page: Page, seen: Seen) -> None:
        """Open the link that the page needs, and give the birth date, unless this browser has done so."""
        if not seen.link or (seen.whom, seen.link) in self._opened:
            return
        self._opened.add((seen.whom, seen.link))
        link, born = self._link(seen.link)
        page.goto(link)
        if seen.whom != "holder":
            give_birth_date(page, born)

    def close(self) -> None:
        """Close every browser."""
        for page in self._pages.values():
            page.context.close()

    def _link(self, name: str) -> tuple[str, str]:
        due = self.clinic.due
        if name in {"due", "carer"}:
            return due["carer_link" if name == "carer" else "link"], due["date_of_birth"]
        return self.states.links[name], BORN.isoformat()

    def _begin(self, whom: str, page: Page) -> None:
        self.choose(page, "en")
        staff = {person["role"] for person in self.clinic.facts["staff"]}
        role = SIGN_IN_AS.get(whom, whom)
        if role in staff:
            person = self.clinic.staff(role)
            sign_in(page, self.clinic.web, person["email"], person["password"])
        if whom == "coded":
            sign_in(page, self.clinic.web, CODED_EMAIL, self.clinic.staff("admin")["password"])
        if whom == "locked":
            lock(page)


def sign_in(page: Page, web: str, email: str, password: str) -> None:
    """Give an address and a password at the clinic whose address is `web`."""
    page.goto(f"{web}/sign-in")
    page.locator("#email").fill(email)
    page.locator("#password").fill(password)
    with page.expect_navigation():
        page.locator(SEND).click()


def lock(page: Page) -> None:
    """Lock the screen of whoever is signed in."""
    page.evaluate(
        """async () => {
            const token = document.querySelector("meta[name=csrf-token]").content;
            await fetch("/lock", { method: "POST", headers: { "X-CSRFToken": token } });
        }"""
    )


def give_birth_date(page: Page, born: str) -> None:
    """Answer a link's question; a page that does not ask is left as it is."""
    if not page.locator("#born_on-year").count():
        return
    for part, figures in zip(("year", "month", "day"), born.split("-"), strict=True):
        page.locator(f"#born_on-{part}").fill(figures)
    with page.expect_navigation():
        page.locator(SEND).first.click()


def wait_until(page: Page, condition: str, patience: int = PATIENCE) -> None:
    """Wait until a script is true. Playwright's own way asks inside the page, where the policy forbids `eval`."""
    for _ in range(patience // PAUSE):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(PAUSE)
    raise TimeoutError(condition)


@contextmanager
def people_of(browser: Browser, clinic: Clinic) -> Iterator[People]:
    """Make every state of a running clinic, and give browsers to whoever looks at them."""
    people = People(browser, clinic, make_states(clinic))
    try:
        yield people
    finally:
        people.close()
