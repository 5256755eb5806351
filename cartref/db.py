"""The database: Flask-SQLAlchemy over a typed base, aware UTC times, and what SQLite and PostgreSQL each need.

A transaction that writes begins IMMEDIATE on SQLite, so that it never finds out at its end that it read too early; a
transaction that only reads begins deferred and waits for nobody. Which of the two it is, the rim says with `reading`.
"""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, Enum, MetaData, String, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, mapped_column, registry
from sqlalchemy.types import TypeDecorator

ID_LENGTH = 24
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_reading: ContextVar[bool] = ContextVar("reading", default=False)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; on SQLite as text of one fixed width, so that comparing text compares time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment; hand the database UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without its zone can't be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every table's class inherits from."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UTCDateTime(), dict[str, Any]: JSON(), list[str]: JSON()},
    )


db = SQLAlchemy(model_class=Base)


def new_id() -> str:
    """Return an opaque id of 24 hexadecimal figures (96 random bits), fit for URLs and for signalling."""
    return secrets.token_hex(ID_LENGTH // 2)


def id_column() -> MappedColumn[str]:
    """Return the primary key column that most tables have: an opaque text id."""
    return mapped_column(String(ID_LENGTH), primary_key=True, default=new_id)


def choice(values: type[StrEnum], *, length: int = 32) -> Enum:
    """Return a column type that holds one of an enumeration's values, checked by the database too."""
    return Enum(
        values,
        native_enum=False,
        create_constraint=True,
        length=length,
        name=values.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


class Identified:
    """A table whose rows are named by an opaque id."""

    id: Mapped[str] = id_column()


@contextmanager
def reading() -> Iterator[None]:
    """Let transactions begun inside be read-only in intent: on SQLite they take no write lock."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def set_reading(only: bool) -> None:
    """Say, for the rim of a request, whether transactions begun from here on only read."""
    _reading.set(only)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:  # a DB-API connection of either driver
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # SQLAlchemy begins transactions itself, in _begin_sqlite
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")
