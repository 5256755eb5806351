"""What every test can ask for: a fresh database of either kind, the application on it, and somebody signed in."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from cartref.app import create_app
from cartref.config import Settings, read_settings
from cartref.db import Base
from tests.factories import World, build_world

pytest_plugins = ["tests.programs"]
DATABASES = ("sqlite", "postgresql")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put browser tests last: Playwright leaves an event loop running that other tests can't share a process with."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty SQLite database with every table."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgres_server: Any) -> str:
    """Return the name of an empty PostgreSQL database with every table."""
    url = postgres_server.create_database()
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()
    return str(engine.url.database)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a fresh database: once SQLite, once PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "cartref.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_server")
    url = server.create_database(template=request.getfixturevalue("postgresql_template"))
    yield url
    server.drop(url)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Return an engine on the fresh database."""
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Return a session on the fresh database, for services and queries."""
    with Session(engine) as session:
        yield session


@pytest.fixture
def world(session: Session) -> World:
    """Return a small health board, committed: two services, people of every role, places, a clinic, patients."""
    world = build_world(session)
    session.commit()
    return world


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Return the settings of a test's application."""
    return read_settings(
        {
            "CARTREF_ENVIRONMENT": "test",
            "CARTREF_DATABASE_URL": database_url,
            "CARTREF_DATA": str(tmp_path),
            "CARTREF_LOG_LEVEL": "WARNING",
        }
    )


@pytest.fixture
def app(settings: Settings, world: World) -> Flask:
    """Return the application on the fresh database with the small world in it."""
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a browser that is not signed in."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, world: World) -> Callable[..., FlaskClient]:
    """Return a function that gives a browser signed in as `world.staff[name]`, "admin" or "other_admin", say."""

    def open_as(name: str) -> FlaskClient:
        browser = app.test_client()
        email = f"{name.replace('_', '.')}@example.org"  # asking the row would leave a transaction open
        answer = browser.post("/sign-in", data={"email": email, "password": world.password})
        assert answer.status_code == 303, answer.text
        return browser

    return open_as
