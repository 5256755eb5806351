"""After signing in everyone lands where her work is, and the header shows what she may use."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.factories import World

SignIn = Callable[..., FlaskClient]


@pytest.mark.parametrize(
    ("name", "page"),
    [("admin", "/day"), ("clinician", "/today"), ("manager", "/people"), ("privacy", "/audit")],
)
def test_everyone_begins_where_her_work_is(sign_in: SignIn, name: str, page: str) -> None:
    answer = sign_in(name).get("/")

    assert answer.status_code == 303
    assert answer.location.endswith(page)


def test_a_presenter_begins_at_the_board_of_her_site(sign_in: SignIn, world: World) -> None:
    assert sign_in("presenter").get("/").location == f"/site-board/{world.spoke.id}"


def test_who_is_not_signed_in_is_asked_to(client: FlaskClient) -> None:
    for page in ("/", "/day", "/patients", "/clinics", "/appointments/new"):
        answer = client.get(page)
        assert (answer.status_code, answer.location.split("?")[0]) == (303, "/sign-in")


def test_the_header_shows_the_pages_that_one_may_use_and_which_is_open(sign_in: SignIn) -> None:
    clerk, manager = sign_in("admin"), sign_in("manager")

    page = clerk.get("/patients").text

    assert '<a href="/patients" aria-current="page">Patients</a>' in page
    assert '<a href="/clinics">Clinics</a>' in page
    assert "Audit trail" not in page
    assert ">Patients<" not in manager.get("/clinics").text


def test_the_header_is_in_the_readers_language(sign_in: SignIn) -> None:
    clerk = sign_in("admin")
    clerk.set_cookie("cartref_language", "cy")

    page = clerk.get("/patients").text

    assert '<html lang="cy">' in page
    assert '<a href="/patients" aria-current="page">Cleifion</a>' in page
    assert "Cofrestru claf" in page
