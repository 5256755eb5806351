"""When the demonstration's clinic of today sits: around this moment, at every hour and on every night of a year."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/London")
SLOT = timedelta(minutes=20)
GRID = timedelta(minutes=5)
SLOTS_BEFORE, SLOTS_AFTER = 5, 8  # of the one that is due now, where the day has room for them


def shown_once(moment: datetime, step: timedelta) -> datetime:
    """Return the first of `moment` and the steps from it that the clocks show once, as a session begins and ends."""
    local = moment.astimezone(ZONE)
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return moment
    return shown_once(moment + step, step)


def session_around(now: datetime) -> tuple[datetime, datetime]:
    """Return when, in UTC, a session of this day begins and ends, a slot of which began in the last five minutes.

    A session ends on its own day, so the last slot begins at 23:39, however late it is.
    """
    midnight = now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    first, last = midnight.astimezone(UTC), midnight.replace(hour=23, minute=59, second=59).astimezone(UTC)
    due = min(now - (now - first) % GRID, last - SLOT)
    starts_at = due - min(SLOTS_BEFORE, (due - first) // SLOT) * SLOT
    ends_at = due + min(SLOTS_AFTER + 1, (last - due) // SLOT) * SLOT
    return shown_once(starts_at, -SLOT), shown_once(ends_at, SLOT)
