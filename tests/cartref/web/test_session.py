"""One transaction a request: what returns is kept, what raises is not, and reading takes no write lock."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from cartref.accounts.actor import system
from cartref.app import create_app
from cartref.audit.models import AuditEntry
from cartref.audit.reading import was_read
from cartref.audit.service import record
from cartref.config import Settings
from cartref.db import db, reading
from cartref.errors import Conflict, Unavailable
from cartref.web.access import public
from cartref.web.session import after_commit

Do = Callable[[], str]


@pytest.fixture
def done() -> list[str]:
    """Return what happened after a commit."""
    return []


@pytest.fixture
def browser(settings: Settings, session: Session, done: list[str]) -> Iterator[FlaskClient]:
    """Return a browser on an application with routes that write, and then go well or wrong."""
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False

    def write() -> None:
        record(db.session(), system(), "thing.changed", "thing", "1")
        after_commit(lambda: done.append("told"))

    def fail(error: Exception) -> Do:
        def view() -> str:
            write()
            raise error

        return view

    def well() -> str:
        write()
        return "well"

    def read() -> str:
        was_read(system(), "thing.read", "thing", "1")
        return "read"

    def read_and_fail() -> str:
        read()
        raise Conflict

    views: dict[str, Do] = {
        "well": well, "clash": fail(Conflict()), "away": fail(Unavailable()), "broken": fail(ZeroDivisionError()),
        "read": read, "read-and-fail": read_and_fail,
    }  # fmt: skip
    for name, view in views.items():
        app.add_url_rule(f"/try/{name}", name, public(view), methods=["GET", "POST"])
    yield app.test_client()


def entries(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(AuditEntry.action)))


def test_what_a_request_wrote_is_kept_when_it_answers(browser: FlaskClient, session: Session, done: list[str]) -> None:
    assert browser.post("/try/well").status_code == 200
    assert entries(session) == ["thing.changed"]
    assert done == ["told"]


@pytest.mark.parametrize(("name", "status"), [("clash", 409), ("away", 503), ("broken", 500)])
def test_nothing_is_kept_and_nobody_is_told_when_it_raises(
    browser: FlaskClient, session: Session, done: list[str], name: str, status: int
) -> None:
    assert browser.post(f"/try/{name}").status_code == status
    assert entries(session) == []
    assert done == []


def test_a_failed_request_leaves_nothing_behind_for_the_next(
    browser: FlaskClient, session: Session, done: list[str]
) -> None:
    browser.post("/try/clash")
    browser.post("/try/well")
    assert entries(session) == ["thing.changed"]
    assert done == ["told"]


def test_that_something_was_read_is_kept_although_the_request_only_reads(
    browser: FlaskClient, session: Session
) -> None:
    assert browser.get("/try/read").status_code == 200
    assert entries(session) == ["thing.read"]


def test_a_page_that_was_not_shown_was_not_read(browser: FlaskClient, session: Session) -> None:
    assert browser.get("/try/read-and-fail").status_code == 409
    assert entries(session) == []


def test_a_page_is_read_while_somebody_else_writes(app: Flask, world: object, database_url: str) -> None:
    engine = create_engine(database_url)
    with Session(engine) as writer:
        record(writer, system(), "thing.changed", "thing", "1")
        writer.flush()
        assert app.test_client().get("/readyz").status_code == 200
        writer.rollback()
    engine.dispose()


def test_what_was_read_is_written_once_the_page_is_ready(app: Flask, world: object) -> None:
    with app.test_request_context("/", method="GET"):
        was_read(system(), "thing.read", "thing", "1")
        with reading():
            assert db.session.scalar(select(func.count(AuditEntry.id))) == 0
        app.process_response(app.make_response("read"))
        assert db.session.scalar(select(func.count(AuditEntry.id))) == 1
