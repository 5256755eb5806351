"""Reading a clinic's database beside it, without holding anybody up."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cartref.db import reading


@contextmanager
def looking(engine: Engine) -> Iterator[Session]:
    """Hand out a session that only reads, and from which rows may be taken away."""
    with reading(), Session(engine, expire_on_commit=False) as session:
        yield session
