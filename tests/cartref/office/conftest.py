"""The small world for pages: its rows can be read without a transaction, which would keep the application waiting."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from cartref.db import db
from tests.factories import World, build_world


@pytest.fixture
def world(session: Session) -> World:
    """Return the small health board, committed, its rows as they were loaded."""
    session.expire_on_commit = False
    world = build_world(session)
    session.commit()
    return world


@dataclass
class Counted:
    """How many statements ran."""

    count: int = 0


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], AbstractContextManager[Counted]]:
    """Return a context in which the application's statements are counted, transactions' own left out."""

    @contextmanager
    def counting() -> Iterator[Counted]:
        counted = Counted()

        def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            counted.count += statement.lstrip().upper().startswith("SELECT")

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", count)
        yield counted
        event.remove(engine, "before_cursor_execute", count)

    return counting
