"""A running clinic, once on SQLite and once on PostgreSQL, and people with browsers of their own."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.stack import Clinic, running_clinic

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def clinic(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """Return a running clinic on either database."""
    data = tmp_path_factory.mktemp("clinic")
    if request.param == "sqlite":
        with running_clinic(data) as clinic:
            yield clinic
        return
    server: Any = request.getfixturevalue("postgres_server")
    url = server.create_database()
    with running_clinic(data, url) as clinic:
        yield clinic
    server.drop(url)


@pytest.fixture(scope="module")
def sqlite_clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """Return a running clinic on SQLite, for what does not depend on the database."""
    with running_clinic(tmp_path_factory.mktemp("clinic")) as clinic:
        yield clinic


@pytest.fixture
def person(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that gives somebody a browser of her own: `person(PHONE, language="cy")`."""
    contexts: list[BrowserContext] = []

    def open_browser(device: dict[str, Any] = DESK, language: str = "en", **more: Any) -> Page:
        context = browser.new_context(**device, locale=f"{language}-GB", permissions=["camera", "microphone"], **more)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield open_browser
    keep = os.environ.get("CARTREF_PICTURES")  # a folder: what everybody saw last, for finding out why a test failed
    for number, context in enumerate(contexts):
        if keep:
            context.pages[0].screenshot(path=f"{keep}/person-{number}.png", full_page=True)
        context.close()
