"""The reader's language: her choice, then her record, then her browser's wish."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import World

Read = Callable[[str, dict[str, str]], str]


@pytest.fixture
def language_of(client: FlaskClient) -> Read:
    """Return a function that tells in which language a page answers."""

    def read(path: str, headers: dict[str, str]) -> str:
        answer = client.get(path, headers=headers)
        assert f'<html lang="{answer.headers["Content-Language"]}">' in answer.text
        return str(answer.headers["Content-Language"])

    return read


@pytest.mark.parametrize(
    ("wish", "language"), [("cy", "cy"), ("cy-GB,en;q=0.5", "cy"), ("en-GB", "en"), ("fr", "en"), ("", "en")]
)
def test_without_a_choice_the_browsers_wish_counts(language_of: Read, wish: str, language: str) -> None:
    assert language_of("/accessibility", {"Accept-Language": wish}) == language


def test_her_choice_leads_to_the_same_page_and_is_remembered(client: FlaskClient, language_of: Read) -> None:
    answer = client.get("/sign-in?next=/day&lang=cy")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=%2Fday")
    assert language_of("/accessibility", {"Accept-Language": "en"}) == "cy"


def test_another_language_is_no_choice(client: FlaskClient) -> None:
    assert client.get("/accessibility?lang=fr").status_code == 200
    assert client.get_cookie("cartref_language") is None


def test_the_switch_names_the_other_language_and_keeps_the_page(client: FlaskClient) -> None:
    english = client.get("/accessibility", headers={"Accept-Language": "en"}).text
    welsh = client.get("/accessibility", headers={"Accept-Language": "cy"}).text
    assert 'hreflang="cy" href="/accessibility?lang=cy"' in english
    assert 'hreflang="en" href="/accessibility?lang=en"' in welsh


def test_what_is_recorded_of_staff_counts_more_than_the_browser(
    sign_in: Callable[..., FlaskClient], session: Session, world: World
) -> None:
    world.staff["admin"].language = "cy"
    session.commit()
    browser = sign_in("admin")
    assert browser.get("/account", headers={"Accept-Language": "en"}).headers["Content-Language"] == "cy"
    browser.get("/account?lang=en")
    assert browser.get("/account").headers["Content-Language"] == "en"
