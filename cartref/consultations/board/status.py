"""Where one visit stands on the board, from the facts of it: pure.

The page works it out by the same rules from what it is told live (`static/js/components/board_status.js`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """What a row of the board says; the first letter of each class of the style sheet."""

    EXPECTED = "expected"
    TELEPHONE = "telephone"
    EARLY = "early"
    WAITING = "waiting"
    FAILED = "failed"
    IN_VISIT = "in-visit"
    DONE = "done"
    CANCELLED = "cancelled"
    MISSED = "missed"


class Line(StrEnum):
    """What somebody's line is like, in the words of the board."""

    GOOD = "good"
    WEAK = "weak"
    LOST = "lost"
    NO_SOUND = "no-sound"
    NO_PICTURE = "no-picture"
    UNKNOWN = "unknown"


SLOW = 400  # milliseconds there and back: from here on two people talk over each other (ITU-T G.114)


@dataclass(frozen=True)
class Facts:
    """What decides where a visit stands; `here_since` is set while she waits, `seen_since` while she is seen."""

    starts_at: datetime
    cancelled: bool = False
    missed: bool = False
    finished: bool = False
    by_telephone: bool = False
    here_since: datetime | None = None
    seen_since: datetime | None = None
    trouble: bool = False


@dataclass(frozen=True)
class Standing:
    """A status and since when."""

    status: Status
    since: datetime | None = None


def standing(facts: Facts, now: datetime) -> Standing:
    """Return where the visit stands: what is over first, then where she is, then what is only planned."""
    settled = (
        (facts.cancelled, Status.CANCELLED),
        (facts.missed, Status.MISSED),
        (facts.finished, Status.DONE),
    )
    for holds, status in settled:
        if holds:
            return Standing(status)
    return _present(facts, now) or _planned(facts)


def _present(facts: Facts, now: datetime) -> Standing | None:
    if facts.here_since is not None and now < facts.starts_at:
        return Standing(Status.EARLY, facts.here_since)
    if facts.here_since is not None:
        return Standing(Status.WAITING, max(facts.here_since, facts.starts_at))
    return Standing(Status.IN_VISIT, facts.seen_since) if facts.seen_since is not None else None


def _planned(facts: Facts) -> Standing:
    if facts.trouble:
        return Standing(Status.FAILED)
    return Standing(Status.TELEPHONE if facts.by_telephone else Status.EXPECTED)


def line_kind(told: Mapping[str, Any]) -> Line:
    """Return what the line is like from what the waiting page measured (`ready`) and the call reports (`quality`)."""
    known = (
        (bool(told.get("lost")), Line.LOST),
        (told.get("microphone") is False, Line.NO_SOUND),
        (told.get("camera") is False, Line.NO_PICTURE),
        (told.get("level") in ("fair", "poor") or (told.get("rtt") or 0) >= SLOW, Line.WEAK),
        (told.get("level") == "good" or told.get("microphone") is True, Line.GOOD),
    )
    return next((kind for holds, kind in known if holds), Line.UNKNOWN)
