"""The soft rules: which of the times that suit is best, as a table in order of weight, each with its reason in words.

Nobody is shown a number: the points only put times in order, and only within their own rule.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import groupby

from cartref.appointments.finding.candidates import Candidate
from cartref.appointments.finding.need import Need, Trip
from cartref.appointments.finding.reasons import Reason
from cartref.appointments.models import Mode
from cartref.i18n import N_
from cartref.patients.models import TimeOfDay

NOON = time(12)
WEEK = timedelta(weeks=1)
EARLY = 2 * WEEK  # before a review is due: sooner than that it would tell little
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class SoftRule:
    """One rule: `points` are 0 for the best, and `reason` says what they mean for the patient."""

    code: str
    points: Callable[[Candidate, Need], int]
    reason: Callable[[Candidate, Need], Reason | None]


def _weeks(days: int) -> int:
    return -(-days // 7)


def _lateness(candidate: Candidate, need: Need) -> int:
    """Return the weeks after the due date, or before the fortnight in which a review is due; what is urgent is late."""
    day = candidate.starts.date()
    if need.urgent:
        return _weeks((day - need.today).days)
    if need.due_on is None:
        return 0
    if need.is_review and day < need.due_on - EARLY:
        return _weeks((need.due_on - EARLY - day).days)
    return max(0, _weeks((day - need.due_on).days))


def _due_reason(candidate: Candidate, need: Need) -> Reason | None:
    day, due = candidate.starts.date(), need.due_on
    if due is None:
        return Reason(N_("Soon, as it is urgent")) if need.urgent and day <= need.today + EARLY else None
    if day > due:
        return Reason(N_("After the due date, %(date)s"), {"date": due}, against=True)
    if need.is_review and day < due - EARLY:
        return Reason(N_("More than 2 weeks before the due date, %(date)s"), {"date": due}, against=True)
    if day == due:
        return Reason(N_("On the due date"))
    return Reason(N_("Before the due date, %(date)s"), {"date": due})


def _another_clinician(candidate: Candidate, need: Need) -> bool:
    return need.clinician_id is not None and candidate.sitting.clinician_id != need.clinician_id


def _continuity_reason(candidate: Candidate, need: Need) -> Reason | None:
    if need.clinician_id is None:
        return None
    if _another_clinician(candidate, need):
        return Reason(N_("Not the same clinician as last time"), against=True)
    return Reason(N_("The same clinician as last time"))


def _against_wish(candidate: Candidate, need: Need) -> bool:
    wanted = {TimeOfDay.MORNING: candidate.starts.time() < NOON, TimeOfDay.AFTERNOON: candidate.starts.time() >= NOON}
    return not wanted.get(need.time_of_day, True)


WISHES = {
    TimeOfDay.MORNING: (N_("In the morning, as the patient likes"), N_("Not in the morning")),
    TimeOfDay.AFTERNOON: (N_("In the afternoon, as the patient likes"), N_("Not in the afternoon")),
}


def _wish_reason(candidate: Candidate, need: Need) -> Reason | None:
    if need.time_of_day not in WISHES:
        return None
    granted, refused = WISHES[need.time_of_day]
    return Reason(refused, against=True) if _against_wish(candidate, need) else Reason(granted)


def _same_trip(candidate: Candidate, need: Need) -> Trip | None:
    if candidate.seat is None or need.mode not in {Mode.VIDEO_SITE, Mode.IN_PERSON}:
        return None
    here = (candidate.starts.date(), candidate.seat.place.site_id)
    return next((trip for trip in need.trips if (trip.day, trip.site_id) == here), None)


def _another_trip(candidate: Candidate, need: Need) -> bool:
    return bool(need.trips) and candidate.seat is not None and _same_trip(candidate, need) is None


def _trip_reason(candidate: Candidate, need: Need) -> Reason | None:
    trip = _same_trip(candidate, need)
    if trip is None:
        return None
    return Reason(N_("The same day as the visit to this place, so one journey: %(place)s"), {"place": trip.site})


def _gap_reason(candidate: Candidate, _need: Need) -> Reason | None:
    return None if candidate.gaps else Reason(N_("Leaves no gap in the clinic"))


# What matters to the patient, in order of weight; then what only decides between times that serve her equally well.
SOFT_RULES = (
    SoftRule("due", _lateness, _due_reason),
    SoftRule("continuity", lambda candidate, need: int(_another_clinician(candidate, need)), _continuity_reason),
    SoftRule("wish", lambda candidate, need: int(_against_wish(candidate, need)), _wish_reason),
    SoftRule("trip", lambda candidate, need: int(_another_trip(candidate, need)), _trip_reason),
)
GAPS = SoftRule("gaps", lambda candidate, _need: candidate.gaps, _gap_reason)


def points(candidate: Candidate, need: Need) -> tuple[int, ...]:
    """Return what each soft rule gives to a time, in order of weight; the least is the best."""
    return tuple(rule.points(candidate, need) for rule in SOFT_RULES)


def reasons(candidate: Candidate, need: Need) -> Iterator[Reason]:
    """Yield what the soft rules have to say of a time."""
    for rule in (*SOFT_RULES, GAPS):
        if reason := rule.reason(candidate, need):
            yield reason


def best_first(suitable: Iterable[Candidate], need: Need) -> Iterator[Candidate]:
    """Yield the times by what the patient gains; of equals first one unlike those before: another day, or hour.

    A clinic without gaps is weighed within a week, so that nobody waits for weeks to keep a clinic tidy.
    """
    chosen: list[Candidate] = []
    ranked = sorted(((points(candidate, need), _tidy(candidate, need), candidate) for candidate in suitable), key=_key)
    for _points, group in groupby(ranked, key=lambda row: row[0]):
        equals = list(group)
        while equals:
            best = min(equals, key=lambda row: (_likeness(row[2], chosen), row[1]))
            equals.remove(best)
            chosen.append(best[2])
            yield best[2]


_Ranked = tuple[tuple[int, ...], tuple[object, ...], Candidate]


def _key(row: _Ranked) -> tuple[object, ...]:
    return (row[0], row[1])


def _tidy(candidate: Candidate, need: Need) -> tuple[object, ...]:
    """Return what decides between equals: the week, no gap, the moment, and at last the slot, so that it is certain."""
    week = (candidate.starts.date() - need.first_on).days // 7
    return (week, candidate.gaps, candidate.span.starts_at, candidate.slot_id)


def _likeness(candidate: Candidate, chosen: Sequence[Candidate]) -> int:
    """Return how alike a time is to one that is offered already: 0 another day, 1 another half of it, 2 an hour off."""
    return max((_alike(candidate, other) for other in chosen), default=0)


def _alike(candidate: Candidate, other: Candidate) -> int:
    if _day(candidate) != _day(other):
        return 0
    if (candidate.starts.time() < NOON) != (other.starts.time() < NOON):
        return 1
    return 2 if abs(candidate.span.starts_at - other.span.starts_at) >= AN_HOUR else 3


def _day(candidate: Candidate) -> date:
    return candidate.starts.date()
