"""How Alembic reaches the database: through the application it migrates, in one transaction a migration."""

from alembic import context
from flask import current_app
from sqlalchemy import Engine

from cartref.db import Base, db


def migrate_online(engine: Engine) -> None:
    """Apply the migrations over a connection to the application's database."""
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            render_as_batch=True,
            user_module_prefix="",
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("CARTREF's migrations run against a database: leave out --sql")
with current_app.app_context():
    migrate_online(db.engine)
