"""Booking: a patient's time with a clinician, with all that it needs, in one transaction or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from cartref import clock
from cartref.accounts.actor import Actor
from cartref.accounts.permissions import Permission
from cartref.appointments import events, queries, reminding
from cartref.appointments.models import Appointment, AppointmentStatus, Mode, Participant, ParticipantKind
from cartref.appointments.service import holding, lanes
from cartref.appointments.service.repeating import in_turn
from cartref.audit.models import ActorKind
from cartref.audit.service import record
from cartref.clinics import queries as clinics
from cartref.clinics.models import Room, Slot
from cartref.errors import ClinicError, Conflict, Invalid
from cartref.links import service as links
from cartref.links.addresses import Addresses
from cartref.links.models import Holder
from cartref.patients import queries as patients
from cartref.patients.models import Patient
from cartref.referrals import service as referrals

ALTERNATIVES = 3
AT_A_SITE = frozenset({Mode.VIDEO_SITE})  # needs a room and a presenter
IN_A_ROOM = frozenset({Mode.VIDEO_SITE, Mode.IN_PERSON})  # has room for a room


class PatientCannotBeBooked(Conflict):
    """The patient is recorded as dead."""

    code = "appointment.patient-deceased"


class RoomMissing(Invalid):
    """A video visit at a site needs one of the rooms there."""

    code = "appointment.room-missing"
    field = "room_id"


class PresenterMissing(Invalid):
    """A video visit at a site needs somebody who presents patients there."""

    code = "appointment.presenter-missing"
    field = "presenter_id"


class CarerCannotJoin(Invalid):
    """The carer is not one of the patient's, or nobody agreed that she may take part."""

    code = "appointment.carer"
    field = "carer_ids"


class FormUsed(Conflict):
    """What was sent has booked another appointment already."""

    code = "appointment.form-used"


@dataclass(frozen=True)
class Wish:
    """What is to be booked."""

    slot_id: str
    patient_id: str
    mode: Mode
    minutes: int | None
    room_id: str | None
    presenter_id: str | None
    carer_ids: tuple[str, ...]
    waiting_entry_id: str | None = None
    held_until: datetime | None = None
    lane_id: str | None = None
    overbook_reason: str = ""
    mode_suggested: str = ""
    mode_reason: str = ""


def book(
    session: Session,
    actor: Actor,
    *,
    addresses: Addresses,
    slot_id: str,
    patient_id: str,
    mode: Mode,
    idempotency_key: str,
    minutes: int | None = None,
    room_id: str | None = None,
    presenter_id: str | None = None,
    carer_ids: Sequence[str] = (),
    waiting_entry_id: str | None = None,
    held_until: datetime | None = None,
    lane_id: str | None = None,
    overbook_reason: str = "",
    mode_suggested: str = "",
    mode_reason: str = "",
) -> Appointment:
    """Return the new appointment, its links issued; the same `idempotency_key` again returns the same appointment.

    `waiting_entry_id` names the line of the waiting list that it is for. With `held_until` it is `pending`: everything
    is held for an answer, no link is issued, and `confirm` or `cancel` ends that. With `lane_id` it is overbooked:
    beside the booked slots, in a lane of the clinic, for a reason. `mode_reason` says why `mode` is not what was
    suggested.

    Raises SlotTaken, SlotPast, NotEnoughTime, ClinicianBusy, PatientBusy, RoomBusy or PresenterBusy, each with
    `alternatives` in its context: the ids of up to three slots that could be booked instead. Raises
    PatientCannotBeBooked, RoomMissing, PresenterMissing, CarerCannotJoin, MinutesWrong and FormUsed too, EntryTaken for
    the waiting list, and LaneFull, OverbookReasonMissing and SessionClosed for a lane.
    """
    actor.require(Permission.APPOINTMENTS_WRITE)
    key = sha256(f"{actor.service}:{idempotency_key}".encode()).hexdigest()  # no service can guess another's key
    wish = Wish(
        slot_id, patient_id, mode, minutes, room_id, presenter_id, tuple(dict.fromkeys(carer_ids)), waiting_entry_id,
        held_until, lane_id, overbook_reason, mode_suggested, mode_reason,
    )  # fmt: skip
    try:
        return in_turn(
            session, lambda: _booked(session, actor, key, wish) or _book(session, actor, addresses, key, wish)
        )
    except ClinicError as refusal:
        if booked := _booked(session, actor, key, wish):  # the other half of a double click came first
            return booked
        if isinstance(refusal, holding.Clash):
            refusal.context["alternatives"] = alternatives(session, actor, slot_id, patient_id, minutes)
        raise


def alternatives(session: Session, actor: Actor, slot_id: str, patient_id: str, minutes: int | None) -> tuple[str, ...]:
    """Return the slots of the same clinic, from the wanted time on, from which the same could be booked."""
    slot = clinics.find_slot(session, actor, slot_id)
    offers = queries.free_slots(
        session, actor, clinic_id=slot.session.clinic_id, patient_id=patient_id, minutes=minutes, after=slot.starts_at,
        limit=ALTERNATIVES,
    )  # fmt: skip
    return tuple(offer.slot.id for offer in offers)


def _booked(session: Session, actor: Actor, key: str, wish: Wish) -> Appointment | None:
    query = select(Appointment).where(Appointment.idempotency_key == key, Appointment.service_id == actor.service)
    found = session.scalar(query)
    if found is None:
        return None
    slot = clinics.find_slot(session, actor, wish.slot_id)
    if found.patient_id != wish.patient_id or slot.starts_at not in {found.starts_at, found.moved_from_at}:
        raise FormUsed(appointment=found.id)
    return found


def _book(session: Session, actor: Actor, addresses: Addresses, key: str, wish: Wish) -> Appointment:
    slot = clinics.find_slot(session, actor, wish.slot_id)
    patient = patients.find(session, actor, wish.patient_id)
    if patient.deceased_on is not None:
        raise PatientCannotBeBooked(patient=patient.id)
    appointment = _row(session, actor, addresses, key, wish, slot)
    _invite(session, patient, appointment, wish.carer_ids)
    _take_up(session, actor, wish, appointment)
    session.add(appointment)
    session.flush()
    holding.take(session, appointment)
    reminding.plan(appointment)
    if appointment.status is AppointmentStatus.BOOKED:
        issue_links(session, addresses, appointment)
        events.write(appointment, addresses.public_url)
    session.flush()
    action = "appointment.held" if wish.held_until else "appointment.booked"
    record(
        session, actor, action, "appointment", appointment.id, patient_id=patient.id, mode=wish.mode.value,
        sitting=slot.session_id, **({"lane": wish.lane_id} if wish.lane_id else {}),
    )  # fmt: skip
    session.flush()
    return appointment


def _row(session: Session, actor: Actor, addresses: Addresses, key: str, wish: Wish, slot: Slot) -> Appointment:
    room = _room(session, actor, wish)
    now = clock.now()
    return Appointment(
        service_id=actor.service,
        patient_id=wish.patient_id,
        session=slot.session,
        clinician_id=slot.clinician_id,
        starts_at=slot.starts_at,
        ends_at=lanes.end_in_lane(actor, slot, wish.minutes)
        if wish.lane_id
        else holding.end_of(session, actor, slot, wish.minutes),
        status=AppointmentStatus.PENDING if wish.held_until else AppointmentStatus.BOOKED,
        held_until=wish.held_until,
        overbook_lane_id=wish.lane_id,
        overbook_place=lanes.place_in_lane(session, actor, slot.session, wish.lane_id, wish.overbook_reason)
        if wish.lane_id
        else None,
        overbook_reason=wish.overbook_reason.strip() if wish.lane_id else "",
        mode_suggested=wish.mode_suggested,
        mode_reason=wish.mode_reason,
        mode=wish.mode,
        site_id=room.site_id if room else None,
        room_id=room.id if room else None,
        presenter_id=_presenter_id(session, actor, wish, room),
        uid=f"{uuid4()}@{addresses.host}",
        idempotency_key=key,
        booked_by_id=actor.id if actor.kind is ActorKind.STAFF else None,
        created_at=now,
        updated_at=now,
    )


def seat_at(session: Session, actor: Actor, appointment: Appointment, room_id: str, presenter_id: str) -> None:
    """Give a video visit at a site another room and presenter; raise NotFound or PresenterMissing."""
    room = clinics.find_room(session, actor, room_id)
    appointment.site_id, appointment.room_id = room.site_id, room.id
    appointment.presenter_id = _presenter_at(session, actor, room, presenter_id)


def _room(session: Session, actor: Actor, wish: Wish) -> Room | None:
    if wish.mode in AT_A_SITE and not wish.room_id:
        raise RoomMissing
    if wish.mode not in IN_A_ROOM or not wish.room_id:
        return None
    return clinics.find_room(session, actor, wish.room_id)


def _presenter_id(session: Session, actor: Actor, wish: Wish, room: Room | None) -> str | None:
    if wish.mode not in AT_A_SITE or room is None:
        return None
    return _presenter_at(session, actor, room, wish.presenter_id)


def _presenter_at(session: Session, actor: Actor, room: Room, presenter_id: str | None) -> str:
    there = {placed.staff_id for placed in clinics.presenters(session, actor, room.site_id)}
    if presenter_id is None or presenter_id not in there:
        raise PresenterMissing
    return presenter_id


def _invite(session: Session, patient: Patient, appointment: Appointment, carer_ids: Sequence[str]) -> None:
    may_join = {place.carer_id for place in patients.carers(session, patient.id) if place.may_join}
    if not may_join.issuperset(carer_ids):
        raise CarerCannotJoin
    appointment.participants = [Participant(kind=ParticipantKind.CARER, carer_id=carer_id) for carer_id in carer_ids]


def _take_up(session: Session, actor: Actor, wish: Wish, appointment: Appointment) -> None:
    if wish.waiting_entry_id is None:
        return
    entry = referrals.take_up(
        session, actor.service, wish.waiting_entry_id, wish.patient_id, offered=wish.held_until is not None
    )
    appointment.waiting_entry_id, appointment.referral_id = entry.id, entry.referral_id


def issue_links(session: Session, addresses: Addresses, appointment: Appointment) -> None:
    """Give the patient of a video visit, and every carer who takes part, a link, unless they have one."""
    if not appointment.by_video:
        return
    invited = [(Holder.CARER, guest.carer_id) for guest in appointment.participants if guest.carer_id]
    for holder, holder_id in ((Holder.PATIENT, appointment.patient_id), *invited):
        links.issue(
            session, addresses, visit_id=appointment.id, service_id=appointment.service_id, holder=holder,
            holder_id=holder_id,
        )  # fmt: skip
