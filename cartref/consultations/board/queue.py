"""Places in the queue of one clinician's session: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class InQueue:
    """Somebody who is here: still waiting, or already with the clinician."""

    visit: str
    starts_at: datetime
    waiting: bool


def places(here: Sequence[InQueue]) -> dict[str, int]:
    """Return how many are before everybody who waits: those who are here and whose time is earlier."""
    ordered = sorted(here, key=lambda one: (one.starts_at, one.visit))
    return {one.visit: ahead for ahead, one in enumerate(ordered) if one.waiting}
