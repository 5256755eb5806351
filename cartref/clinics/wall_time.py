"""From the clock on the wall of a clinic to UTC, refusing the hours that a change of the clocks skips or repeats."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


class NonexistentTime(ValueError):
    """The clocks go forward over this wall time, so that nothing can begin or end at it."""


class AmbiguousTime(ValueError):
    """The clocks go back over this wall time, so that it comes twice and does not say which is meant."""


def to_utc(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The one moment, aware in UTC, at which the clocks of `zone` show `wall` on `day`.

    NonexistentTime and AmbiguousTime (both ValueError) when there is none or there are two; ValueError when
    `wall` already carries a zone.
    """
    if wall.tzinfo is not None:
        raise ValueError("a wall time carries no zone of its own")
    moments = _moments(datetime.combine(day, wall), zone)
    if not moments:
        raise NonexistentTime(f"{day} {wall} does not exist in {zone.key}")
    if len(moments) > 1:
        raise AmbiguousTime(f"{day} {wall} happens twice in {zone.key}")
    return moments.pop()


def _moments(local: datetime, zone: ZoneInfo) -> set[datetime]:
    """The moments, in UTC, at which the clock shows `local`: none, one or two."""
    candidates = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return {moment for moment in candidates if moment.astimezone(zone).replace(tzinfo=None, fold=0) == local}
