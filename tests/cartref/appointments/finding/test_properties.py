"""Whatever the clinic and whatever the need: what is offered keeps every rule, as a slow and simple checker sees it.

The checker goes through the day minute by minute and knows nothing of the search's own code.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as some

from cartref.appointments.finding import judge, ranking, why_none
from cartref.appointments.finding.candidates import Candidate, Gathered, Piece, Place, Presenter, Sitting
from cartref.appointments.finding.need import Helper, Need
from cartref.appointments.finding.why_none import RELAXATIONS
from cartref.appointments.models import Mode
from cartref.clinics.availability import Span
from cartref.patients.hours import FreeHours
from cartref.patients.models import TimeOfDay
from tests.cartref.appointments.finding.clinic import LONDON, suitable

TODAY = date(2027, 3, 22)  # the Monday before the clocks go forward
NOW = datetime(2027, 3, 22, 7, tzinfo=UTC)
SELDOM = some.sampled_from([False] * 7 + [True])
MINUTE, SLOT = timedelta(minutes=1), timedelta(minutes=20)
DAYS = 12


def moments() -> some.SearchStrategy[datetime]:
    """Draw a quarter of an hour of a clinic's day, in UTC."""
    return some.builds(
        lambda day, quarter: NOW + timedelta(days=day, minutes=15 * quarter),
        some.integers(0, DAYS), some.integers(0, 40),
    )  # fmt: skip


@some.composite
def spans(draw: some.DrawFn) -> list[Span]:
    """Draw stretches of time that share none with each other, in order."""
    starts = sorted(draw(some.sets(moments(), max_size=4)))
    lengths = [timedelta(minutes=minutes) for minutes in draw(some.lists(some.sampled_from([15, 30]), min_size=4))]
    wanted = [Span(start, start + length) for start, length in zip(starts, lengths, strict=False)]
    return [one for one, following in pairwise([*wanted, None]) if following is None or not one.overlaps(following)]


@some.composite
def sittings(draw: some.DrawFn, number: int) -> tuple[Sitting, list[Piece]]:
    """Draw a session with some of its slots free."""
    starts_at = draw(moments())
    taken = draw(some.sets(some.integers(0, 7), max_size=3))
    name = f"session-{number}"
    sitting = Sitting(
        id=name, clinic_id=draw(some.sampled_from(["clinic", "clinic", "another"])), clinic="Clinic",
        letter_days=draw(some.sampled_from([0, 5])), minutes=draw(some.sampled_from([20, 30, 40])),
        clinician_id=draw(some.sampled_from(["nia", "rhian"])), clinician="Dr", welsh=draw(some.booleans()),
        day=starts_at.date(), away=draw(SELDOM),
    )  # fmt: skip
    return sitting, [
        Piece(f"{name}-{slot}", Span(starts_at + slot * SLOT, starts_at + (slot + 1) * SLOT), draw(SELDOM))
        for slot in range(8)
        if slot not in taken
    ]


@some.composite
def places(draw: some.DrawFn, number: int) -> Place:
    """Draw a place with a room or two, presenters and opening hours."""
    rooms = tuple((f"room-{number}-{room}", "Room") for room in range(draw(some.sampled_from([1, 2, 0]))))
    presenters = tuple(
        Presenter(f"nurse-{number}-{nurse}", "Nurse", draw(some.booleans()), draw(leaves()))
        for nurse in range(draw(some.sampled_from([1, 2, 0])))
    )
    hours = draw(some.sampled_from([{}, {day: [(time(8), time(12)), (time(13), time(18))] for day in range(4)}]))
    return Place(f"place-{number}", f"Place {number}", rooms, presenters, hours)


@some.composite
def leaves(draw: some.DrawFn) -> list[tuple[date, date]]:
    """Draw no leave, or one."""
    first = TODAY + timedelta(days=draw(some.integers(0, DAYS)))
    return draw(some.sampled_from([[], [(first, first + timedelta(days=2))]]))


@some.composite
def towns(draw: some.DrawFn) -> Gathered:
    """Draw a town: sessions, places, and what is taken."""
    found = tuple(draw(places(number)) for number in range(draw(some.sampled_from([1, 2, 0]))))
    names = ["eluned", *(room[0] for place in found for room in place.rooms)]
    names += [presenter.staff_id for place in found for presenter in place.presenters]
    return Gathered(
        tuple(draw(sittings(number)) for number in range(draw(some.integers(1, 3)))),
        found,
        {name: draw(spans()) for name in names},
    )


def helpers() -> some.SearchStrategy[Helper | None]:
    """Draw a carer who is free on some mornings and one whole day, or none."""
    weekly = [FreeHours(time(9), time(13), weekday=day) for day in range(5)]
    single = FreeHours(time(8), time(18), on=TODAY + timedelta(days=3))
    return some.sampled_from(
        [None] * 4 + [Helper("c", "Catrin"), Helper("c", "Catrin", weekly), Helper("c", "C", [single])]
    )


@some.composite
def needs(draw: some.DrawFn) -> Need:
    """Draw what a patient needs."""
    return Need(
        patient_id="eluned", now=NOW, zone=LONDON,
        mode=draw(some.sampled_from([Mode.VIDEO_SITE, Mode.VIDEO_SITE, *Mode])),
        first_on=TODAY + timedelta(days=draw(some.integers(0, 3))),
        clinic_id=draw(some.sampled_from([None, "clinic"])), site_id=draw(some.sampled_from([None, None, "place-0"])),
        minutes=draw(some.sampled_from([None, 20, 50])), welsh=draw(SELDOM),
        interpreter=draw(SELDOM), helper=draw(helpers()),
        not_before=draw(some.sampled_from([None, None, time(10)])), notice_days=draw(some.sampled_from([0, 0, 2])),
        by_letter=draw(SELDOM), time_of_day=draw(some.sampled_from(list(TimeOfDay))),
        due_on=draw(some.sampled_from([None, TODAY + timedelta(days=4)])), is_review=draw(some.booleans()),
        urgent=draw(some.booleans()), clinician_id=draw(some.sampled_from([None, "nia"])),
    )  # fmt: skip


def minutes_of(span: Span) -> set[datetime]:
    count = round((span.ends_at - span.starts_at) / MINUTE)
    return {span.starts_at + number * MINUTE for number in range(count)}


def taken_by(town: Gathered, name: str) -> set[datetime]:
    return {minute for span in town.taken.get(name, ()) for minute in minutes_of(span)}


def faults(offer: Candidate, wanted: Need, town: Gathered) -> list[str]:
    """Return what is wrong with an offer, minute by minute."""
    sitting, pieces = next(pair for pair in town.sittings if pair[0].id == offer.sitting.id)
    its = minutes_of(offer.span)
    local = sorted(minute.astimezone(LONDON) for minute in its)
    day, wall = local[0].date(), {moment.time() for moment in local}
    used = [piece for piece in pieces if minutes_of(piece.span) & its]
    around = {minute + step * MINUTE for minute in its for step in (-30, 30)} | its
    checks = {
        "not free": not its <= {minute for piece in pieces for minute in minutes_of(piece.span)},
        "too short": len(its) < (wanted.minutes or sitting.minutes),
        "clinician busy": any(piece.busy for piece in used),
        "clinician away": sitting.away,
        "another clinic": wanted.clinic_id not in {None, sitting.clinic_id},
        "too early": day < wanted.first_on or min(its) < NOW,
        "patient busy, or hardly back": bool(around & taken_by(town, "eluned")),
        "no Welsh": wanted.welsh and not sitting.welsh,
        "no interpreter": wanted.interpreter and (day - TODAY).days < 10,
        "no letter": wanted.by_letter and (day - TODAY).days < sitting.letter_days,
        "no notice": (day - TODAY).days < wanted.notice_days,
        "before her time": wanted.not_before is not None and min(wall) < wanted.not_before,
        "carer busy": wanted.helper is not None and not carer_free(wanted.helper, day, wall),
    }
    return [fault for fault, found in checks.items() if found] + place_faults(offer, wanted, town, its, day, wall)


def carer_free(helper: Helper, day: date, wall: set[time]) -> bool:
    if not helper.hours:
        return True
    own = [free for free in helper.hours if free.on == day] or [
        free for free in helper.hours if free.weekday == day.weekday()
    ]
    return any(all(free.starts <= minute < free.ends for minute in wall) for free in own)


def place_faults(
    offer: Candidate, wanted: Need, town: Gathered, its: set[datetime], day: date, wall: set[time]
) -> list[str]:
    at_a_place = wanted.mode is Mode.VIDEO_SITE or (wanted.mode is Mode.IN_PERSON and wanted.site_id)
    if not at_a_place:
        return []
    seat = offer.seat
    if seat is None or seat.room is None:
        return ["no room"]
    hours = seat.place.hours
    is_open = not hours or any(
        all(opens <= minute < closes for minute in wall) for opens, closes in hours.get(day.weekday(), ())
    )
    found = {"closed": not is_open, "room taken": bool(its & taken_by(town, seat.room[0]))}
    if wanted.mode is Mode.VIDEO_SITE:
        nurse = seat.presenter
        found["nobody beside her"] = nurse is None
        if nurse is not None:
            found["nurse busy"] = bool(its & taken_by(town, nurse.staff_id))
            found["nurse away"] = any(first <= day <= last for first, last in nurse.away)
            found["nurse without Welsh"] = wanted.welsh and not nurse.welsh
    return [fault for fault, is_so in found.items() if is_so]


@settings(max_examples=200, deadline=None)
@given(needs(), towns())
def test_whatever_is_offered_keeps_every_rule(wanted: Need, town: Gathered) -> None:
    assert [fault for offer in suitable(wanted, town) for fault in faults(offer, wanted, town)] == []


@settings(max_examples=100, deadline=None)
@given(needs(), towns())
def test_every_time_without_a_fault_is_offered(wanted: Need, town: Gathered) -> None:
    offered = {offer.slot_id for offer in suitable(wanted, town)}
    sound = {one.slot_id for _bits, one in judge(wanted, town) if not faults(one, wanted, town)}
    assert sound <= offered


@settings(max_examples=100, deadline=None)
@given(needs(), towns(), some.sets(some.sampled_from([relaxation.code for relaxation in RELAXATIONS])))
def test_giving_way_never_brings_fewer(wanted: Need, town: Gathered, given_up: set[str]) -> None:
    before = {offer.slot_id for offer in suitable(wanted, town)}
    after = {offer.slot_id for offer in suitable(replace(wanted, waived=frozenset(given_up)), town)}
    assert before <= after


@settings(max_examples=100, deadline=None)
@given(needs(), towns())
def test_what_giving_way_is_said_to_bring_is_what_it_brings(wanted: Need, town: Gathered) -> None:
    before = len(suitable(wanted, town))
    for gain in why_none.gains(wanted, judge(wanted, town)):
        after = suitable(replace(wanted, waived=frozenset({gain.code})), town)
        assert len(after) - before == gain.count
        assert gain.soonest.slot_id in {offer.slot_id for offer in after}


@settings(max_examples=60, deadline=None)
@given(needs(), towns(), some.randoms())
def test_the_same_times_come_in_the_same_order_whatever_order_they_were_read_in(
    wanted: Need, town: Gathered, chance: object
) -> None:
    shuffled = list(town.sittings)
    chance.shuffle(shuffled)  # type: ignore[attr-defined] # a random.Random
    once, again = suitable(wanted, town), suitable(wanted, replace(town, sittings=shuffled))
    assert [offer.slot_id for offer in once] == [offer.slot_id for offer in again]


@settings(max_examples=60, deadline=None)
@given(needs(), towns())
def test_no_time_is_better_for_the_patient_than_the_first(wanted: Need, town: Gathered) -> None:
    weights = [ranking.points(offer, wanted) for offer in suitable(wanted, town)]
    assert weights == sorted(weights)
