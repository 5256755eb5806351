"""Doing again what the database undid because two came at once."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from cartref.errors import Unavailable

TRIES = 3
LONGEST_PAUSE = 0.05  # seconds; different for each, so that the same two do not meet again

# PostgreSQL's class 40 and 23505: a deadlock or a serialisation failure, and a row that somebody else wrote first.
WORTH_REPEATING = frozenset({"40P01", "40001", "23505"})

Result = TypeVar("Result")


def in_turn(session: Session, act: Callable[[], Result]) -> Result:
    """Return what `act` gives, undone and done again when the database chose it as the one to give way.

    Each try has its own savepoint, so the rest of the transaction stays. Raises Unavailable after three tries.
    """
    for left in reversed(range(TRIES)):
        try:
            with session.begin_nested():
                return act()
        except DBAPIError as fault:
            if getattr(fault.orig, "sqlstate", None) not in WORTH_REPEATING:
                raise
            if left:
                time.sleep(random.uniform(0, LONGEST_PAUSE))  # noqa: S311 # a pause is no secret
    raise Unavailable(reason="contended")
