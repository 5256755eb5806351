"""Every route against every role, and against the ids of another service (the rows are in `access_matrix`)."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import time_machine
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cartref.accounts import service as accounts
from cartref.app import create_app
from cartref.config import Settings, read_settings
from cartref.db import db
from cartref.links.addresses import Addresses
from tests.access_matrix import EVERYTHING, HOLDERS, PUBLIC, ROLES, SIGNED, STAFF, VISITORS, Row
from tests.access_town import MORNING, NOW, Ids, things
from tests.factories import World, build_world

UNUSED = ("PUT", "PATCH", "DELETE")


def settings_in(folder: Path) -> Settings:
    return read_settings(
        {
            "CARTREF_ENVIRONMENT": "test",
            "CARTREF_DATABASE_URL": f"sqlite:///{folder}/cartref.sqlite3",
            "CARTREF_DATA": str(folder),
            "CARTREF_LOG_LEVEL": "ERROR",
        }
    )


@dataclass
class Town:
    """A database with a morning's work in two services, the ids of its things, and the tokens of its people."""

    folder: Path
    ids: Ids
    tokens: dict[str, str]


@pytest.fixture(scope="module")
def town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Return a database with the same things in both services; in `ids` those of the second begin with `other_`."""
    folder = tmp_path_factory.mktemp("town")
    shutil.copyfile(sqlite_template, folder / "cartref.sqlite3")
    settings = settings_in(folder)
    engine = create_engine(settings.database_url)
    with Session(engine) as session, time_machine.travel(NOW, tick=False):
        world = build_world(session, starts_at=MORNING)
        addresses = Addresses.from_settings(settings)
        ids = things(session, world, addresses, "") | things(session, world, addresses, "other_")
        tokens = {name: token_of(session, world, name) for name in world.staff}
        session.commit()
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return Town(folder, ids, tokens)


def token_of(session: Session, world: World, name: str) -> str:
    answer = accounts.sign_in(session, email=world.staff[name].email, password=world.password)
    assert isinstance(answer, accounts.SignedInResult)
    return answer.token


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, Path]:
    """Return an application, made once so that its templates are compiled once, and the folder of its database."""
    folder = tmp_path_factory.mktemp("workplace")
    return create_app(settings_in(folder)), folder


@pytest.fixture
def app(workplace: tuple[Flask, Path], town: Town) -> Iterator[Flask]:
    """Return the application on a fresh copy of the town, at ten minutes to nine on the day."""
    app, folder = workplace
    with app.app_context():
        db.engine.dispose()
    for ending in ("-wal", "-shm"):
        Path(f"{folder}/cartref.sqlite3{ending}").unlink(missing_ok=True)
    shutil.copyfile(town.folder / "cartref.sqlite3", folder / "cartref.sqlite3")
    app.config["WTF_CSRF_ENABLED"] = False
    with time_machine.travel(NOW, tick=False):
        yield app


@pytest.fixture
def browser_of(app: Flask, town: Town) -> Callable[[str], FlaskClient]:
    """Return a function that gives the browser of a role, or of "nobody"."""

    def open_as(role: str) -> FlaskClient:
        browser = app.test_client()
        if role != "nobody":
            browser.set_cookie("cartref_sign_in", town.tokens[role])
        return browser

    return open_as


@pytest.fixture
def ask(app: Flask, town: Town) -> Callable[..., TestResponse]:
    """Return a function that asks a browser for a route, with the values of its row."""

    def ask(browser: FlaskClient, endpoint: str, method: str, role: str = "", foreign: str = "") -> TestResponse:
        row = EVERYTHING[endpoint]

        def fill(values: Mapping[str, str]) -> Ids:
            return {name: value_of(town.ids, thing, role, foreign=name == foreign) for name, thing in values.items()}

        with app.test_request_context():
            address = url_for(endpoint, **fill(row.path), **fill(row.query))  # type: ignore[arg-type] # ids are texts
        return browser.open(address, method=method, data=fill(row.data))

    return ask


def value_of(ids: Ids, thing: str, role: str, *, foreign: bool) -> str:
    if thing.startswith("="):
        return thing[1:]
    prefix = "other_" if foreign else ""
    return ids.get(f"{prefix}{thing}:{role}") or ids[f"{prefix}{thing}"]


def row_values(row: Row) -> dict[str, str]:
    return {**row.path, **row.data, **row.query}


def named_in(row: Row) -> list[str]:
    """Return the values of a row that name something which belongs to a service."""
    return [name for name, thing in row_values(row).items() if not thing.startswith("=")]


def methods_of(endpoint: str) -> list[str]:
    return sorted({"GET", "POST"} & METHODS[endpoint])


def cases(rows: Mapping[str, Row]) -> list[tuple[str, str]]:
    return [(endpoint, method) for endpoint in rows if endpoint in METHODS for method in methods_of(endpoint)]


def _methods() -> dict[str, set[str]]:
    app = create_app(read_settings({"CARTREF_ENVIRONMENT": "test", "CARTREF_DATABASE_URL": "sqlite://"}))
    return {rule.endpoint: set(rule.methods or ()) for rule in app.url_map.iter_rules()}


METHODS = _methods()


def test_every_route_has_a_row_in_the_matrix() -> None:
    assert sorted(set(METHODS) - set(EVERYTHING)) == []


def test_every_row_of_the_matrix_is_a_route() -> None:
    assert sorted(set(EVERYTHING) - set(METHODS)) == []


def test_every_value_in_an_address_has_a_namesake_in_the_other_service(town: Town) -> None:
    named = {row_values(row)[name] for row in EVERYTHING.values() for name in named_in(row)}
    assert sorted(name for name in named if not {name, f"other_{name}"} <= set(town.ids)) == []
    assert all(town.ids[name] != town.ids[f"other_{name}"] for name in named)


@pytest.mark.parametrize(("endpoint", "method"), cases(STAFF))
def test_a_route_is_open_to_its_roles_and_closed_to_all_others(
    endpoint: str, method: str, ask: Callable[..., TestResponse], browser_of: Callable[[str], FlaskClient]
) -> None:
    row = STAFF[endpoint]
    turned_away = {role: ask(browser_of(role), endpoint, method, role).status_code for role in ROLES - row.roles}
    assert turned_away == dict.fromkeys(ROLES - row.roles, 403)
    for role in sorted(row.roles):
        answer = ask(browser_of(role), endpoint, method, role)
        assert answer.status_code not in {401, 403, 404, 405}, f"{role}: {answer.status}"
        assert answer.status_code < 500, f"{role}: {answer.status}"


@pytest.mark.parametrize(("endpoint", "method"), cases(STAFF))
def test_nobody_is_asked_to_sign_in_first(
    endpoint: str, method: str, ask: Callable[..., TestResponse], browser_of: Callable[[str], FlaskClient]
) -> None:
    answer = ask(browser_of("nobody"), endpoint, method)
    assert (answer.status_code, answer.location.split("?")[0]) == (303, "/sign-in")


def test_a_script_that_nobody_signed_in_for_is_told_so_in_json(browser_of: Callable[[str], FlaskClient]) -> None:
    answer = browser_of("nobody").get("/patients", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden.not-signed-in")


FOREIGN = [
    (endpoint, method, name)
    for endpoint, method in cases(STAFF)
    for name in named_in(STAFF[endpoint])
    if method == "POST" or name not in STAFF[endpoint].data or name in STAFF[endpoint].query
]


@pytest.mark.parametrize(("endpoint", "method", "name"), FOREIGN)
def test_what_belongs_to_another_service_is_not_there(
    endpoint: str, method: str, name: str, ask: Callable[..., TestResponse], browser_of: Callable[[str], FlaskClient]
) -> None:
    found = {
        role: ask(browser_of(role), endpoint, method, role, foreign=name).status_code for role in STAFF[endpoint].roles
    }
    assert found == dict.fromkeys(STAFF[endpoint].roles, 404)


@pytest.mark.parametrize(("endpoint", "method"), cases(PUBLIC))
def test_a_public_route_needs_no_sign_in(
    endpoint: str, method: str, ask: Callable[..., TestResponse], browser_of: Callable[[str], FlaskClient]
) -> None:
    assert ask(browser_of("nobody"), endpoint, method).status_code in {200, 303, 422}


@pytest.fixture
def holder(app: Flask, town: Town) -> FlaskClient:
    """Return the browser of somebody who opened the link to the visit."""
    browser = app.test_client()
    assert browser.get(f"/v/{town.ids['link_token']}").status_code == 303
    return browser


@pytest.fixture
def visitor(holder: FlaskClient, town: Town) -> FlaskClient:
    """Return the browser of the patient who gave her birth date too."""
    born = {"born_on-day": "14", "born_on-month": "3", "born_on-year": "1939"}
    assert holder.post(f"/visit/{town.ids['appointment']}/who", data=born).status_code == 303
    return holder


@pytest.mark.parametrize(("endpoint", "method"), cases(HOLDERS))
def test_whoever_holds_the_link_may_ask_for_the_visit(
    endpoint: str, method: str, ask: Callable[..., TestResponse], holder: FlaskClient
) -> None:
    assert ask(holder, endpoint, method).status_code in {200, 422}


@pytest.mark.parametrize(("endpoint", "method"), cases(VISITORS))
def test_whoever_gave_the_birth_date_may_visit(
    endpoint: str, method: str, ask: Callable[..., TestResponse], visitor: FlaskClient
) -> None:
    assert ask(visitor, endpoint, method).status_code not in {401, 403, 404, 405, 410, 500, 503}


@pytest.mark.parametrize(("endpoint", "method"), cases(VISITORS))
def test_the_link_alone_leads_back_to_the_question(
    endpoint: str, method: str, ask: Callable[..., TestResponse], holder: FlaskClient, town: Town
) -> None:
    answer = ask(holder, endpoint, method)
    asked = answer.status_code == 303 and answer.location == f"/visit/{town.ids['appointment']}"
    assert asked or answer.status_code == 403


@pytest.mark.parametrize(("endpoint", "method"), cases(HOLDERS | VISITORS))
@pytest.mark.parametrize("role", ["nobody", "admin", "clinician"])
def test_a_visit_is_not_there_without_its_link(
    role: str, endpoint: str, method: str, ask: Callable[..., TestResponse], browser_of: Callable[[str], FlaskClient]
) -> None:
    assert ask(browser_of(role), endpoint, method).status_code in {403, 404}


@pytest.mark.parametrize(("endpoint", "method"), cases(HOLDERS | VISITORS))
def test_one_visits_cookies_open_no_other_visit(
    endpoint: str, method: str, ask: Callable[..., TestResponse], app: Flask, visitor: FlaskClient, town: Town
) -> None:
    thief = app.test_client()
    for name in ("cartref_link", "cartref_visit"):
        kept = visitor.get_cookie(name, path=f"/visit/{town.ids['appointment']}")
        assert kept is not None
        thief.set_cookie(name, kept.value, path="/")
    assert ask(thief, endpoint, method, foreign="visit_id").status_code in {403, 404}


def test_events_without_a_signature_are_refused(ask: Callable[..., TestResponse], app: Flask) -> None:
    assert [ask(app.test_client(), endpoint, "POST").status_code for endpoint in SIGNED] == [401]


@pytest.mark.parametrize("endpoint", sorted(set(METHODS) - set(SIGNED)))
def test_a_change_without_the_forms_token_is_refused(
    endpoint: str, app: Flask, ask: Callable[..., TestResponse], browser_of: Callable[[str], FlaskClient]
) -> None:
    if "POST" not in METHODS[endpoint]:
        return
    app.config["WTF_CSRF_ENABLED"] = True
    role = min(EVERYTHING[endpoint].roles, default="nobody")
    assert ask(browser_of(role), endpoint, "POST", role).status_code == 400


@pytest.mark.parametrize("endpoint", METHODS)
def test_a_route_answers_no_other_method(
    endpoint: str, ask: Callable[..., TestResponse], browser_of: Callable[[str], FlaskClient]
) -> None:
    role = min(EVERYTHING[endpoint].roles, default="nobody") if endpoint in EVERYTHING else "nobody"
    answers = {method: ask(browser_of(role), endpoint, method, role).status_code for method in UNUSED}
    assert answers == dict.fromkeys(UNUSED, 405)
