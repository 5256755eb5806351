"""Quiet hours: no telephone beeps beside an old person's bed between 9pm and 8am on her clocks. Pure.

Every moment is aware; what comes back is in UTC. A reminder is brought forward to the evening before, for after the
night it may be too late; anything else waits for the morning.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

BEGIN, END = time(21), time(8)
EVENING = time(19)  # when a reminder goes that would have been due in the night


def is_quiet(at: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a moment lies in the quiet hours of a zone: from 9pm up to, not including, 8am."""
    wall = at.astimezone(zone).time()
    return wall >= BEGIN or wall < END


def until_morning(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment itself, or 8am after the night that it lies in."""
    if not is_quiet(at, zone):
        return at.astimezone(UTC)
    local = at.astimezone(zone)
    day = local.date() + timedelta(days=local.time() >= BEGIN)
    return datetime.combine(day, END, zone).astimezone(UTC)


def evening_before(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment itself, or 7pm before the night that it lies in."""
    if not is_quiet(at, zone):
        return at.astimezone(UTC)
    local = at.astimezone(zone)
    day = local.date() - timedelta(days=local.time() < END)
    return datetime.combine(day, EVENING, zone).astimezone(UTC)
