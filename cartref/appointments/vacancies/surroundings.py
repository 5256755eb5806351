"""What surrounds a vacancy: its slots, the places with who is there that day, and what is taken by any service."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, time

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.appointments.finding.candidates import APART, Gathered, Piece, Place, Presenter, Sitting, overlaps
from cartref.appointments.models import Appointment, ResourceHold, Vacancy
from cartref.appointments.vacancies import queries
from cartref.clinics import queries as clinics
from cartref.clinics.availability import Span
from cartref.clinics.models import Resource, Room, Site, SitePresenter, Slot, SlotState

Hours = Mapping[str, Mapping[int, Sequence[tuple[time, time]]]]


def surroundings(
    session: Session, actor: Actor, vacancy: Vacancy, *, held: Appointment | None = None
) -> tuple[Gathered, Sequence[Site]]:
    """Return what the rules of a search need to know of a vacancy, and the sites where one can be seen by video.

    What `held` holds counts as free.
    """
    rooms = clinics.rooms(session, actor)
    placed = clinics.presenters(session, actor)
    taken = _taken(session, vacancy, held)
    gathered = Gathered(
        [(_sitting(session, vacancy), _pieces(session, vacancy, held, taken))],
        _places(rooms, _there(session, actor, placed, vacancy.session.local_date), _hours(session, rooms)),
        taken,
    )
    with_rooms = {room.site_id for room in rooms}
    sites = {found.site_id: found.site for found in placed if found.site_id in with_rooms}
    return gathered, list(sites.values())


def _pieces(
    session: Session, vacancy: Vacancy, held: Appointment | None, taken: Mapping[str, Sequence[Span]]
) -> list[Piece]:
    busy = taken.get(vacancy.session.clinician_id, ())
    free = [slot for slot in queries.slots(session, vacancy) if slot.state is SlotState.FREE or _holds(held, slot)]
    spans = [(slot.id, Span(slot.starts_at, slot.ends_at)) for slot in free]
    return [Piece(slot_id, span, overlaps(busy, span)) for slot_id, span in spans]


def _holds(held: Appointment | None, slot: Slot) -> bool:
    return held is not None and held.starts_at < slot.ends_at and slot.starts_at < held.ends_at


def _sitting(session: Session, vacancy: Vacancy) -> Sitting:
    sitting = vacancy.session
    return Sitting(
        id=sitting.id,
        clinic_id=sitting.clinic_id,
        clinic=sitting.clinic.name,
        letter_days=sitting.clinic.letter_days,
        minutes=sitting.clinic.slot_minutes,
        clinician_id=sitting.clinician_id,
        clinician=sitting.clinician.display_name,
        welsh=sitting.clinician.speaks_welsh,
        day=sitting.local_date,
        away=clinics.on_leave(session, sitting.clinician_id, sitting.local_date),
    )


def _taken(session: Session, vacancy: Vacancy, held: Appointment | None) -> Mapping[str, Sequence[Span]]:
    """Return when people and rooms are taken around that time, each in order of time."""
    around: list[ColumnElement[bool]] = [
        ResourceHold.starts_at < vacancy.ends_at + APART,
        ResourceHold.ends_at > vacancy.starts_at - APART,
    ]
    if held is not None:
        around.append(ResourceHold.appointment_id != held.id)
    rows = session.execute(
        select(Resource.ref_id, ResourceHold.starts_at, ResourceHold.ends_at)
        .join(Resource, Resource.id == ResourceHold.resource_id)
        .where(*around)
        .order_by(ResourceHold.starts_at)
    )
    taken: dict[str, list[Span]] = defaultdict(list)
    for ref_id, starts_at, ends_at in rows:
        taken[ref_id].append(Span(starts_at, ends_at))
    return taken


def _places(rooms: Sequence[Room], there: Mapping[str, Sequence[Presenter]], hours: Hours) -> list[Place]:
    by_site: dict[str, list[Room]] = defaultdict(list)
    for room in rooms:
        by_site[room.site_id].append(room)
    return [
        Place(
            site_id, found[0].site.name, [(room.id, room.name) for room in found], there.get(site_id, ()),
            hours.get(site_id, {}),
        )
        for site_id, found in by_site.items()
    ]  # fmt: skip


def _hours(session: Session, rooms: Sequence[Room]) -> Hours:
    """Return the opening hours of each place by weekday."""
    found: dict[str, dict[int, list[tuple[time, time]]]] = defaultdict(lambda: defaultdict(list))
    for opening in clinics.site_hours(session, {room.site_id for room in rooms}):
        found[opening.site_id][opening.weekday].append((opening.opens_wall, opening.closes_wall))
    return found


def _there(
    session: Session, actor: Actor, placed: Sequence[SitePresenter], day: date
) -> Mapping[str, Sequence[Presenter]]:
    """Return who is there on a day to present patients, by place."""
    away = {leave.staff_id for leave in clinics.leave(session, actor, first=day, last=day)}
    there: dict[str, list[Presenter]] = defaultdict(list)
    for found in placed:
        if found.staff_id not in away:
            presenter = Presenter(found.staff_id, found.staff.display_name, found.staff.speaks_welsh)
            there[found.site_id].append(presenter)
    return there
