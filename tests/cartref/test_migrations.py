"""Migrations: up, down and up again on both databases, ending at what the models say."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from cartref.app import create_app
from cartref.appointments.models import NO_OVERLAP
from cartref.config import read_settings
from cartref.db import Base, db

MIGRATIONS = Path(__file__).parents[2] / "cartref" / "migrations"
GUARDS = {
    "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal UNION ALL "
    "SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'x' ORDER BY 1",
}


@pytest.fixture(params=("sqlite", "postgresql"))
def empty_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """Return the application on a database without a single table."""
    server: Any = None
    url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        url = server.create_database()
    app = create_app(
        read_settings({"CARTREF_ENVIRONMENT": "test", "CARTREF_DATABASE_URL": url, "CARTREF_DATA": str(tmp_path)})
    )
    with app.app_context():
        yield app
        db.engine.dispose()
    if server:
        server.drop(url)


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1


def test_migrations_go_up_down_and_up_and_end_at_the_models(empty_app: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert _tables() <= {"alembic_version"}
    upgrade()

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_migrated_database_has_the_guards_that_the_models_make(empty_app: Flask) -> None:
    upgrade()
    migrated = _guards()
    downgrade(revision="base")
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    Base.metadata.create_all(db.engine)

    assert migrated == _guards()
    assert migrated


def _tables() -> set[str]:
    with db.engine.connect() as connection:
        return set(connection.dialect.get_table_names(connection))


def _guards() -> list[str]:
    """Return what each guard does, spaces and line ends aside."""
    with db.engine.connect() as connection:
        found = connection.scalars(text(GUARDS[connection.dialect.name])).all()
    assert any(NO_OVERLAP in guard for guard in found)
    return [" ".join(guard.split()) for guard in found]
