"""Every time that somebody could think of, with what is true of it: pure, from what was gathered."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from operator import attrgetter

from cartref.appointments.finding.need import Need
from cartref.clinics.availability import Span

APART = timedelta(minutes=30)  # between two visits of one patient: to come home, to rest, to find the next link
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Sitting:
    """One open session of a clinic, as much of it as the search needs; `minutes` is what the patient needs there."""

    id: str
    clinic_id: str
    clinic: str
    letter_days: int
    minutes: int
    clinician_id: str
    clinician: str
    welsh: bool
    day: date
    away: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A free slot; `busy` tells that its clinician is taken elsewhere at some of that time."""

    slot_id: str
    span: Span
    busy: bool = False


@dataclass(frozen=True)
class Presenter:
    """Somebody who can be beside the patient at a place, and the days when she is away, both counted."""

    staff_id: str
    name: str
    welsh: bool
    away: Sequence[tuple[date, date]] = ()

    def is_away(self, day: date) -> bool:
        """Tell whether she is on leave that day."""
        return any(first <= day <= last for first, last in self.away)


@dataclass(frozen=True)
class Place:
    """A site with its rooms, who presents patients there, and its opening hours by weekday; none: always open."""

    site_id: str
    site: str
    rooms: Sequence[tuple[str, str]] = ()
    presenters: Sequence[Presenter] = ()
    hours: Mapping[int, Sequence[tuple[time, time]]] = field(default_factory=dict)

    def is_open(self, starts: datetime, ends: datetime) -> bool:
        """Tell whether it is open from one wall-clock moment of a day to another."""
        if not self.hours:
            return True
        return any(
            opens <= starts.time() and ends.time() <= closes for opens, closes in self.hours.get(starts.weekday(), ())
        )


@dataclass(frozen=True)
class Gathered:
    """All that a search knows: open sessions with their free slots, places, and what is taken by whom (sorted)."""

    sittings: Sequence[tuple[Sitting, Sequence[Piece]]] = ()
    places: Sequence[Place] = ()
    taken: Mapping[str, Sequence[Span]] = field(default_factory=dict)


class Readiness(IntEnum):
    """How far a place can take the patient at a time: each step has all before it."""

    CLOSED = 0
    OPEN = 1
    ROOM = 2
    PRESENTER = 3


@dataclass(frozen=True)
class Seat:
    """Where she would sit, in which room, and who would be beside her; a part that can't be had is None."""

    place: Place
    readiness: Readiness
    room: tuple[str, str] | None = None
    presenter: Presenter | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A time from a free slot on, and what is true of it. `starts` and `ends` are on the patient's own clock.

    `short` tells that fewer free minutes follow each other than she needs; `gaps` how many single slots it leaves
    alone between itself and what is taken.
    """

    sitting: Sitting
    slot_id: str
    span: Span
    starts: datetime
    ends: datetime
    short: bool
    gaps: int
    clinician_busy: bool
    patient_busy: bool
    close: bool
    seat: Seat | None


def candidates(need: Need, gathered: Gathered) -> Iterator[Candidate]:
    """Yield a candidate for every free slot, whether it suits or not."""
    own = gathered.taken.get(need.patient_id, ())
    for sitting, pieces in gathered.sittings:
        for run in _runs(pieces):
            for at in range(len(run)):
                yield _candidate(need, gathered, sitting, run, at, own)


def overlaps(taken: Sequence[Span], span: Span) -> bool:
    """Tell whether one of these spans, which are sorted and share no time with each other, meets `span`."""
    before = bisect_left(taken, span.ends_at, key=attrgetter("starts_at"))
    return before > 0 and taken[before - 1].ends_at > span.starts_at


def _runs(pieces: Sequence[Piece]) -> Iterator[Sequence[Piece]]:
    """Yield the stretches of slots that follow each other without a gap."""
    run: list[Piece] = []
    for piece in pieces:
        if run and run[-1].span.ends_at != piece.span.starts_at:
            yield run
            run = []
        run.append(piece)
    if run:
        yield run


def _end(piece: Piece) -> datetime:
    return piece.span.ends_at


def _candidate(
    need: Need, gathered: Gathered, sitting: Sitting, run: Sequence[Piece], at: int, own: Sequence[Span]
) -> Candidate:
    wanted = run[at].span.starts_at + (need.minutes or sitting.minutes) * MINUTE
    last = bisect_left(run, wanted, lo=at, key=_end)  # the slot in which the time would end
    used = run[at : last + 1]
    span = Span(run[at].span.starts_at, min(wanted, used[-1].span.ends_at))
    starts, ends = span.starts_at.astimezone(need.zone), span.ends_at.astimezone(need.zone)
    return Candidate(
        sitting=sitting,
        slot_id=run[at].slot_id,
        span=span,
        starts=starts,
        ends=ends,
        short=last == len(run),
        gaps=(at == 1) + (len(run) - at - len(used) == 1),
        clinician_busy=any(piece.busy for piece in used),
        patient_busy=overlaps(own, span),
        close=overlaps(own, Span(span.starts_at - APART, span.ends_at + APART)),
        seat=_seat(need, gathered, span, starts, ends) if need.placed else None,
    )


def _seat(need: Need, gathered: Gathered, span: Span, starts: datetime, ends: datetime) -> Seat | None:
    """Return the best seat of all places: ready first, in her language, on a journey she makes already, then near."""
    seats = [_seat_at(need, gathered, place, span, starts, ends) for place in gathered.places]
    on_the_way = {trip.site_id for trip in need.trips if trip.day == starts.date()}

    def order(seat: Seat) -> tuple[object, ...]:
        foreign = need.welsh and seat.presenter is not None and not seat.presenter.welsh
        far = need.near.get(seat.place.site_id, float("inf"))
        return (-seat.readiness, foreign, seat.place.site_id not in on_the_way, far, seat.place.site)

    return min(seats, key=order, default=None)


def _seat_at(need: Need, gathered: Gathered, place: Place, span: Span, starts: datetime, ends: datetime) -> Seat:
    if not place.is_open(starts, ends):
        return Seat(place, Readiness.CLOSED)
    room = next((room for room in place.rooms if not overlaps(gathered.taken.get(room[0], ()), span)), None)
    if room is None:
        return Seat(place, Readiness.OPEN)
    if not need.beside:
        return Seat(place, Readiness.PRESENTER, room)
    free = [
        presenter
        for presenter in place.presenters
        if not presenter.is_away(starts.date()) and not overlaps(gathered.taken.get(presenter.staff_id, ()), span)
    ]
    if not free:
        return Seat(place, Readiness.ROOM, room)
    presenter = min(free, key=lambda presenter: need.welsh and not presenter.welsh)
    return Seat(place, Readiness.PRESENTER, room, presenter)
