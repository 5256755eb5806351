"""Addresses that ask for links that do not exist, as somebody who guesses does."""

from datetime import timedelta

from sqlalchemy.orm import Session

from cartref.accounts.service import throttling
from cartref.errors import Throttled

MOST_MISSES = 60
WINDOW = timedelta(minutes=1)


def check(session: Session, address: str) -> None:
    """Raise Throttled when sixty links from this network address were missed, until a minute without one has passed."""
    missed, _forgotten_at = throttling.counted(session, _key(address))
    if missed >= MOST_MISSES:
        raise Throttled(int(WINDOW.total_seconds()))


def count(session: Session, address: str) -> None:
    """Count one more link that does not exist."""
    throttling.count(session, _key(address), WINDOW)


def _key(address: str) -> str:
    return throttling.key("link-missed", address)
