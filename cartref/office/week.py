"""The week of the clinic book as a grid: a row for each clinician, site or room, a cell for each day. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from cartref.accounts.models import Staff
from cartref.appointments.models import Appointment
from cartref.clinics.availability import Span
from cartref.clinics.models import ClinicSession, Leave, Room, SessionStatus, Site, SiteHours, Slot, SlotState
from cartref.office.diary import Entry, Sitting, entries

OfSession = TypeVar("OfSession", Slot, Appointment)
SHORTEST_GAP = timedelta(minutes=5)
SATURDAY = 5


class By(StrEnum):
    """What the rows of the week are."""

    CLINICIAN = "clinician"
    SITE = "site"
    ROOM = "room"


@dataclass(frozen=True)
class Card:
    """One clinic session in a cell: all of its lines, or in a place's row those of the people seen there."""

    sitting: Sitting
    away: Leave | None = None

    @property
    def session(self) -> ClinicSession:
        """Return the clinic session."""
        return self.sitting.session

    @property
    def closed(self) -> bool:
        """Tell whether the session takes no patients."""
        return self.session.status is SessionStatus.CLOSED

    @property
    def to_move(self) -> int:
        """Return how many patients need another time, as the session is closed or its clinician is away."""
        return self.sitting.booked + self.sitting.held if self.closed or self.away else 0

    @property
    def presenters(self) -> list[str]:
        """Return the names of who is beside the patients, each once."""
        found = (entry.appointment.presenter for entry in self.sitting.entries if entry.appointment)
        return list(dict.fromkeys(person.display_name for person in found if person))


@dataclass(frozen=True)
class Cell:
    """What a row has on one day; `lines` are times that belong to no session of the row."""

    day: date
    cards: list[Card] = field(default_factory=list)
    lines: list[Entry] = field(default_factory=list)
    leave: Leave | None = None

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to be shown."""
        return not (self.cards or self.lines or self.leave)


@dataclass(frozen=True)
class Row:
    """A clinician, site or room with her or its days; `id` is empty where the week can't be narrowed to it."""

    id: str
    name: str
    cells: list[Cell]


@dataclass(frozen=True)
class Book:
    """Everything that the book has in the week, as it was read; `busy` is by the id of a clinician or room."""

    days: list[date]
    zone: ZoneInfo
    now: datetime
    sessions: Sequence[ClinicSession] = ()
    slots: Sequence[Slot] = ()
    appointments: Sequence[Appointment] = ()
    leave: Sequence[Leave] = ()
    busy: Mapping[str, Sequence[Span]] = field(default_factory=dict)
    hours: Sequence[SiteHours] = ()

    def on(self, days: list[date]) -> "Book":
        """Return the book with these of its days as columns."""
        return replace(self, days=days)

    def shown(self) -> list[ClinicSession]:
        """Return the sessions that are to be seen: not those that were closed before anybody was booked, and forgotten.

        A pattern's end leaves such sessions behind; one that was closed for another reason says so on its day.
        """
        taken = {found.session_id for found in self.appointments}
        return [one for one in self.sessions if one.closed_reason != "pattern-ended" or one.id in taken]


def week_of(day: date) -> list[date]:
    """Return the seven days of the week that `day` is in, from Monday on."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=number) for number in range(7)]


def days_shown(days: Sequence[date], sessions: Iterable[ClinicSession]) -> list[date]:
    """Return Monday to Friday, and the weekend as far as something is on then."""
    last = max((found.local_date for found in sessions if found.local_date.weekday() >= SATURDAY), default=days[4])
    return [day for day in days if day <= max(days[4], last)]


def by_clinician(book: Book, clinicians: Iterable[Staff]) -> list[Row]:
    """Return a row for each clinician, and for whoever else holds a session, with all that is in her sessions."""
    people = {person.id: person for person in [*clinicians, *(found.clinician for found in book.sessions)]}
    slots, booked = _by_session(book.slots), _by_session(book.appointments)
    cards: dict[tuple[str, date], list[Card]] = defaultdict(list)
    for found in book.shown():
        away = _leave(book, found.clinician_id, found.local_date)
        card = Card(Sitting(found, entries(slots[found.id], booked[found.id])), away)
        cards[found.clinician_id, found.local_date].append(card)
    return [
        Row(person.id, person.display_name, [_clinicians_cell(book, person, day, cards) for day in book.days])
        for person in sorted(people.values(), key=lambda person: (person.family_name, person.given_name))
    ]


def by_site(book: Book, sites: Iterable[Site], rooms: Sequence[Room], at_home: str) -> list[Row]:
    """Return a row for each place, with the people seen there by session and the times when a room is free.

    The last row, named `at_home`, has those who are seen at no place.
    """
    rows = []
    for site in sites:
        here = [found for found in book.appointments if found.site_id == site.id]
        free = [room for room in rooms if room.site_id == site.id]
        rows.append(Row(site.id, site.name, [_sites_cell(book, day, here, free) for day in book.days]))
    elsewhere = [found for found in book.appointments if found.site_id is None]
    rows.append(Row("", at_home, [Cell(day, _cards(book, day, elsewhere)) for day in book.days]))
    return rows


def by_room(book: Book, rooms: Iterable[Room], *, named: bool) -> list[Row]:
    """Return a row for each room, who is seen in it and when it is free; `named` puts the place before the name."""
    return [
        Row(
            room.id,
            f"{room.site.name}: {room.name}" if named else room.name,
            [Cell(day, lines=_rooms_lines(book, room, day)) for day in book.days],
        )
        for room in rooms
    ]


def roomless(book: Book, site: Site, name: str) -> list[Row]:
    """Return a row, called `name`, of those who are seen at a place in no room of it; none when there are none."""
    here = [found for found in book.appointments if found.site_id == site.id and found.room_id is None]
    return [Row("", name, [Cell(day, _cards(book, day, here)) for day in book.days])] if here else []


def _clinicians_cell(book: Book, person: Staff, day: date, cards: Mapping[tuple[str, date], list[Card]]) -> Cell:
    own = [Span(found.starts_at, found.ends_at) for found in book.appointments if found.clinician_id == person.id]
    lines = _elsewhere(book, person.id, day, own)
    return Cell(day, cards.get((person.id, day), []), lines, _leave(book, person.id, day))


def _sites_cell(book: Book, day: date, here: Sequence[Appointment], rooms: Sequence[Room]) -> Cell:
    free = sorted({(gap.starts_at, gap.ends_at): gap for room in rooms for gap in _gaps(book, room, day)}.items())
    return Cell(day, _cards(book, day, here), [gap for _span, gap in free])


def _cards(book: Book, day: date, found: Sequence[Appointment]) -> list[Card]:
    """Return the day's sessions in which any of these appointments is, each with those alone."""
    of_session = _by_session(found)
    return [
        Card(
            Sitting(sitting, entries([], of_session[sitting.id])), _leave(book, sitting.clinician_id, day)
        )
        for sitting in book.shown()
        if sitting.local_date == day and sitting.id in of_session
    ]  # fmt: skip


def _rooms_lines(book: Book, room: Room, day: date) -> list[Entry]:
    here = [found for found in book.appointments if found.room_id == room.id and found.session.local_date == day]
    own = [Span(found.starts_at, found.ends_at) for found in here]
    taken = [Entry(found.starts_at, found.ends_at, appointment=found) for found in here]
    lines = [*taken, *_elsewhere(book, room.id, day, own), *_gaps(book, room, day)]
    return sorted(lines, key=lambda line: (line.starts_at, line.ends_at))


def _elsewhere(book: Book, ref_id: str, day: date, own: Collection[Span]) -> list[Entry]:
    """Return when another service has the person or the room: from when to when, and no more."""
    spans = (span for span in book.busy.get(ref_id, ()) if span not in own)
    found = (span for span in spans if span.starts_at.astimezone(book.zone).date() == day)
    return [Entry(span.starts_at, span.ends_at, elsewhere=True) for span in sorted(found)]


def _gaps(book: Book, room: Room, day: date) -> list[Entry]:
    """Return when a room is free while its place is open and a clinic runs, each with the first slot to book there."""
    running = [one for one in book.sessions if one.local_date == day and one.status is SessionStatus.OPEN]
    if not running:
        return []
    whole = Span(min(one.starts_at for one in running), max(one.ends_at for one in running))
    free = [one for one in book.slots if one.state is SlotState.FREE and one.ends_at > book.now]
    return [
        Entry(gap.starts_at, gap.ends_at, _first_in(free, gap))
        for opening in _openings(book, room.site_id, day, whole)
        for gap in without(opening, book.busy.get(room.id, ()))
        if gap.ends_at - gap.starts_at >= SHORTEST_GAP
    ]


def _openings(book: Book, site_id: str, day: date, whole: Span) -> Iterator[Span]:
    """Yield when a place is open within a span; one of which no hours are known always is."""
    known = [hours for hours in book.hours if hours.site_id == site_id]
    if not known:
        yield whole
    for hours in known:
        if hours.weekday == day.weekday():
            opens, closes = (
                datetime.combine(day, wall, book.zone).astimezone(UTC) for wall in (hours.opens_wall, hours.closes_wall)
            )
            if opens < whole.ends_at and closes > whole.starts_at:
                yield Span(max(opens, whole.starts_at), min(closes, whole.ends_at))


def without(whole: Span, busy: Iterable[Span]) -> Iterator[Span]:
    """Yield what is left of a span between the busy ones, in order of time."""
    reached = whole.starts_at
    for span in sorted(busy):
        if span.overlaps(whole):
            if span.starts_at > reached:
                yield Span(reached, span.starts_at)
            reached = max(reached, span.ends_at)
    if reached < whole.ends_at:
        yield Span(reached, whole.ends_at)


def _first_in(free: Iterable[Slot], gap: Span) -> Slot | None:
    within = (slot for slot in free if gap.starts_at <= slot.starts_at and slot.ends_at <= gap.ends_at)
    return min(within, key=lambda slot: (slot.starts_at, slot.id), default=None)


def _leave(book: Book, staff_id: str, day: date) -> Leave | None:
    away = (leave for leave in book.leave if leave.staff_id == staff_id and leave.first_on <= day <= leave.last_on)
    return next(away, None)


def _by_session(found: Iterable[OfSession]) -> defaultdict[str, list[OfSession]]:
    grouped: defaultdict[str, list[OfSession]] = defaultdict(list)
    for one in found:
        grouped[one.session_id].append(one)
    return grouped
