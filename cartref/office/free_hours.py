"""When a carer is free, as pages say it: by weekday, then on single days. Pure."""

from collections.abc import Iterable, Sequence

from cartref.i18n import words
from cartref.office.labels import WEEKDAYS
from cartref.office.speech import Speech
from cartref.patients.hours import FreeHours


def by_day(hours: Sequence[FreeHours], say: Speech) -> list[tuple[str, str]]:
    """Return each day with its times: ("Monday", "9am to 12pm, 2pm to 4pm")."""
    weekdays = sorted({free.weekday for free in hours if free.weekday is not None})
    single = sorted({free.on for free in hours if free.on is not None})
    weekly = [
        (words(say.language).gettext(WEEKDAYS[str(day)]), _times((one for one in hours if one.weekday == day), say))
        for day in weekdays
    ]
    return weekly + [(say.weekday(day), _times((one for one in hours if one.on == day), say)) for day in single]


def _times(hours: Iterable[FreeHours], say: Speech) -> str:
    return ", ".join(say.walls(free.starts, free.ends) for free in hours)
