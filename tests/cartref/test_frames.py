"""The frame of every page that stands on its own: language, footer, skip link, nothing inline or from elsewhere."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, render_template

from tests.cartref.html_page import ROOT, Page, page_machinery

ERRORS = ("403", "404", "405", "409", "413", "422", "429", "500", "503", "form_too_old")
POLICIES = ("accessibility", "privacy", "cookies", "contact")
LANGUAGES = ("en", "cy")
CLINICIAN = SimpleNamespace(display_name="Dr Nia Prydderch", service_name="Care of older people", services=[])
PAGES = [
    {"label": "Today", "url": "/today", "current": True},
    {"label": "Clinics", "url": "/clinics", "current": False},
]


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def pages(tmp_path: Path) -> Flask:
    return page_machinery(tmp_path)


def read(pages: Flask, template: str, language: str, **values: Any) -> Page:
    """Return a whole page in that language."""
    with pages.test_request_context(headers={"Accept-Language": language}):
        return Page(render_template(template, **values))


def every_page() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each page that stands on its own, in each of the frames it may have."""
    for name in ERRORS:
        for frame, actor in (("patient", None), ("staff", CLINICIAN), ("staff", None), ("plain", None)):
            yield f"errors/{name}.html", {"frame": frame, "actor": actor, "sentence": "", "navigation": PAGES}
    for name in POLICIES:
        yield f"policies/{name}.html", {}


def test_every_page_says_its_language_and_offers_the_other_twice(pages: Flask, language: str) -> None:
    other = {"en": "cy", "cy": "en"}[language]
    for template, values in every_page():
        page = read(pages, template, language, **values)

        assert page.one("html")["lang"] == language
        switches = page.all("a", class_="language-switch")
        assert {(link["lang"], link["href"]) for link in switches} == {(other, f"/?lang={other}")}
        assert len(switches) == 2, template


def test_every_page_ends_with_the_same_footer(pages: Flask, language: str) -> None:
    for template, values in every_page():
        page = read(pages, template, language, **values)

        links = {link["href"] for link in page.all("a")}
        assert {f"/{name}" for name in POLICIES} <= links, template


def test_every_page_can_be_skipped_to_and_has_one_heading(pages: Flask, language: str) -> None:
    for template, values in every_page():
        page = read(pages, template, language, **values)

        assert page.one("a", class_="skip-link")["href"] == f"#{page.one('main')['id']}"
        assert len(page.all("h1")) == 1, template
        assert page.one("title").text.startswith(page.one("h1").text), template


def test_nothing_on_a_page_comes_from_elsewhere_or_is_written_inline(pages: Flask, language: str) -> None:
    for template, values in every_page():
        page = read(pages, template, language, **values)

        for element in page.elements:
            assert "style" not in element
            assert not [name for name in element if name.startswith("on")]
            sources = (element.get("src"), element.get("href") if element.tag in {"link", "use"} else None)
            assert all(source.startswith("/static/") for source in sources if source), template
        assert all(script.get("src") for script in page.all("script"))


def test_a_patient_sees_the_telephone_number_first(pages: Flask, language: str) -> None:
    page = read(pages, "errors/404.html", language, frame="patient", sentence="")

    assert page.one("header").text.index("01632") < page.one("header").text.index("Cartref")
    assert page.one("a", class_="help-strip__link")["href"] == "tel:+441632960123"


def test_an_error_page_prefers_the_words_of_the_error(pages: Flask) -> None:
    page = read(pages, "errors/409.html", "en", frame="staff", actor=CLINICIAN, sentence="That time is taken.")

    assert "That time is taken." in page.one("main").text
    assert "Somebody changed this" not in page.one("main").text


def test_staff_see_who_they_are_and_where(pages: Flask) -> None:
    page = read(pages, "errors/403.html", "en", frame="staff", actor=CLINICIAN, navigation=PAGES, sentence="")

    assert page.one("a", aria_current="page").text == "Today"
    assert page.one("a", class_="bar__who").text == "Dr Nia Prydderch Care of older people"
    assert page.one("form", action="/sign-out")["method"] == "post"


def test_every_style_sheet_that_a_page_links_is_there(pages: Flask) -> None:
    root = ROOT / "static"
    for template, values in every_page():
        page = read(pages, template, "en", **values)
        for link in page.all("link"):
            assert (root / str(link["href"]).split("/", 3)[3]).is_file(), link["href"]
