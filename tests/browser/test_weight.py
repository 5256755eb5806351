"""What the way from the link to the call weighs, as sent to a browser that has been nowhere before."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.people import give_birth_date, sign_in, wait_until
from tests.browser.stack import Clinic

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_BYTES = 150 * 1024
SOON = 30_000
PLAYS = "[...document.querySelectorAll('.picture__other')].some((video) => video.currentTime > 0)"


@dataclass
class Traffic:
    """What a page asked for, and what came, in bytes on the wire with headers, as Chromium's own network log tells it.

    The messages of a socket are not counted: the log does not tell how they were packed.
    """

    urls: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)

    def follow(self, page: Page) -> None:
        """Listen to the page's network from now on."""
        log = page.context.new_cdp_session(page)
        log.on("Network.requestWillBeSent", self._asked)
        log.on("Network.responseReceived", self._answered)
        log.on("Network.loadingFinished", self._came)
        log.on("Network.webSocketCreated", lambda told: self.urls.update({told["requestId"]: told["url"]}))
        log.send("Network.enable")

    @property
    def total(self) -> int:
        """Return the sum of all that came, in bytes."""
        return sum(self.sizes.values())

    @property
    def table(self) -> str:
        """Return a line for each thing that came, the heaviest first."""
        heaviest = sorted(self.sizes.items(), key=lambda item: -item[1])
        return "\n".join(f"{size:8} {self.urls.get(key, '?')}" for key, size in heaviest)

    def _asked(self, told: dict[str, Any]) -> None:
        key = told["requestId"]
        if "redirectResponse" in told:
            self._add(key, told["redirectResponse"]["encodedDataLength"])
        self.urls[key] = told["request"]["url"]

    def _answered(self, told: dict[str, Any]) -> None:
        headers = told["response"]["headers"]
        self.headers[told["response"]["url"]] = {name.lower(): value for name, value in headers.items()}

    def _came(self, told: dict[str, Any]) -> None:
        self._add(told["requestId"], told["encodedDataLength"])

    def _add(self, key: str, size: float) -> None:
        self.sizes[key] = self.sizes.get(key, 0) + int(size)


@pytest.fixture
def traffic(sqlite_clinic: Clinic, person: Callable[..., Page]) -> Traffic:
    """Return all that came to a patient's telephone on her way from the link to the call."""
    patient = person(PHONE)
    traffic = Traffic()
    traffic.follow(patient)
    due = sqlite_clinic.due
    patient.goto(due["link"])
    give_birth_date(patient, due["date_of_birth"])
    patient.locator("main a[href$='/room']").click()
    patient.locator("[data-ready]").click(timeout=SOON)
    expect(patient.locator("[data-here]")).to_be_visible(timeout=SOON)
    let_in(person(), sqlite_clinic)
    wait_until(patient, PLAYS, SOON)
    return traffic


def let_in(page: Page, clinic: Clinic) -> None:
    clinician = clinic.staff("clinician")
    sign_in(page, clinic.web, clinician["email"], clinician["password"])
    page.goto(f"{clinic.web}/consultation/{clinic.due['id']}")
    page.locator("[data-let-in]").click(timeout=SOON)


def test_the_way_from_the_link_to_the_call_is_light_and_leads_to_no_other_host(
    traffic: Traffic, sqlite_clinic: Clinic
) -> None:
    hosts = {urlsplit(url).netloc for url in traffic.urls.values() if urlsplit(url).scheme != "data"}
    ours = {urlsplit(sqlite_clinic.facts[name]).netloc for name in ("web", "signalling")}
    assert hosts == ours
    fonts = [url for url in traffic.urls.values() if url.endswith(".woff2")]
    assert fonts
    weight = traffic.total
    assert weight <= MOST_BYTES, traffic.table

    static = {url: headers for url, headers in traffic.headers.items() if "/static/" in url}
    assert [url for url, headers in static.items() if "immutable" not in headers["cache-control"]] == []
    text = {url: headers for url, headers in static.items() if not url.endswith(".woff2")}
    assert [url for url, headers in text.items() if headers.get("content-encoding") != "br"] == []
