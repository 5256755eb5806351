"""What is looked for: one patient's next visit, and all that it has to respect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from cartref.appointments.models import Mode
from cartref.patients.hours import FreeHours
from cartref.patients.models import TimeOfDay


@dataclass(frozen=True)
class Helper:
    """A carer who is to be there; without `hours` nobody has asked when she is free, and she is taken to be."""

    carer_id: str
    name: str
    hours: Sequence[FreeHours] = ()

    def is_free(self, starts: datetime, ends: datetime) -> bool:
        """Tell whether she is free from one wall-clock moment to another; a day's own hours replace its weekday's."""
        if not self.hours:
            return True
        day = starts.date()
        own = [free for free in self.hours if free.on == day]
        that_day = own or [free for free in self.hours if free.weekday == day.weekday()]
        return any(free.starts <= starts.time() and ends.time() <= free.ends for free in that_day)


@dataclass(frozen=True)
class Trip:
    """Another visit of hers that takes her to a place on a day."""

    day: date
    site_id: str
    site: str


@dataclass(frozen=True)
class Need:
    """Whom a time is sought for, from which day, and what matters to her.

    `minutes` None takes what each clinic gives to her frailty. `waived` names relaxations (`why_none.RELAXATIONS`) that
    a person has decided on. `near` has the kilometres to a site, where they are known.
    """

    patient_id: str
    mode: Mode
    now: datetime
    zone: ZoneInfo
    first_on: date
    clinic_id: str | None = None
    site_id: str | None = None
    minutes: int | None = None
    frailty: int | None = None
    welsh: bool = False
    interpreter: bool = False
    helper: Helper | None = None
    not_before: time | None = None
    notice_days: int = 0
    by_letter: bool = False
    time_of_day: TimeOfDay = TimeOfDay.ANY
    due_on: date | None = None
    is_review: bool = False
    urgent: bool = False
    clinician_id: str | None = None
    trips: Sequence[Trip] = ()
    near: Mapping[str, float] = field(default_factory=dict)
    waived: frozenset[str] = frozenset()

    @property
    def today(self) -> date:
        """Return what day it is where she lives."""
        return self.now.astimezone(self.zone).date()

    @property
    def beside(self) -> bool:
        """Tell whether somebody presents her at a place."""
        return self.mode is Mode.VIDEO_SITE

    @property
    def placed(self) -> bool:
        """Tell whether she needs a room at a place: with a presenter, or in person at a place that was chosen."""
        return self.beside or (self.mode is Mode.IN_PERSON and self.site_id is not None)
