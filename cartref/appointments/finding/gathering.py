"""Gathering what a search needs: never more than five queries, however many slots, clinicians or places there are.

Two for places (rooms with opening hours, presenters with leave), when she is to be seen at one; one for what is taken;
and one for the free slots of each window, which go through the index of free slots.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, and_, cast, exists, false, func, select
from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.accounts.models import Membership, Role, Staff
from cartref.appointments.finding.candidates import APART, Gathered, Piece, Place, Presenter, Sitting
from cartref.appointments.finding.need import Need
from cartref.appointments.models import ResourceHold
from cartref.clinics.availability import Span
from cartref.clinics.lengths import LONGEST, minutes_needed
from cartref.clinics.models import (
    Clinic,
    ClinicSession,
    Leave,
    Resource,
    Room,
    SessionStatus,
    Site,
    SiteHours,
    SitePresenter,
    SiteUse,
    Slot,
    SlotState,
)

# How far a search looks: first so far, and when nothing suits there, to the end of the year that lies ahead.
WINDOWS = (timedelta(weeks=8), timedelta(weeks=52))
LONGEST_HOLD = timedelta(minutes=LONGEST)


def windows(session: Session, actor: Actor, need: Need) -> Iterator[Gathered]:
    """Yield what there is in the first window, then in all of the rest; the second is asked for when it is taken."""
    opens = max(need.now, datetime.combine(need.first_on, time(), need.zone))
    places = _places(session, actor, need) if need.placed else []
    taken = _taken(session, _whom(need, places), opens - APART, opens + WINDOWS[-1] + APART)
    since = opens
    for window in WINDOWS:
        sittings = list(_sittings(session.execute(_free(actor, need, since, opens + window)), need))
        yield Gathered(sittings, places, taken)
        since = opens + window


def _whom(need: Need, places: Sequence[Place]) -> set[str]:
    rooms = {room[0] for place in places for room in place.rooms}
    return {need.patient_id} | rooms | {presenter.staff_id for place in places for presenter in place.presenters}


def _free(actor: Actor, need: Need, since: datetime, until: datetime) -> Select[*tuple[Any, ...]]:
    """Return the free slots of open sessions in order of time, each with its clinic and clinician.

    The lists in the tables' JSON are taken as text, for they are the same in row after row and read once.
    """
    query = (
        select(
            Slot.id, Slot.starts_at, Slot.ends_at, Slot.session_id,
            ClinicSession.local_date, ClinicSession.clinic_id, ClinicSession.clinician_id,
            Clinic.name, Clinic.slot_minutes, Clinic.letter_days,
            cast(Clinic.minutes_by_frailty, String).label("by_frailty"),
            Staff.title, Staff.given_name, Staff.family_name, cast(Staff.languages, String).label("languages"),
            _elsewhere().label("busy"), _on_leave().label("away"),
        )
        .join(ClinicSession, ClinicSession.id == Slot.session_id)
        .join(Clinic, Clinic.id == ClinicSession.clinic_id)
        .join(Staff, Staff.id == ClinicSession.clinician_id)
        .where(
            Slot.service_id == actor.service, Slot.state == SlotState.FREE, Slot.starts_at >= since,
            Slot.starts_at < until, ClinicSession.status == SessionStatus.OPEN,
        )
        .order_by(Slot.session_id, Slot.starts_at)
    )  # fmt: skip
    return query if need.clinic_id is None else query.where(ClinicSession.clinic_id == need.clinic_id)


def _elsewhere() -> ColumnElement[bool]:
    """Return whether the slot's clinician is taken then, by whichever service or part.

    Two holds of one person never overlap, so the last that begins before the slot ends is the only one to look at.
    """
    last = (
        select(ResourceHold.ends_at)
        .join(Resource, Resource.id == ResourceHold.resource_id)
        .where(Resource.ref_id == Slot.clinician_id, ResourceHold.starts_at < Slot.ends_at)
        .order_by(ResourceHold.starts_at.desc())
        .limit(1)
        .correlate(Slot)
        .scalar_subquery()
    )
    return func.coalesce(last > Slot.starts_at, false())


def _on_leave() -> ColumnElement[bool]:
    return (
        exists()
        .where(
            Leave.staff_id == ClinicSession.clinician_id,
            Leave.withdrawn_at.is_(None),
            Leave.first_on <= ClinicSession.local_date,
            Leave.last_on >= ClinicSession.local_date,
        )
        .correlate(ClinicSession)
    )


def _sittings(rows: Any, need: Need) -> Iterator[tuple[Sitting, Sequence[Piece]]]:
    lengths: dict[str, int] = {}
    for _session_id, group in groupby(rows, key=lambda row: row.session_id):
        slots = list(group)
        first = slots[0]
        if first.clinic_id not in lengths:
            lengths[first.clinic_id] = _length(first, need)
        pieces = [Piece(slot.id, Span(slot.starts_at, slot.ends_at), slot.busy) for slot in slots]
        yield _sitting(first, lengths[first.clinic_id]), pieces


def _length(row: Row[*tuple[Any, ...]], need: Need) -> int:
    by_frailty: Mapping[str, Any] = json.loads(row.by_frailty or "{}")
    return minutes_needed(row.slot_minutes, by_frailty, need.frailty)


def _sitting(row: Row[*tuple[Any, ...]], minutes: int) -> Sitting:
    return Sitting(
        id=row.session_id,
        clinic_id=row.clinic_id,
        clinic=row.name,
        letter_days=row.letter_days,
        minutes=minutes,
        clinician_id=row.clinician_id,
        clinician=_name(row.title, row.given_name, row.family_name),
        welsh='"cy"' in row.languages,
        day=row.local_date,
        away=row.away,
    )


def _taken(
    session: Session, ref_ids: Collection[str], since: datetime, until: datetime
) -> Mapping[str, Sequence[Span]]:
    """Return when these people and rooms are taken, by whichever service, each in order of time."""
    rows = session.execute(
        select(Resource.ref_id, ResourceHold.starts_at, ResourceHold.ends_at)
        .join(Resource, Resource.id == ResourceHold.resource_id)
        .where(
            Resource.ref_id.in_(ref_ids),
            ResourceHold.starts_at > since - LONGEST_HOLD,
            ResourceHold.starts_at < until,
            ResourceHold.ends_at > since,
        )
        .order_by(ResourceHold.starts_at)
    )
    taken: dict[str, list[Span]] = defaultdict(list)
    for ref_id, starts_at, ends_at in rows:
        taken[ref_id].append(Span(starts_at, ends_at))
    return taken


def _places(session: Session, actor: Actor, need: Need) -> list[Place]:
    sites: dict[str, tuple[str, dict[str, str], dict[int, set[tuple[time, time]]]]] = {}
    for row in session.execute(_rooms(actor, need)):
        _site, rooms, hours = sites.setdefault(row.site_id, (row.site, {}, defaultdict(set)))
        rooms[row.room_id] = row.room
        if row.weekday is not None:
            hours[row.weekday].add((row.opens_wall, row.closes_wall))
    presenters = _presenters(session, actor, need) if need.beside else {}
    return [
        Place(
            site_id, site, tuple(rooms.items()), presenters.get(site_id, ()),
            {weekday: sorted(opening) for weekday, opening in hours.items()},
        )
        for site_id, (site, rooms, hours) in sites.items()
    ]  # fmt: skip


def _rooms(actor: Actor, need: Need) -> Select[*tuple[Any, ...]]:
    """Return the rooms of the service's places, each once for every stretch of opening hours, once without any."""
    query = (
        select(
            Site.id.label("site_id"), Site.name.label("site"), Room.id.label("room_id"), Room.name.label("room"),
            SiteHours.weekday, SiteHours.opens_wall, SiteHours.closes_wall,
        )
        .join(SiteUse, and_(SiteUse.site_id == Site.id, SiteUse.service_id == actor.service))
        .join(Room, Room.site_id == Site.id)
        .outerjoin(SiteHours, SiteHours.site_id == Site.id)
        .order_by(Site.name, Site.id, Room.name, Room.id)
    )  # fmt: skip
    return query if need.site_id is None else query.where(Site.id == need.site_id)


def _presenters(session: Session, actor: Actor, need: Need) -> dict[str, list[Presenter]]:
    """Return who presents patients at each site by its id, by name, with the leave that lies ahead."""
    away: dict[str, list[tuple[date, date]]] = defaultdict(list)
    found: dict[str, dict[str, Presenter]] = defaultdict(dict)
    for row in session.execute(_beside(actor, need)):
        if row.first_on is not None and (row.first_on, row.last_on) not in away[row.id]:
            away[row.id].append((row.first_on, row.last_on))
        name = _name(row.title, row.given_name, row.family_name)
        found[row.site_id][row.id] = Presenter(row.id, name, "cy" in row.languages, away[row.id])
    return {site_id: list(people.values()) for site_id, people in found.items()}


def _beside(actor: Actor, need: Need) -> Select[*tuple[Any, ...]]:
    leave = and_(Leave.staff_id == Staff.id, Leave.withdrawn_at.is_(None), Leave.last_on >= need.first_on)
    works_here = exists().where(
        Membership.staff_id == Staff.id, Membership.service_id == actor.service, Membership.role == Role.PRESENTER,
        Membership.ended_at.is_(None),
    )  # fmt: skip
    return (
        select(
            SitePresenter.site_id, Staff.id, Staff.title, Staff.given_name, Staff.family_name, Staff.languages,
            Leave.first_on, Leave.last_on,
        )
        .join(Staff, Staff.id == SitePresenter.staff_id)
        .outerjoin(Leave, leave)
        .where(Staff.left_at.is_(None), works_here)
        .order_by(Staff.family_name, Staff.given_name, Staff.id)
    )  # fmt: skip


def _name(title: str, given_name: str, family_name: str) -> str:
    return f"{title} {given_name} {family_name}".strip()
