"""Steps that several migrations take: columns that the release before goes on inserting beside, wider choices."""

from typing import Any

import sqlalchemy as sa
from alembic import op


def add(table: str, name: str, kind: sa.types.TypeEngine[Any], refers_to: str | None, default: Any) -> None:
    """Add a column, so that the release before goes on inserting; SQLite takes a reference only with its column."""
    if refers_to is None:
        op.add_column(table, sa.Column(name, kind, server_default=default, nullable=default is None))
        return
    there = refers_to.partition(".")[0]
    key = f"CONSTRAINT fk_{table}_{name}_{there} REFERENCES {there} (id)"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {name} VARCHAR(24) {key}")


def allow(table: str, constraint: str, column: str, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Change which values a column may hold; on SQLite by the schema's own text, so that no table is copied."""
    if op.get_bind().dialect.name == "sqlite":
        _reword(table, _among(column, before), _among(column, after))
        return
    name = f"ck_{table}_{constraint}"
    op.drop_constraint(op.f(name), table, type_="check")
    op.create_check_constraint(op.f(name), table, _among(column, after))


def _among(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _reword(table: str, before: str, after: str) -> None:
    """Follow "Making Other Kinds Of Table Schema Changes" of SQLite's ALTER TABLE page."""
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    changed = connection.execute(
        sa.text("UPDATE sqlite_schema SET sql = replace(sql, :before, :after) WHERE type = 'table' AND name = :name"),
        {"before": before, "after": after, "name": table},
    )
    assert changed.rowcount == 1
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")
