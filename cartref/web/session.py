"""One transaction a request, and the one commit: returning commits, raising rolls back.

A safe method (GET, HEAD) begins a transaction that only reads. What it has to write all the same (that a record was
read) runs after the answer is made, in a short transaction that may write.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask, Response, g, request
from sqlalchemy.orm import Session

from cartref.db import db, set_reading

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
Later = Callable[[Session], None]


def install(app: Flask) -> None:
    """Give every request of `app` its transaction."""
    app.before_request(_begin)
    app.after_request(_commit)
    app.teardown_request(lambda _error: set_reading(False))


def after_reading(write: Later) -> None:
    """Let `write` run in the request's last transaction, before its answer is sent."""
    _pending().append(write)


def after_commit(act: Callable[[], None]) -> None:
    """Let `act` run once the request's transaction is safe: waking the worker, say. It must not fail the request."""
    g.setdefault("after_commit", []).append(act)


def roll_back() -> None:
    """Undo the request's work and forget what it meant to do later: for the error handlers."""
    db.session.rollback()
    g.pop("after_reading", None)
    g.pop("after_commit", None)


def give_up_database() -> None:
    """Say that the database can't be reached, so that the page that says so asks it nothing."""
    g.database_away = True


def database_away() -> bool:
    """Tell whether this request found that the database can't be reached."""
    return bool(g.get("database_away"))


@contextmanager
def savepoint() -> Iterator[None]:
    """Undo what the block did when it raises, so that a page can go on to show the error beside its field."""
    with db.session.begin_nested():
        yield


def _pending() -> list[Later]:
    pending: list[Later] = g.setdefault("after_reading", [])
    return pending


def _begin() -> None:
    set_reading(request.method in SAFE_METHODS)


def _commit(response: Response) -> Response:
    if response.status_code >= 500:
        roll_back()
        return response
    db.session.commit()
    if _pending():
        set_reading(False)
        for write in _pending():
            write(db.session())
        db.session.commit()
    for act in g.pop("after_commit", []):
        act()
    return response
