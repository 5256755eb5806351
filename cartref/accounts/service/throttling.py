"""Counting tries: one row a key, counted in one statement, so that tries made at once are all counted."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.models import Throttle

Insert = Callable[[type[Throttle]], sqlite.Insert | postgresql.Insert]
INSERTS: dict[str, Insert] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def key(what: str, of: str) -> str:
    """Return the key that counts tries of `what`; whose they are can't be read from it."""
    return f"{what}:{hashlib.sha256(of.strip().casefold().encode()).hexdigest()}"


def count(session: Session, throttle: str, window: timedelta) -> int:
    """Count one more try and return how many there were; they are forgotten when none is counted for `window`."""
    now = clock.now()
    insert = INSERTS[session.get_bind().dialect.name](Throttle).values(key=throttle, count=1, expires_at=now + window)
    statement = insert.on_conflict_do_update(
        index_elements=[Throttle.key],
        set_={"count": case((Throttle.expires_at <= now, 1), else_=Throttle.count + 1), "expires_at": now + window},
    )
    return session.execute(statement.returning(Throttle.count)).scalar_one()


def counted(session: Session, throttle: str) -> tuple[int, datetime]:
    """Return how many tries stand under a key, and when they are forgotten."""
    now = clock.now()
    found = session.execute(select(Throttle.count, Throttle.expires_at).where(Throttle.key == throttle)).one_or_none()
    if found is None:
        return 0, now
    tries, expires_at = found
    return (tries, expires_at) if expires_at > now else (0, now)


def forget(session: Session, throttle: str) -> None:
    """Forget the tries under a key."""
    session.execute(delete(Throttle).where(Throttle.key == throttle))
