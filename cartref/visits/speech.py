"""What the pages of a visit say that depends on numbers and hours, in a named language; pure."""

from datetime import datetime, timedelta

from cartref.formatting import time
from cartref.i18n import words
from cartref.patients.models import Patient

NOON, EVENING = 12, 18
MOST_AHEAD = 12  # beyond it nobody is told a number, for nobody would believe it
ROUND = timedelta(minutes=5)
RANGE = timedelta(minutes=15)


def greeting(now: datetime, name: str, language: str) -> str:
    """Return "Good morning, Eluned" by the hour of `now`, which is on the clinic's own clocks."""
    said = words(language)
    if now.hour < NOON:
        return said.gettext("Good morning, %(name)s", name=name)
    if now.hour < EVENING:
        return said.gettext("Good afternoon, %(name)s", name=name)
    return said.gettext("Good evening, %(name)s", name=name)


def ahead(n: int, language: str) -> str:
    """Return how many are before her, as a heading."""
    said = words(language)
    if n == 0:
        return said.gettext("You are next")
    if n == 1:
        return said.gettext("One person is before you")
    return said.gettext("%(n)s people are before you", n=n)


def all_ahead(language: str) -> list[str]:
    """Return the headings for nobody, one person, and so on up to twelve people before her."""
    return [ahead(n, language) for n in range(MOST_AHEAD + 1)]


def late_range(starts_at: datetime, late_minutes: int, now: datetime) -> tuple[datetime, datetime]:
    """Return between which two times she may expect to be seen: in whole 5 minutes, and never in the past."""
    expected = max(starts_at + timedelta(minutes=late_minutes), now)
    past = timedelta(minutes=expected.minute % 5, seconds=expected.second, microseconds=expected.microsecond)
    first = expected - past + (ROUND if past else timedelta())
    return first, first + RANGE


def late(starts_at: datetime, late_minutes: int, now: datetime, language: str) -> str:
    """Return when she may expect to be seen; empty when the clinic is on time."""
    if late_minutes <= 0:
        return ""
    first, last = (time(at, language) for at in late_range(starts_at, late_minutes, now))
    # Translators: two times, "10:35am" and "10:50am"; Welsh says "o … i …", for "a" changes before some hours
    return words(language).gettext("We expect to see you between %(first)s and %(last)s.", first=first, last=last)


def tries_left(n: int, language: str) -> str:
    """Return how often the birth date may be given again."""
    return words(language).ngettext("You have %(n)s more try.", "You have %(n)s more tries.", n)


def initials(patient: Patient) -> str:
    """Return "E. P.", all that an unproved link says of whose it is."""
    return ". ".join(patient.initials.split()) + "."
