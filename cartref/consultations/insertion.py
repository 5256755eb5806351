"""Adding a row that another transaction may be adding at the same moment: one of the two does, and neither fails."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cartref.db import Base

INSERT: dict[str, Callable[[Any], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_once(session: Session, model: type[Base], **values: object) -> bool:
    """Add a row unless one of its unique keys is taken already; tell whether it was added."""
    table = model.__table__
    statement = INSERT[session.get_bind().dialect.name](table).values(**values).on_conflict_do_nothing()
    return session.execute(statement.returning(*table.primary_key)).first() is not None
