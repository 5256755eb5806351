"""What goes wrong is answered in words, in the reader's language, as a page or as JSON; it tells nothing else."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cartref.app import create_app
from cartref.config import Settings
from cartref.errors import ClinicError, Conflict, Forbidden, Invalid, NotFound, StaleVersion, Throttled, Unavailable
from cartref.web.access import public
from cartref.web.headers import page_headers
from tests.factories import World

ERRORS: dict[str, Exception] = {
    "not-found": NotFound(patient="secret-id"),
    "forbidden": Forbidden(),
    "invalid": Invalid(),
    "conflict": Conflict(),
    "stale": StaleVersion(),
    "throttled": Throttled(90),
    "unavailable": Unavailable(),
    "unexpected": RuntimeError("secret of the machine room"),
}


@pytest.fixture
def app(settings: Settings, world: World) -> Flask:
    """Return the application with one more route for each thing that can go wrong."""
    app = create_app(settings)

    def failing(error: Exception) -> Callable[[], str]:
        def view() -> str:
            raise error

        return public(view)

    for name, error in ERRORS.items():
        app.add_url_rule(f"/fail/{name}", name, failing(error))
    return app


def status_of(error: Exception) -> int:
    return error.status if isinstance(error, ClinicError) else 500


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_a_page_in_both_languages(client: FlaskClient, name: str) -> None:
    english = client.get(f"/fail/{name}", headers={"Accept-Language": "en"})
    welsh = client.get(f"/fail/{name}", headers={"Accept-Language": "cy"})
    assert english.status_code == welsh.status_code == status_of(ERRORS[name])
    assert '<html lang="en">' in english.text
    assert '<html lang="cy">' in welsh.text
    assert "secret" not in english.text + welsh.text
    assert "Traceback" not in english.text


@pytest.mark.parametrize("name", ERRORS)
def test_a_script_gets_problem_json(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/fail/{name}", headers={"Accept": "application/json"})
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status"] == status_of(ERRORS[name])
    assert "secret" not in answer.text


def test_a_change_made_meanwhile_has_words_of_its_own(client: FlaskClient) -> None:
    answer = client.get("/fail/stale", headers={"Accept": "application/json", "Accept-Language": "cy"})
    assert answer.json is not None
    assert answer.json["detail"].startswith("Mae rhywun arall wedi newid hyn")


def test_whoever_tried_too_often_is_told_when_to_try_again(client: FlaskClient) -> None:
    assert client.get("/fail/throttled").headers["Retry-After"] == "90"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/no-such-page", 404),
        ("POST", "/accessibility", 405),
        ("GET", "/fail/unexpected", 500),
        ("GET", "/fail/unavailable", 503),
        ("GET", "/healthz", 200),
        ("GET", "/sign-in", 200),
        ("GET", "/people", 303),
    ],
)
def test_every_answer_carries_the_security_headers(
    client: FlaskClient, settings: Settings, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in page_headers(settings)} == page_headers(settings)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_a_body_that_is_too_long_is_refused_with_all_headers(client: FlaskClient, settings: Settings) -> None:
    answer = client.post("/sign-in", data={"email": "x" * (1024 * 1024 + 1)})
    assert answer.status_code == 413
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient) -> None:
    assert "GET" in client.post("/accessibility").headers["Allow"]


def test_each_page_has_a_nonce_of_its_own(client: FlaskClient) -> None:
    policies = {client.get("/sign-in").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


def test_a_page_of_a_person_is_not_kept_by_the_browser(client: FlaskClient) -> None:
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"


def test_a_form_that_is_too_old_says_so(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"email": "a@example.org", "password": "x"})
    assert answer.status_code == 400
    assert "too long" in answer.text
